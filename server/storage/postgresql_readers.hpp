// The sessions that read from PostgreSQL. Each read sees one snapshot (REPEATABLE READ READ ONLY), opened when it begins.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/postgresql_connection.hpp"
#include "storage/storage.hpp"

namespace partnerd::storage {

class PostgresqlReaders {
  public:
    PostgresqlReaders(StorageSettings const& settings, PostgresqlOpening opening);

    // [worker] A session that was lost while it lay idle is replaced; one that is lost under `work` throws Failure(connection).
    void read(std::function<void(Tx&)> const& work);

  private:
    std::unique_ptr<PostgresqlConnection> take();
    void give_back(std::unique_ptr<PostgresqlConnection> connection) noexcept;
    std::unique_ptr<PostgresqlConnection> with_snapshot(std::unique_ptr<PostgresqlConnection> connection) const;

    StorageSettings const settings_;
    PostgresqlOpening const opening_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<std::unique_ptr<PostgresqlConnection>> idle_;
    int may_open_ = 0;
};

}  // namespace partnerd::storage
