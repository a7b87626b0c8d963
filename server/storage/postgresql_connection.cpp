#include "storage/postgresql_connection.hpp"

#include "domain/digest.hpp"
#include "storage/postgresql_failure.hpp"
#include "storage/postgresql_timeline.hpp"
#include "storage/sql_text.hpp"

namespace partnerd::storage {
namespace {

constexpr std::size_t statements_kept = 512;
// Behind the time that the server gives a statement: one that has not answered then is silent, and its network may not tell.
constexpr std::chrono::seconds silent_at_most{5};

// Ours first: libpq takes the last of two words with one key, so the operator's win. A machine that is gone without a word is noticed in
// seven seconds, so that another can take its place in ten.
std::string connect_string(PostgresqlOpening const& opening) {
    return "connect_timeout=3 application_name=partnerd keepalives_idle=3 keepalives_interval=2 keepalives_count=2 tcp_user_timeout=7000 " + opening.conninfo;
}

// Ids of transactions that no log had when the server crashed are given out again, and so are those that a standby never heard of. Statistics
// begin anew behind a crash. A standby knows no timeline of its own.
constexpr char const* ask_server =
    "SELECT pg_postmaster_start_time() || ' ' || (SELECT stats_reset FROM pg_stat_bgwriter), current_setting('synchronous_standby_names') <> '', "
    "(SELECT system_identifier FROM pg_control_system()), CASE WHEN pg_is_in_recovery() THEN '' ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END";
// Something to wait for, also when nothing was written: what is acknowledged because it was found may be on the primary alone.
constexpr char const* await_standby = "SELECT pg_logical_emit_message(true, 'partnerd', '')";

// The same key on every node of a cluster.
std::string lock_number(std::string_view key) {
    auto const digits = sha256_hex(key).substr(0, 16);
    return std::to_string(static_cast<std::int64_t>(std::stoull(digits, nullptr, 16)));
}

}  // namespace

PostgresqlConnection::PostgresqlConnection(PostgresqlOpening const& opening)
    : cache_(statements_kept, [this](std::string const& sql, std::span<ColumnType const> types) {
          refuse_session_statements(sql);
          if (is_blank_sql(sql)) throw Failure(Failure::Category::syntax, "an empty statement: " + sql);
          return std::make_unique<PostgresqlStatement>(*this, sql, types);
      }),
      statement_at_most_(opening.statement_timeout_ms),
      patience_([this] { return unbounded_ || statement_at_most_.count() == 0 || SteadyClock::now() < silent_since_ + statement_at_most_ + silent_at_most; }) {
    try {
        session_.open(soci::postgresql, connect_string(opening));
    } catch (soci::soci_error const& error) {
        throw Failure(Failure::Category::connection, "cannot connect to " + opening.shown + ": " + error.get_error_message() +
                                                         "; is the server running, and may this user connect?");
    }
    PQsetNoticeReceiver(backend().conn_, &hear_notice, this);
    auto const server = run({"SET client_min_messages = warning; SET statement_timeout = " + std::to_string(opening.statement_timeout_ms) + "; " + ask_server, {}, {}});
    incarnation_ = PQgetvalue(server.get(), 0, 0);
    synchronous_ = *PQgetvalue(server.get(), 0, 1) == 't';
    refuse_former_primary(PQgetvalue(server.get(), 0, 2), PQgetvalue(server.get(), 0, 3), opening.shown);
}

// Without a receiver libpq writes them to the terminal. The name of the server's function is the same in every language.
void PostgresqlConnection::hear_notice(void* self, PGresult const* notice) {
    auto const* const function = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION);
    if (function != nullptr && std::string_view(function) == "SyncRepWaitForLSN") static_cast<PostgresqlConnection*>(self)->primary_alone_ = true;
}

PostgresqlConnection::~PostgresqlConnection() {
    cache_.for_each([](PostgresqlStatement& statement) { statement.forget(); });
    cache_.clear();
}

