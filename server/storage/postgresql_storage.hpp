#pragma once

#include "storage/postgresql_readers.hpp"
#include "storage/postgresql_streams.hpp"
#include "storage/postgresql_writers.hpp"
#include "storage/url.hpp"

namespace partnerd::storage {

class PostgresqlStorage final : public Storage {
  public:
    PostgresqlStorage(StorageSettings const& settings, Url const& url);

    Dialect dialect() const override { return Dialect::postgresql; }
    bool read_only() const override { return writers_ == nullptr; }
    bool submit(Unit& unit) override { return writers_ != nullptr && writers_->submit(unit); }
    void add_stream(Stream& stream) override;
    void wake() override;
    void hurry() override;
    void read(std::function<void(Tx&)> const& work) override { readers_.read(work); }
    void maintain(std::string_view sql) override;
    StorageStatistics statistics() const override;
    std::string trouble() const override;

  private:
    PostgresqlOpening const maintenance_;
    PostgresqlReaders readers_;
    std::unique_ptr<PostgresqlWriters> writers_;
    std::unique_ptr<PostgresqlStreams> streams_;  // closed before the writers, whose health it reports to
};

}  // namespace partnerd::storage
