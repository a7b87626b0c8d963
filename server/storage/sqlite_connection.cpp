#include "storage/sqlite_connection.hpp"

#include "storage/sql_text.hpp"
#include "storage/sqlite_failure.hpp"

namespace partnerd::storage {
namespace {

constexpr std::size_t statements_kept = 512;
constexpr int interrupt_check_operations = 2000;

std::string connect_string(SqliteOpening const& opening) {
    if (opening.path.find('"') != std::string::npos)
        throw Failure(Failure::Category::connection, "the path of the database may not contain a quotation mark: " + opening.path);
    // No more options than needed: SOCI leaks the connection when setting one fails. configure() sets the rest.
    std::string text = "db=\"" + opening.path + "\"";
    if (!opening.vfs.empty()) text += " vfs=" + opening.vfs;
    if (opening.mode == Mode::read) text += " readonly=true";
    return text;
}

// Each connection is used by one thread at a time: SQLite's own mutexes, some hundred a statement, guard nothing here. Refused, and
// without effect, when somebody else has used SQLite in this process before.
void configure_library() {
    static int const once = [] {
        sqlite::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        return sqlite::sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    }();
    static_cast<void>(once);
}

}  // namespace

SqliteConnection::SqliteConnection(SqliteOpening const& opening)
    : cache_(statements_kept, [this](std::string const& sql, std::span<ColumnType const> types) {
          refuse_session_statements(sql);
          return std::make_unique<SqliteStatement>(*this, sql, types);
      }) {
    configure_library();
    try {
        session_.open(soci::sqlite3, connect_string(opening));
    } catch (soci::soci_error const& error) {
        throw Failure(Failure::Category::connection, "cannot open the database " + opening.path + ": " + error.get_error_message());
    }
    database_ = database_of(session_);
    mode_ = opening.mode;
    if (mode_ == Mode::write) written_.watch(database_);
    try {
        configure(opening);
    } catch (Failure const& failure) {
        throw Failure(Failure::Category::connection, "cannot use the database " + opening.path + ": " + failure.what());
    }
}

SqliteConnection::~SqliteConnection() {
    cache_.clear();
    rows_.clear();
    feed_.reset();
    commands_.clear();
    ask_data_version_.reset();
}

void SqliteConnection::configure(SqliteOpening const& opening) {
    sqlite::sqlite3_extended_result_codes(database_, 0);  // codes stay primary; the extended one is asked for
    sqlite::sqlite3_busy_timeout(database_, foreign_lock_wait_ms);
    command("PRAGMA foreign_keys=ON");
    command("PRAGMA trusted_schema=OFF");
    command("PRAGMA temp_store=MEMORY");
    if (opening.mode == Mode::write) {
        command("PRAGMA journal_mode=WAL");
        command("PRAGMA cache_size=-65536");
        command("PRAGMA journal_size_limit=" + std::to_string(opening.wal_limit_bytes));
        command("PRAGMA wal_autocheckpoint=0");
        command("PRAGMA synchronous=FULL");
        if (opening.max_bytes > 0) command("PRAGMA max_page_count=" + std::to_string(opening.max_bytes / number("PRAGMA page_size") + 1));
        if (number("PRAGMA foreign_keys") != 1 || number("PRAGMA synchronous") != 2)
            throw Failure(Failure::Category::other, "SQLite refused foreign_keys=ON or synchronous=FULL");
        return;
    }
    command("PRAGMA query_only=ON");
    command("PRAGMA cache_size=-16384");
    command("PRAGMA wal_autocheckpoint=0");
    sqlite::sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite::sqlite3_progress_handler(database_, interrupt_check_operations, &SqliteConnection::past_deadline, this);
}

int SqliteConnection::past_deadline(void* connection) {
    auto const& scope = static_cast<SqliteConnection*>(connection)->scope_;
    return SteadyClock::now() >= scope.deadline() ? 1 : 0;
}

Statement& SqliteConnection::lend(std::string_view sql, std::span<ColumnType const> types, unsigned depth) {
    return cache_.lend(sql, types, depth);
}

void SqliteConnection::note_rollback() {
    note_change();
    written_.all_may_have_changed();
}

void SqliteConnection::notice_others() {
    if (!ask_data_version_) ask_data_version_.emplace(session_, "PRAGMA data_version");
    auto* const handle = ask_data_version_->get();
    int const code = sqlite::sqlite3_step(handle);
    auto const version = code == SQLITE_ROW ? sqlite::sqlite3_column_int64(handle, 0) : -1;
    ask_data_version_->reset();
    if (version == data_version_ && version >= 0) return;
    data_version_ = version;
    written_.all_may_have_changed();
}

void SqliteConnection::insert_row(RowShape const& shape, std::span<Value const> row, unsigned) {
    if (rows_.size() <= shape.number()) rows_.resize(shape.number() + 1);
    auto& statement = rows_[shape.number()];
    if (statement == nullptr) statement = std::make_unique<SqliteStatement>(*this, shape.one_row(), std::span<ColumnType const>());
    statement->run_row(shape, row);
}

void SqliteConnection::insert_all(RowShape const& shape, RowSource const& rows, unsigned depth) {
    if (shape.twice() == Twice::only || shape.types().size() > SqliteRowFeed::columns_max) return Connection::insert_all(shape, rows, depth);
    if (!feed_) feed_.emplace(session_);
    try {
        feed_->write(shape, rows);
    } catch (Failure const&) {
        note_uncounted();  // of the rows before the one that failed SQLite counts none, where the failure is no broken constraint
        written_.take_compiled();
        throw;
    }
    written_.take_compiled();  // it may have been compiled: what the next statement writes is no longer this one's
}

void SqliteConnection::command(std::string_view sql) {
    auto found = commands_.find(sql);
    if (found == commands_.end()) {
        std::string text(sql);
        SqliteHandle handle(session_, text);
        found = commands_.emplace(std::move(text), std::move(handle)).first;
    }
    auto& handle = found->second;
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite::sqlite3_step(handle.get());
    if (code == SQLITE_DONE) return handle.reset();
    auto failure = sqlite_failure(database_, code, sql);
    handle.reset();
    throw failure;
}

std::int64_t SqliteConnection::number(std::string_view sql) {
    SqliteHandle handle(session_, std::string(sql));
    int const code = sqlite::sqlite3_step(handle.get());
    if (code != SQLITE_ROW) throw sqlite_failure(database_, code, sql);
    return sqlite::sqlite3_column_int64(handle.get(), 0);
}

bool SqliteConnection::busy() const {
    for (auto* handle = sqlite::sqlite3_next_stmt(database_, nullptr); handle != nullptr;
         handle = sqlite::sqlite3_next_stmt(database_, handle))
        if (sqlite::sqlite3_stmt_busy(handle) != 0) return true;
    return false;
}

}  // namespace partnerd::storage