soci::postgresql_session_backend& PostgresqlConnection::backend() const {
    return *static_cast<soci::postgresql_session_backend*>(session_.get_backend());
}

bool PostgresqlConnection::connected() const { return !lost_ && PQstatus(backend().conn_) == CONNECTION_OK; }

bool PostgresqlConnection::in_transaction() const {
    auto const status = PQtransactionStatus(backend().conn_);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

void PostgresqlConnection::timed(std::function<void()> const& work, std::string_view sql) {
    auto const started = SteadyClock::now();
    try {
        work();
    } catch (soci::soci_error const& error) {
        throw postgresql_failure(error, connected(), sql);
    }
    scope_.extend(SteadyClock::now() - started);
    if (progress_) progress_();
}

Statement& PostgresqlConnection::lend(std::string_view sql, std::span<ColumnType const> types, unsigned depth) {
    return cache_.lend(sql, types, depth);
}

void PostgresqlConnection::command(std::string_view sql) { value(std::string(sql)); }

void PostgresqlConnection::command_later(std::string_view sql) { run_later({std::string(sql), {}, {}}); }

std::string PostgresqlConnection::value(std::string const& sql) {
    auto const result = run({sql, {}, {}});
    int const rows = PQntuples(result.get());
    return rows > 0 && PQnfields(result.get()) > 0 ? PQgetvalue(result.get(), rows - 1, 0) : "";
}

void PostgresqlConnection::fail(PostgresqlResult const& result, std::string_view sql) const {
    auto const* const state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    throw postgresql_failure(soci::postgresql_soci_error(PQresultErrorMessage(result.get()), state == nullptr ? "" : state), connected(), sql);
}

PostgresqlPipeline::Outcome PostgresqlConnection::answer_of(std::function<PostgresqlPipeline::Outcome()> const& ask, std::string_view sql) {
    PostgresqlPipeline::Outcome outcome;
    silent_since_ = SteadyClock::now();
    timed([&] { outcome = ask(); }, sql);
    lost_ = lost_ || outcome.lost;
    if (outcome.given_up && commit_wait_) throw commit_given_up();
    if (outcome.given_up) throw Failure(Failure::Category::connection, "the server is silent, and the session was given up, in: " + std::string(sql));
    return outcome;
}

void PostgresqlConnection::prepare(std::string const& name, std::string const& sql) {
    auto const outcome = answer_of([&] { return pipeline_.prepare(backend().conn_, name, sql, patience_); }, sql);
    if (PQresultStatus(outcome.last.get()) != PGRES_COMMAND_OK) fail(outcome.last, sql);
}

PostgresqlResult PostgresqlConnection::run(PostgresqlCall const& call, bool beside) {
    if (!beside) send_gathered();
    auto outcome = answer_of([&] { return pipeline_.run(backend().conn_, call, commit_wait_ ? commit_wait_ : patience_); }, call.sql);
    if (outcome.failed != nullptr) fail(outcome.failed, outcome.failed_sql);
    if (outcome.last == nullptr || outcome.lost)
        throw Failure(Failure::Category::connection, "the session was lost: " + std::string(PQerrorMessage(backend().conn_)));
    auto const status = PQresultStatus(outcome.last.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(outcome.last, call.sql);
    return std::move(outcome.last);
}

void PostgresqlConnection::run_later(PostgresqlCall call) {
    send_gathered();
    if (pipeline_.full()) run(call);
    else pipeline_.add(std::move(call));
}

void PostgresqlConnection::insert_row(RowShape const& shape, std::span<Value const> row, unsigned) {
    for (auto const& value : row)
        if (value.kind == Value::Kind::text && value.bytes.find('\0') != std::string_view::npos)
            throw Failure(Failure::Category::other, "a text with a NUL in: " + shape.one_row());
    wrote_ = true;
    name_of(shape);  // prepared now: a failure is this unit's
    gather_.add(shape, row);
}

std::string const& PostgresqlConnection::name_of(RowShape const& shape) {
    if (shapes_.size() <= shape.number()) shapes_.resize(shape.number() + 1);
    auto& name = shapes_[shape.number()];
    if (!name.empty()) return name;
    auto const wanted = "rows_" + std::to_string(shape.number());
    prepare(wanted, shape.many_rows());
    return name = wanted;
}

void PostgresqlConnection::send_gathered() {
    if (gather_.empty()) return;
    ++standing_;
    gather_.move_out([this](RowShape const& shape) { return name_of(shape); }, [this](PostgresqlCall call) { pipeline_.add(std::move(call)); });
}

void PostgresqlConnection::drop_waiting() {
    gather_.clear();
    pipeline_.clear();
}

void PostgresqlConnection::begin_with(std::string sql, bool unbounded) {
    unbounded_ = unbounded;
    snapshot_ = sql.find("READ COMMITTED") == std::string::npos;
    begin_ = std::move(sql);
    transaction_.clear();
    drop_waiting();
    note_change();
}

void PostgresqlConnection::begin_late() {
    if (!begin_.empty()) transaction_ = value(std::exchange(begin_, {}));
}

void PostgresqlConnection::lock(std::string_view key) {
    locked_ = true;
    command("SELECT pg_advisory_lock(" + lock_number(key) + ")");
}

std::vector<bool> PostgresqlConnection::lock_first(std::vector<std::string> const& keys) {
    locked_ = true;
    if (keys.size() == 1) {
        lock(keys.front());
        return {true};
    }
    std::string others;
    for (auto const& key : keys) others += (others.empty() ? "" : ",") + lock_number(key);
    auto const result = run({"SELECT pg_advisory_lock(" + lock_number(keys.front()) + "), pg_try_advisory_lock(key) FROM unnest('{" + others + "}'::bigint[]) AS key", {}, {}});
    std::vector<bool> held;
    for (int i = 0; i < PQntuples(result.get()); ++i) held.push_back(*PQgetvalue(result.get(), i, 1) == 't');
    return held;
}

void PostgresqlConnection::unlock() {
    if (std::exchange(locked_, false)) command("SELECT pg_advisory_unlock_all()");
}

void PostgresqlConnection::commit() {
    begin_.clear();
    if (!in_transaction()) return unlock();
    // COMMIT would roll back and say nothing.
    if (PQtransactionStatus(backend().conn_) == PQTRANS_INERROR) throw Failure(Failure::Category::conflict, "a statement of the transaction failed", "40001");
    primary_alone_ = false;
    if (synchronous_) command_later(await_standby);
    if (locked_) command_later("COMMIT");
    finish(locked_ ? "SELECT pg_advisory_unlock_all()" : "COMMIT");
    locked_ = false;
    // It looks like any other success. See docs/adr/0020.
    if (primary_alone_) throw Failure(Failure::Category::timeout, "committed on the primary alone: the wait for the synchronous standby was cancelled");
}

void PostgresqlConnection::finish(std::string_view last) {
    if (health_ == nullptr) return command(last);
    CommitWait wait(*health_);
    commit_wait_ = [&wait] { return wait.goes_on(); };
    struct Forget {
        PostgresqlPipeline::Meanwhile& wait;
        ~Forget() { wait = nullptr; }
    } const forget{commit_wait_};
    command(last);
}

void PostgresqlConnection::roll_back() noexcept {
    begin_.clear();
    drop_waiting();
    note_change();
    if (!connected()) return;  // its transaction and its locks went with it, and a silent server would be waited for
    try {
        if (in_transaction()) command("ROLLBACK");
        unlock();
    } catch (Failure const&) {
        // The session is lost, and its locks with it; the next unit finds out.
    }
}

bool PostgresqlConnection::is_clean() const { return !wrote_ && PQtransactionStatus(backend().conn_) != PQTRANS_INERROR; }

}  // namespace partnerd::storage
