#include "storage/postgresql_writers.hpp"

#include "storage/postgresql_failure.hpp"

namespace partnerd::storage {
namespace {

constexpr int conflicts_at_most = 50;
constexpr int losses_at_most = 5;
constexpr int conflicts_before_lane = 2;
constexpr std::chrono::milliseconds unbounded_budget = std::chrono::hours(24);
constexpr std::string_view taken_by_another = "23505";  // unique_violation

// The id of the transaction comes back with BEGIN in one round trip: it tells later whether a lost COMMIT took place.
std::string begin_of(Unit const& unit) {
    return std::string("BEGIN ISOLATION LEVEL ") + (unit.program() == 0 ? "SERIALIZABLE; " : "REPEATABLE READ; ") +
           (unit.unbounded() ? "SET LOCAL statement_timeout = 0; " : "") + "SELECT pg_current_xact_id()::text";
}

// In a snapshot that does not see it yet, another transaction wrote a row of the same key; a new snapshot will.
bool met_a_newer_row(UnitRun const& run) { return run.unit->program() != 0 && run.result.sqlstate == taken_by_another; }

}  // namespace

void PostgresqlWriter::run() {
    watched_.attach();
    for (;;) {
        auto const units = shared_.queue.take(shared_.settings.batch_max);
        if (units.empty()) break;
        std::vector<UnitRun> runs;
        for (auto* unit : units) runs.push_back({unit, {}, {}});
        serve(runs);
        give_back(runs);
    }
    connection_.reset();
}

void PostgresqlWriter::give_back(Runs runs) {
    std::vector<Unit*> postponed;
    std::vector<std::int64_t> programs;
    for (auto& run : runs) {
        auto const program = run.unit->program();
        if (run.postponed) postponed.push_back(run.unit);
        else if (program != 0 && (programs.empty() || programs.back() != program)) programs.push_back(program);
    }
    bool const of_programs = runs.front().unit->program() != 0;
    if (!postponed.empty()) shared_.queue.give_back(postponed);
    answer(runs);  // hooks too: the next unit of the program finds what they changed
    if (of_programs) shared_.queue.finished(programs);
}

PostgresqlConnection& PostgresqlWriter::connection() {
    if (connection_ != nullptr && connection_->connected()) return *connection_;
    connection_.reset();
    connection_ = std::make_unique<PostgresqlConnection>(shared_.opening);
    // All that units ask has an index. A plan that was made for a small table would go through all of it long after it has grown.
    connection_->command("SET enable_seqscan = off; SET jit = off");
    connection_->on_progress([this] { watched_.progress(); });
    connection_->tell_waits(shared_.health);
    return *connection_;
}

void PostgresqlWriter::serve(Runs runs) {
    bool const apart = run_until_settled(runs) == Next::apart;
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (!runs[i].postponed && (apart || met_a_newer_row(runs[i]))) run_until_settled(runs.subspan(i, 1));
    watched_.end();
}

PostgresqlWriter::Next PostgresqlWriter::run_until_settled(Runs runs) {
    int conflicts = 0, losses = 0;
    bool savepoints = false;
    std::unique_lock lane(shared_.rerun_lane, std::defer_lock);
    for (;;) {
        auto const next = attempt(runs, savepoints);
        if (next == Next::answer || next == Next::apart) return next;
        if (next == Next::careful) {
            savepoints = true;
            continue;
        }
        int& count = runs.front().result.category == Failure::Category::connection ? losses : conflicts;
        ++count;
        if (conflicts >= conflicts_at_most || losses >= losses_at_most) return Next::answer;
        shared_.health.count_rerun();
        if (conflicts >= conflicts_before_lane && runs.size() > 1) return Next::apart;  // one of them meets somebody, not all
        if (conflicts >= conflicts_before_lane && !lane.owns_lock()) lane.lock();
        else pause(count);
    }
}

void PostgresqlWriter::answer(Runs runs) {
    shared_.health.count_batch();
    auto const& first = runs.front().result;  // never postponed
    bool const in_trouble = first.category == Failure::Category::connection || first.category == Failure::Category::full;
    shared_.health.set_trouble(in_trouble ? first.message : std::string());
    for (auto& run : runs) {
        if (run.postponed) continue;
        shared_.health.count(run.result);
        run.answer();
    }
}

// One run in one transaction, from the lock to the commit.
PostgresqlWriter::Next PostgresqlWriter::attempt(Runs runs, bool savepoints) {
    try {
        if (shared_.health.gave_up()) throw commit_given_up();
        auto& session = connection();
        auto const& first = *runs.front().unit;
        UnitTx tx(session);
        session.begin_with(begin_of(first), first.unbounded());
        if (first.program() != 0) lock_programs(runs);
        else if (!first.lock_key().empty()) session.lock(first.lock_key());
        for (auto& run : runs)
            if (!run.postponed) run.unit->expect(tx);
        for (auto& run : runs) {
            if (run.postponed) continue;
            auto const next = run_unit(tx, run, savepoints);
            if (next == Next::rerun) return after_failure(runs, session.scope().failure());
            if (next == Next::answer) continue;
            session.roll_back();
            return runs.size() == 1 ? Next::answer : next;
        }
        return commit(runs);
    } catch (Failure const& failure) {
        return after_failure(runs, failure);
    }
}

// Waits for the first program only, holding nothing: nobody can wait in a circle.
void PostgresqlWriter::lock_programs(Runs runs) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (i == 0 || runs[i].unit->program() != runs[i - 1].unit->program()) keys.push_back("program\n" + std::to_string(runs[i].unit->program()));
    auto const held = connection_->lock_first(keys);
    std::size_t at = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (i > 0 && runs[i].unit->program() != runs[i - 1].unit->program()) ++at;
        runs[i].postponed = !held.at(at);
    }
}

