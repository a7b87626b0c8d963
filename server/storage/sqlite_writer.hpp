// The one thread that writes a SQLite database: group commit. Units that wait share one transaction; one COMMIT and one fsync serve them
// all, then their answers leave together. A savepoint makes SQLite copy each page before it changes, so there is none at first: nearly no
// unit writes and is then refused. When one did, the transaction is rolled back and its units run again, each in a savepoint, and so do
// those of the next batches.
#pragma once

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "storage/checkpoint.hpp"
#include "storage/sqlite_connection.hpp"
#include "storage/unit_queue.hpp"
#include "storage/unit_run.hpp"
#include "storage/unit_watch.hpp"
#include "storage/writer_health.hpp"

namespace partnerd::storage {

class SqliteWriter {
  public:
    SqliteWriter(StorageSettings const& settings, std::string const& path);
    ~SqliteWriter();  // finishes what waits

    bool submit(Unit& unit);
    void add_stream(Stream& stream);
    void wake() { queue_.wake(); }
    ReaderGate& gate() { return gate_; }
    StorageStatistics statistics() const;
    std::string trouble() const;
    void start();  // once the readers are open
    void stop();   // before the readers are closed: the connection itself is closed last, by the destructor

  private:
    // The database ended the transaction of the batch by itself.
    struct BatchEnded {};
    // What a unit wrote cannot be taken out of the batch.
    struct SavepointsNeeded {};

    void run();
    void run_batch();
    bool begin();
    void fill_batch();
    UnitRun run_unit(Unit& unit);                // in a savepoint
    UnitRun run_without_savepoint(Unit& unit);
    bool begin_anew();
    bool again_with_savepoints();                // false: the storage failed, all are answered
    void run_stream(std::size_t index);
    UnitResult in_savepoint(bool unbounded, std::function<bool()> const& work);
    UnitResult run_watched(bool unbounded, UnitTx::Savepoints savepoints, std::function<bool()> const& work);
    void leave_savepoint(bool keep, UnitResult& result);
    void commit_batch();
    void run_again();
    void run_alone(UnitRun& run);
    void roll_back() noexcept;
    void overwrite_log() noexcept;
    void fail_all(Failure const& failure);
    void answer();
    bool stream_waits() const;

    StorageSettings const settings_;
    UnitQueue queue_;
    ReaderGate gate_;
    SqliteConnection connection_;
    UnitTx tx_;
    Checkpoint checkpoint_;
    UnitWatch watch_;
    UnitWatch::Writer watched_;
    // Added while the writer runs: a place is filled before the count tells of it.
    std::array<Stream*, 8> streams_{};
    std::atomic<std::size_t> stream_count_{0};
    struct StreamRun {
        Stream* stream;
        UnitResult result;
    };
    std::vector<UnitRun> batch_;
    std::vector<StreamRun> stream_runs_;
    int batches_with_savepoints_ = 0;        // to come
    std::int64_t written_before_batch_ = 0;  // SqliteConnection::rows_written()
    bool under_load_ = false;                // the last batch was at least half full
    int stream_failures_ = 0;    // in a row
    bool log_is_stale_ = false;  // holds a commit that was answered as failed
    WriterHealth health_;
    std::thread thread_;
};

}  // namespace partnerd::storage
