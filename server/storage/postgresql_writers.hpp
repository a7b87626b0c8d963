// The threads that write to PostgreSQL, each with a session of its own; every unit in its own serializable transaction.
#pragma once

#include <memory>
#include <random>
#include <thread>

#include "storage/postgresql_connection.hpp"
#include "storage/unit_queue.hpp"
#include "storage/unit_run.hpp"
#include "storage/unit_watch.hpp"
#include "storage/writer_health.hpp"

namespace partnerd::storage {

// One thread. Reruns a unit on 40001 and 40P01, and after a lost session: then it asks the server whether the commit of the
// lost session took place, so that a unit is never applied twice.
class PostgresqlWriter {
  public:
    // What the writers of one storage share.
    struct Shared {
        StorageSettings settings;
        PostgresqlOpening opening;
        UnitQueue queue;
        UnitWatch watch;
        WriterHealth health;
        std::mutex rerun_lane;  // units that lost more than once run one after the other
    };
    explicit PostgresqlWriter(Shared& shared) : shared_(shared), watched_(shared.watch) {}
    void run();  // until the queue is closed and empty

  private:
    enum class Next { answer, rerun };
    void serve(Unit& unit);
    Next attempt(UnitRun& run);
    Next commit(UnitRun& run);
    Next after_failure(UnitRun& run, Failure failure);
    bool was_committed(std::string const& transaction);
    PostgresqlConnection& connection();
    void pause(int attempt);

    Shared& shared_;
    UnitWatch::Writer watched_;
    std::unique_ptr<PostgresqlConnection> connection_;
    std::minstd_rand random_{std::random_device{}()};
};

class PostgresqlWriters {
  public:
    PostgresqlWriters(StorageSettings const& settings, PostgresqlOpening const& opening);
    ~PostgresqlWriters();  // finishes what waits

    bool submit(Unit& unit) { return shared_.queue.push(unit); }
    StorageStatistics statistics() const;
    WriterHealth& health() { return shared_.health; }
    WriterHealth const& health() const { return shared_.health; }
    UnitWatch& watch() { return shared_.watch; }

  private:
    PostgresqlWriter::Shared shared_;
    std::vector<std::unique_ptr<PostgresqlWriter>> writers_;
    std::vector<std::thread> threads_;
};

}  // namespace partnerd::storage
