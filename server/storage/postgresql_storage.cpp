#include "storage/postgresql_storage.hpp"

namespace partnerd::storage {
namespace {

constexpr int maintenance_ms = 60'000;

PostgresqlOpening opening_of(StorageSettings const& settings, Url const& url) { return {url.conninfo, url.shown, settings.read_budget_ms}; }

}  // namespace

PostgresqlStorage::PostgresqlStorage(StorageSettings const& settings, Url const& url) : maintenance_{url.conninfo, url.shown, maintenance_ms}, readers_(settings, opening_of(settings, url)) {
    if (settings.read_only) return;
    writers_ = std::make_unique<PostgresqlWriters>(settings, opening_of(settings, url));
    streams_ = std::make_unique<PostgresqlStreams>(settings, opening_of(settings, url), writers_->watch(), writers_->health());
}

void PostgresqlStorage::maintain(std::string_view sql) {
    if (writers_ == nullptr) return Storage::maintain(sql);
    PostgresqlConnection session(maintenance_);
    session.command("SET lock_timeout = 2000");
    session.command(sql);
}

void PostgresqlStorage::add_stream(Stream& stream) {
    if (streams_ != nullptr) streams_->add(stream);
}

void PostgresqlStorage::wake() {
    if (streams_ != nullptr) streams_->wake();
}

void PostgresqlStorage::hurry() {
    if (writers_ != nullptr) writers_->health().hurry();
}

StorageStatistics PostgresqlStorage::statistics() const { return writers_ == nullptr ? StorageStatistics{} : writers_->statistics(); }

std::string PostgresqlStorage::trouble() const { return writers_ == nullptr ? std::string() : writers_->health().trouble(); }

}  // namespace partnerd::storage
