// The connections that read a SQLite database. Each read sees one snapshot, opened when it begins.
#pragma once

#include <memory>
#include <vector>

#include "storage/reader_gate.hpp"
#include "storage/sqlite_connection.hpp"
#include "storage/storage.hpp"

namespace partnerd::storage {

class SqliteReaders {
  public:
    // `gate` may be null: nobody checkpoints in this process.
    SqliteReaders(StorageSettings const& settings, std::string path, ReaderGate* gate);

    // [worker] Throws Failure(timeout) when no connection became free within a read's budget.
    void read(std::function<void(Tx&)> const& work);

  private:
    class Lease;
    void snapshot(SqliteConnection& connection);
    std::unique_ptr<SqliteConnection> open() const;

    StorageSettings const settings_;
    std::string const path_;
    ReaderGate* const gate_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<std::unique_ptr<SqliteConnection>> idle_;
    int may_open_ = 0;
};

}  // namespace partnerd::storage
