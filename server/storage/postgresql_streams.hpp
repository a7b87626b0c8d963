// The one thread that writes the streams (clicks) to PostgreSQL. Rows that a stream handed over cannot be asked for again, so
// nothing is rerun: plain inserts, READ COMMITTED.
#pragma once

#include <thread>

#include "storage/postgresql_connection.hpp"
#include "storage/unit_queue.hpp"
#include "storage/unit_watch.hpp"
#include "storage/writer_health.hpp"

namespace partnerd::storage {

class PostgresqlStreams {
  public:
    PostgresqlStreams(StorageSettings const& settings, PostgresqlOpening const& opening, UnitWatch& watch, WriterHealth& health);
    ~PostgresqlStreams();  // writes what waits

    void add(Stream& stream);  // [main] before the first wake()
    void wake() { bell_.wake(); }

  private:
    void run();
    void open();
    bool write_pending();
    UnitResult write(Stream& stream);

    StorageSettings const settings_;
    PostgresqlOpening const opening_;
    WriterHealth& health_;
    UnitWatch::Writer watched_;
    UnitQueue bell_{0};  // nothing is queued in it; it only rings
    std::vector<Stream*> streams_;
    std::unique_ptr<PostgresqlConnection> connection_;
    std::thread thread_;
};

}  // namespace partnerd::storage
