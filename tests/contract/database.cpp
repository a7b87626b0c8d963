#include "contract/database.hpp"

#include <unistd.h>
#include <atomic>

namespace partnerd::storage {

TemporaryFolder::TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "partnerd-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed for " + pattern);
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

namespace {

StorageSettings generous() {
    StorageSettings settings;
    settings.write_budget_ms = 20'000;
    settings.read_budget_ms = 20'000;
    settings.writer_hold_max_ms = 60'000;
    return settings;
}

}  // namespace

StorageSettings SqliteDatabase::settings() const {
    auto settings = generous();
    settings.url = "sqlite://" + (folder_.path() / "contract.db").string();
    return settings;
}

PostgresqlDatabase::PostgresqlDatabase() {
    static std::atomic<int> number{0};
    name_ = "contract_" + std::to_string(++number);
    PostgresqlCluster::running().create_user(name_);
}

StorageSettings PostgresqlDatabase::settings() const {
    auto settings = generous();
    settings.url = PostgresqlCluster::running().url(name_);
    return settings;
}

Migration item_migration() {
    Migration step{1, "items", {}, {}};
    step.sqlite = {"create table item (id integer primary key, value bigint, amount double precision, note text, data blob, unique (note))",
                   "create table child (id integer primary key, item bigint not null references item(id) deferrable initially deferred)"};
    step.postgresql = {
        "create table item (id bigint primary key, value bigint, amount double precision, note text, data bytea, unique (note))",
        "create table child (id bigint primary key, item bigint not null references item(id) deferrable initially deferred)"};
    return step;
}

}  // namespace partnerd::storage
