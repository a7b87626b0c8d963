// The threads that write to PostgreSQL, each with a session of its own. The units of a program run one after another, on all nodes:
// a writer takes those that wait, of several programs, holds the programs' locks and commits them as one transaction. A unit of no program is a
// serializable transaction of its own. docs/adr/0015 says why.
#pragma once

#include <memory>
#include <random>
#include <span>
#include <thread>

#include "storage/postgresql_connection.hpp"
#include "storage/program_queue.hpp"
#include "storage/unit_run.hpp"
#include "storage/unit_watch.hpp"
#include "storage/writer_health.hpp"

namespace partnerd::storage {

// One thread. Reruns units on 40001 and 40P01, and after a lost session: then it asks the server whether the commit of the lost
// session took place, so that a unit is never applied twice.
class PostgresqlWriter {
  public:
    // What the writers of one storage share.
    struct Shared {
        StorageSettings settings;
        PostgresqlOpening opening;
        ProgramQueue queue;
        UnitWatch watch;
        WriterHealth health;
        std::mutex rerun_lane;  // units that lost more than once run one after the other
    };
    explicit PostgresqlWriter(Shared& shared) : shared_(shared), watched_(shared.watch) {}
    void run();  // until the queue is closed and empty

  private:
    using Runs = std::span<UnitRun>;
    // What is to be done with units that ran. careful: again, each in a savepoint. apart: again, each in its own transaction.
    enum class Next { answer, rerun, careful, apart };
    void serve(Runs runs);
    Next run_until_settled(Runs runs);
    Next attempt(Runs runs, bool savepoints);
    Next run_unit(UnitTx& tx, UnitRun& run, bool savepoint);
    Next settle(UnitRun& run, bool savepoint);
    Next commit(Runs runs);
    Next after_failure(Runs runs, Failure failure);
    bool was_committed(std::string const& transaction);
    PostgresqlConnection& connection();
    void pause(int attempt);
    void answer(Runs runs);
    void lock_programs(Runs runs);
    void give_back(Runs runs);  // to the queue and to those who wait

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
