#include "storage/sqlite_writer.hpp"

#include <algorithm>

#include "domain/invariant.hpp"

namespace partnerd::storage {
namespace {

constexpr std::chrono::milliseconds idle_wait{250};
constexpr std::chrono::milliseconds gate_wait{20};
constexpr std::chrono::milliseconds pause_after_failed_begin{20};
constexpr int batches_with_savepoints_after_a_refusal = 32;
constexpr int last_attempts = 50;  // of a closed storage; a stream gives some thousand rows to each
constexpr std::chrono::milliseconds unbounded_budget = std::chrono::hours(24);

}  // namespace

SqliteWriter::SqliteWriter(StorageSettings const& settings, std::string const& path)
    : settings_(settings),
      queue_(settings.queue_max),
      gate_([this] { queue_.wake(); }),
      connection_({path, settings.vfs, Mode::write, settings.wal_soft_bytes, settings.max_bytes}),
      tx_(connection_),
      checkpoint_(connection_, gate_, settings.wal_soft_bytes, settings.wal_hard_bytes),
      watch_(std::chrono::milliseconds(settings.writer_hold_max_ms)),
      watched_(watch_) {}

SqliteWriter::~SqliteWriter() { stop(); }

void SqliteWriter::start() {
    thread_ = std::thread([this] { run(); });
}

void SqliteWriter::stop() {
    queue_.close();
    if (thread_.joinable()) thread_.join();
}

bool SqliteWriter::submit(Unit& unit) { return queue_.push(unit); }

void SqliteWriter::add_stream(Stream& stream) {
    auto const count = stream_count_.load();
    PARTNERD_INVARIANT(count < streams_.size());
    streams_[count] = &stream;
    stream_count_.store(count + 1);
    queue_.wake();
}

bool SqliteWriter::stream_waits() const {
    return std::any_of(streams_.begin(), streams_.begin() + static_cast<std::ptrdiff_t>(stream_count_.load()), [](Stream const* stream) { return stream->pending(); });
}

void SqliteWriter::run() {
    watched_.attach();
    for (;;) {
        bool const work = queue_.size() > 0 || stream_waits();
        if (work) run_batch();
        else if (queue_.closed()) return;
        // A disk that stays full keeps no process: what a stream still wants to write is found at the next start.
        if (stream_failures_ > last_attempts && queue_.closed() && queue_.size() == 0) return;
        if (log_is_stale_) overwrite_log();
        checkpoint_.step(!work, work && under_load_);
        queue_.refuse(checkpoint_.over_hard_bound());
        if (queue_.size() == 0 && !stream_waits()) queue_.wait(checkpoint_.is_urgent() ? gate_wait : idle_wait);
    }
}

bool SqliteWriter::begin() {
    try {
        connection_.command("BEGIN IMMEDIATE");
        connection_.notice_others();
        written_before_batch_ = connection_.rows_written();
        return true;
    } catch (Failure const& failure) {
        while (batch_.size() < settings_.batch_max) {
            auto* unit = queue_.pop();
            if (unit == nullptr) break;
            batch_.push_back({unit, {}, {}});
        }
        for (std::size_t i = 0; i < stream_count_.load(); ++i) {
            if (!streams_[i]->pending()) continue;
            streams_[i]->give_up();
            stream_runs_.push_back({streams_[i], {}});
        }
        fail_all(failure);
        answer();
        std::this_thread::sleep_for(pause_after_failed_begin);  // a stream that waits would make this loop spin
        return false;
    }
}

void SqliteWriter::run_batch() {
    batch_.clear();
    stream_runs_.clear();
    if (!begin()) return;
    try {
        try {
            fill_batch();
        } catch (SavepointsNeeded const&) {
            if (!again_with_savepoints()) return;
            fill_batch();
        }
        for (std::size_t i = 0; i < stream_count_.load(); ++i) run_stream(i);
        commit_batch();
    } catch (BatchEnded const&) {
        run_again();
    }
    answer();
}

void SqliteWriter::fill_batch() {
    auto const until = SteadyClock::now() + std::chrono::milliseconds(settings_.batch_ms);
    bool const saves = batches_with_savepoints_ > 0;
    if (saves) --batches_with_savepoints_;
    while (batch_.empty() || (batch_.size() < settings_.batch_max && SteadyClock::now() < until)) {
        auto* unit = queue_.pop();
        if (unit == nullptr) return;
        batch_.push_back({unit, {}, {}});
        batch_.back() = saves || unit->unbounded() ? run_unit(*unit) : run_without_savepoint(*unit);
        if (!connection_.in_transaction()) throw BatchEnded{};
    }
}

// The results so far are void, refusals too: they may rest on what was rolled back.
bool SqliteWriter::again_with_savepoints() {
    batches_with_savepoints_ = batches_with_savepoints_after_a_refusal;
    roll_back();
    for (auto& run : batch_) run = {run.unit, {}, {}};
    if (!begin()) return false;
    for (auto& run : batch_) {
        health_.count_rerun();
        run = run_unit(*run.unit);
        if (!connection_.in_transaction()) throw BatchEnded{};
    }
    return true;
}

UnitResult SqliteWriter::run_watched(bool unbounded, UnitTx::Savepoints savepoints, std::function<bool()> const& work) {
    tx_.open(Mode::write, unbounded ? unbounded_budget : std::chrono::milliseconds(settings_.write_budget_ms), savepoints);
    if (!unbounded) watched_.begin();
    auto result = run_handler(tx_, connection_.scope(), work);
    watched_.end();
    return result;
}

// Statements of the handler are reset before the savepoint is released: a busy one would block RELEASE and COMMIT.
UnitResult SqliteWriter::in_savepoint(bool unbounded, std::function<bool()> const& work) {
    UnitResult result;
    try {
        connection_.command("SAVEPOINT unit");
    } catch (Failure const& failure) {
        return failed_result(failure);
    }
    result = run_watched(unbounded, UnitTx::Savepoints::nested, work);
    leave_savepoint(result.state == UnitState::committed, result);
    return result;
}

UnitRun SqliteWriter::run_without_savepoint(Unit& unit) {
    auto const before = connection_.rows_written();
    UnitRun run{&unit, run_watched(false, UnitTx::Savepoints::none, [&] { return unit.run(tx_); }), {}};
    run.hooks = tx_.take_hooks();
    if (!connection_.in_transaction()) {
        leave_savepoint(false, run.result);
        return run;
    }
    bool const kept = run.result.state == UnitState::committed;
    if (kept || (connection_.rows_written() == before && !tx_.needs_savepoints())) return run;
    if (tx_.needs_savepoints() || before != written_before_batch_ || !begin_anew()) throw SavepointsNeeded{};
    return run;
}

// Nobody else has written into the transaction: its units did what they did.
bool SqliteWriter::begin_anew() {
    roll_back();
    try {
        connection_.command("BEGIN IMMEDIATE");
        connection_.notice_others();
    } catch (Failure const&) {
        return false;
    }
    written_before_batch_ = connection_.rows_written();
    return true;
}

void SqliteWriter::leave_savepoint(bool keep, UnitResult& result) {
    // Without a transaction SAVEPOINT would begin one, and RELEASE would commit it alone.
    if (!connection_.in_transaction()) {
        connection_.note_rollback();
        if (result.state == UnitState::committed)
            result = {UnitState::failed, Failure::Category::connection, "the database ended the transaction", {}};
        return;
    }
    try {
        if (!keep) {
            connection_.note_rollback();
            connection_.command("ROLLBACK TO unit");
        }
        connection_.command("RELEASE unit");
    } catch (Failure const& failure) {
        result = failed_result(failure);
        roll_back();  // what the savepoint holds can no longer be taken out: the batch goes
    }
}

UnitRun SqliteWriter::run_unit(Unit& unit) {
    UnitRun run{&unit, {}, {}};
    run.result = in_savepoint(unit.unbounded(), [&] { return unit.run(tx_); });
    run.hooks = tx_.take_hooks();
    return run;
}

void SqliteWriter::run_stream(std::size_t index) {
    auto* stream = streams_[index];
    if (!stream->pending()) return;
    auto result = in_savepoint(false, [&] {
        stream->write(tx_);
        return true;
    });
    stream_runs_.push_back({stream, std::move(result)});
    if (!connection_.in_transaction()) throw BatchEnded{};
}

void SqliteWriter::commit_batch() {
    PARTNERD_INVARIANT(!connection_.busy());
    try {
        connection_.command("COMMIT");
        log_is_stale_ = false;
        health_.set_trouble({});
        return;
    } catch (Failure const& failure) {
        roll_back();
        // A deferred foreign key of one unit: alone, only that one fails. Anything else would fail again.
        if (failure.category == Failure::Category::constraint && batch_.size() + stream_runs_.size() > 1) throw BatchEnded{};
        if (failure.category == Failure::Category::constraint) {
            for (auto& run : batch_) run.result = failed_result(failure);
            for (auto& run : stream_runs_) run.result = failed_result(failure);
            return;
        }
        overwrite_log();
        fail_all(failure);
    }
}

// A commit whose sync failed stands in the log to its last frame: after a crash SQLite would take it for committed, though it was
// answered as failed. An empty commit goes over its first frame, and the checksums of the frames behind no longer fit.
void SqliteWriter::overwrite_log() noexcept {
    try {
        connection_.command("PRAGMA user_version=" + std::to_string(connection_.number("PRAGMA user_version")));
        log_is_stale_ = false;
    } catch (Failure const& failure) {
        log_is_stale_ = true;  // the disk takes nothing at all: again, until it does
        health_.set_trouble(failure.what());
    }
}

void SqliteWriter::fail_all(Failure const& failure) {
    UnitResult const result{UnitState::failed, failure.category, failure.what(), failure.sqlstate};
    for (auto& run : batch_) run.result = result;
    for (auto& run : stream_runs_) run.result = result;
    health_.set_trouble(failure.what());
}

void SqliteWriter::roll_back() noexcept {
    connection_.note_rollback();
    if (!connection_.in_transaction()) return;
    try {
        connection_.command("ROLLBACK");
    } catch (Failure const& failure) {
        health_.set_trouble(failure.what());
    }
    PARTNERD_INVARIANT(!connection_.in_transaction());
}

// All results of the batch are void, refusals too, since they may rest on neighbours that are gone. Units that had not failed
// themselves run again, each in a transaction of its own; the rows of a stream were taken and cannot be written twice.
void SqliteWriter::run_again() {
    connection_.note_rollback();
    for (auto& run : stream_runs_)
        run.result = {UnitState::failed, Failure::Category::connection, "the database ended the transaction of the batch", {}};
    for (auto& run : batch_) {
        if (run.result.state == UnitState::failed) health_.set_trouble(run.result.message);
        else run_alone(run);
    }
}

void SqliteWriter::run_alone(UnitRun& run) {
    health_.count_rerun();
    try {
        connection_.command("BEGIN IMMEDIATE");
        connection_.notice_others();
        run = run_unit(*run.unit);
        if (!connection_.in_transaction()) return;
        PARTNERD_INVARIANT(!connection_.busy());
        connection_.command("COMMIT");
    } catch (Failure const& failure) {
        run.result = failed_result(failure);
        roll_back();
        overwrite_log();
    }
}

void SqliteWriter::answer() {
    health_.count_batch();
    under_load_ = 2 * batch_.size() >= std::max<std::size_t>(settings_.batch_max, 16);
    for (auto& run : batch_) {
        health_.count(run.result);
        run.answer();
    }
    for (auto& run : stream_runs_) {
        run.stream->done(run.result);
        stream_failures_ = run.result.state == UnitState::committed ? 0 : stream_failures_ + 1;
    }
    batch_.clear();
    stream_runs_.clear();
}

std::string SqliteWriter::trouble() const {
    if (checkpoint_.over_hard_bound())
        return "the write-ahead log holds " + std::to_string(checkpoint_.log_bytes()) +
               " bytes and cannot be moved into the database: a long reader, or a full disk; writes are refused until it shrinks";
    return health_.trouble();
}

StorageStatistics SqliteWriter::statistics() const {
    auto out = health_.statistics();
    out.wal_bytes = checkpoint_.log_bytes();
    out.queued = static_cast<std::int64_t>(queue_.size());
    out.checkpoints = checkpoint_.count();
    return out;
}

}  // namespace partnerd::storage
