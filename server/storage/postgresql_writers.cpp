#include "storage/postgresql_writers.hpp"

#include "storage/postgresql_failure.hpp"

namespace partnerd::storage {
namespace {

constexpr int conflicts_at_most = 50;
constexpr int losses_at_most = 5;
constexpr int conflicts_before_lane = 2;
constexpr std::chrono::milliseconds unbounded_budget = std::chrono::hours(24);

// The id of the transaction comes back with BEGIN in one round trip: it tells later whether a lost COMMIT took place.
std::string begin_of(bool unbounded) {
    return std::string("BEGIN ISOLATION LEVEL SERIALIZABLE; ") + (unbounded ? "SET LOCAL statement_timeout = 0; " : "") +
           "SELECT pg_current_xact_id()::text";
}

}  // namespace

void PostgresqlWriter::run() {
    watched_.attach();
    while (auto* unit = shared_.queue.take()) serve(*unit);
    connection_.reset();
}

PostgresqlConnection& PostgresqlWriter::connection() {
    if (connection_ != nullptr && connection_->connected()) return *connection_;
    connection_.reset();
    connection_ = std::make_unique<PostgresqlConnection>(shared_.opening);
    connection_->on_progress([this] { watched_.progress(); });
    return *connection_;
}

void PostgresqlWriter::serve(Unit& unit) {
    UnitRun run{&unit, {}, {}};
    int conflicts = 0, losses = 0;
    std::unique_lock lane(shared_.rerun_lane, std::defer_lock);
    while (attempt(run) == Next::rerun) {
        int& count = run.result.category == Failure::Category::connection ? losses : conflicts;
        ++count;
        if (conflicts >= conflicts_at_most || losses >= losses_at_most) break;
        shared_.health.count_rerun();
        if (conflicts >= conflicts_before_lane && !lane.owns_lock()) lane.lock();
        else pause(count);
    }
    if (lane.owns_lock()) lane.unlock();
    watched_.end();
    shared_.health.count_batch();
    shared_.health.count(run.result);
    shared_.health.set_trouble(run.result.category == Failure::Category::connection ? run.result.message : std::string());
    run.answer();
}

// One run in one transaction, from the lock to the commit.
PostgresqlWriter::Next PostgresqlWriter::attempt(UnitRun& run) {
    try {
        auto& session = connection();
        UnitTx tx(session);
        bool const unbounded = run.unit->unbounded();
        tx.open(Mode::write, unbounded ? unbounded_budget : std::chrono::milliseconds(shared_.settings.write_budget_ms));
        if (!unbounded) watched_.begin();
        session.begin_with(begin_of(unbounded));
        if (!run.unit->lock_key().empty()) tx.lock(run.unit->lock_key());
        run.result = run_handler(tx, session.scope(), [&] { return run.unit->run(tx); });
        run.hooks = tx.take_hooks();
        if (session.scope().doomed()) return after_failure(run, session.scope().failure());
        return commit(run);
    } catch (Failure const& failure) {
        return after_failure(run, failure);
    }
}

PostgresqlWriter::Next PostgresqlWriter::commit(UnitRun& run) {
    auto& session = *connection_;
    bool const keep = run.result.state == UnitState::committed;
    auto const transaction = session.transaction();
    try {
        if (session.in_transaction()) session.command(keep ? "COMMIT" : "ROLLBACK");
        session.unlock();
        return Next::answer;
    } catch (Failure const& failure) {
        if (keep && !session.connected() && was_committed(transaction)) return Next::answer;
        return after_failure(run, failure);
    }
}

// By value: the failure may live in the session that ends here.
PostgresqlWriter::Next PostgresqlWriter::after_failure(UnitRun& run, Failure failure) {
    run.result = failed_result(failure);
    run.hooks.clear();
    if (connection_ != nullptr) {
        try {
            if (connection_->in_transaction()) connection_->command("ROLLBACK");
            connection_->unlock();
        } catch (Failure const&) {
            connection_.reset();
        }
    }
    if (failure.category == Failure::Category::connection) connection_.reset();
    return is_worth_a_rerun(failure) ? Next::rerun : Next::answer;
}

// The session was lost while it committed. Throws Failure(connection) when nobody can say.
bool PostgresqlWriter::was_committed(std::string const& transaction) {
    connection_.reset();
    for (int i = 1; i <= losses_at_most; ++i) {
        try {
            auto const status = connection().value("SELECT pg_xact_status('" + transaction + "'::xid8)");
            if (status == "committed") return true;
            if (status == "aborted") return false;
        } catch (Failure const&) {
            connection_.reset();
        }
        pause(i + 4);
    }
    throw Failure(Failure::Category::connection, "the session was lost during COMMIT and the server does not answer");
}

// Full jitter: those who met once shall not meet again.
void PostgresqlWriter::pause(int attempt) {
    auto const longest_us = 500 << std::min(attempt, 8);
    std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution<int>(0, longest_us)(random_)));
}

PostgresqlWriters::PostgresqlWriters(StorageSettings const& settings, PostgresqlOpening const& opening)
    : shared_{settings, opening, UnitQueue(settings.queue_max), UnitWatch(std::chrono::milliseconds(settings.writer_hold_max_ms)), {}, {}} {
    for (int i = 0; i < std::max(settings.writers, 1); ++i) {
        writers_.push_back(std::make_unique<PostgresqlWriter>(shared_));
        threads_.emplace_back([writer = writers_.back().get()] { writer->run(); });
    }
}

PostgresqlWriters::~PostgresqlWriters() {
    shared_.queue.close();
    for (auto& thread : threads_) thread.join();
}

StorageStatistics PostgresqlWriters::statistics() const {
    auto out = shared_.health.statistics();
    out.queued = static_cast<std::int64_t>(shared_.queue.size());
    return out;
}

}  // namespace partnerd::storage