PostgresqlWriter::Next PostgresqlWriter::run_unit(UnitTx& tx, UnitRun& run, bool savepoint) {
    auto& session = *connection_;
    bool const unbounded = run.unit->unbounded();
    session.forget_writes();
    if (savepoint) {
        session.begin_late();
        session.command("SAVEPOINT unit");
    }
    tx.open(Mode::write, unbounded ? unbounded_budget : std::chrono::milliseconds(shared_.settings.write_budget_ms));
    if (!unbounded) watched_.begin();
    run.result = run_handler(tx, session.scope(), [&] { return run.unit->run(tx); });
    run.hooks = tx.take_hooks();
    if (session.scope().doomed() && is_worth_a_rerun(session.scope().failure())) return Next::rerun;
    return settle(run, savepoint);
}

// A unit that is not kept leaves nothing behind: what it wrote is rolled back to its savepoint; without one, all run again with one.
PostgresqlWriter::Next PostgresqlWriter::settle(UnitRun& run, bool savepoint) {
    auto& session = *connection_;
    bool keep = run.result.state == UnitState::committed;
    if (!savepoint) return keep || session.is_clean() ? Next::answer : Next::careful;
    try {
        if (keep) session.command("RELEASE unit");
    } catch (Failure const& failure) {
        if (is_worth_a_rerun(failure)) throw;
        run.result = failed_result(failure);
        run.hooks.clear();
        keep = false;
    }
    if (keep) return Next::answer;
    session.drop_waiting();
    session.note_change();
    session.command("ROLLBACK TO unit; RELEASE unit");
    return Next::answer;
}

PostgresqlWriter::Next PostgresqlWriter::commit(Runs runs) {
    auto& session = *connection_;
    auto const transaction = session.transaction();
    watched_.end();  // no unit runs; a synchronous standby may be away for long
    try {
        session.commit();
        return Next::answer;
    } catch (Failure const& failure) {
        bool const primary_alone = failure.category == Failure::Category::timeout;
        if (!primary_alone && !session.connected() && !transaction.empty() && was_committed(transaction)) return Next::answer;
        if (runs.size() == 1 || primary_alone || is_worth_a_rerun(failure)) return after_failure(runs, failure);
        // What one unit wrote last, or a deferred constraint: alone, only that one fails.
        session.roll_back();
        return Next::apart;
    }
}

// By value: the failure may live in the session that ends here.
PostgresqlWriter::Next PostgresqlWriter::after_failure(Runs runs, Failure failure) {
    watched_.end();  // no unit runs; a server that is away may be away for long
    for (auto& run : runs) {
        if (!run.postponed) run.result = failed_result(failure);
        run.hooks.clear();
    }
    if (connection_ != nullptr) connection_->roll_back();
    if (failure.category == Failure::Category::connection || (connection_ != nullptr && !connection_->connected())) connection_.reset();
    return is_worth_a_rerun(failure) ? Next::rerun : Next::answer;
}

// The session was lost while it committed. Throws Failure(connection) when nobody can say. False also from another server or behind a
// crash, where the id may be another transaction's: what was done is found by its keys when it runs again.
bool PostgresqlWriter::was_committed(std::string const& transaction) {
    auto const incarnation = connection_->incarnation();
    connection_.reset();
    for (int i = 1; i <= losses_at_most; ++i) {
        try {
            if (connection().incarnation() != incarnation) return false;
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
    : shared_{settings, opening, ProgramQueue(settings.queue_max), UnitWatch(std::chrono::milliseconds(settings.writer_hold_max_ms)), {}, {}} {
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
