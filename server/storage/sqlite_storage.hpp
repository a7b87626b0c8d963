#pragma once

#include "storage/lock_file.hpp"
#include "storage/sqlite_readers.hpp"
#include "storage/sqlite_writer.hpp"

namespace partnerd::storage {

// The lock, then the writer, then the readers; closed in the opposite order.
class SqliteStorage final : public Storage {
  public:
    SqliteStorage(StorageSettings const& settings, std::string const& path);
    ~SqliteStorage() override;

    Dialect dialect() const override { return Dialect::sqlite; }
    bool read_only() const override { return writer_ == nullptr; }
    bool submit(Unit& unit) override { return writer_ != nullptr && writer_->submit(unit); }
    void add_stream(Stream& stream) override;
    void wake() override;
    void read(std::function<void(Tx&)> const& work) override { readers_->read(work); }
    StorageStatistics statistics() const override;
    std::string trouble() const override;

  private:
    std::unique_ptr<LockFile> lock_;
    std::unique_ptr<SqliteWriter> writer_;
    std::unique_ptr<SqliteReaders> readers_;
};

}  // namespace partnerd::storage
