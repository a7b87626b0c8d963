// The one thread that writes a SQLite database: group commit. Units that wait share one transaction, each in a savepoint;
// one COMMIT and one fsync serve them all, then their answers leave together.
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

    void run();
    void run_batch();
    bool begin();
    UnitRun run_unit(Unit& unit);
    void run_stream(std::size_t index);
    UnitResult in_savepoint(bool unbounded, std::function<bool()> const& work);
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
    int stream_failures_ = 0;    // in a row
    bool log_is_stale_ = false;  // holds a commit that was answered as failed
    WriterHealth health_;
    std::thread thread_;
};

}  // namespace partnerd::storage
