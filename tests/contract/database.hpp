// The databases that the contract of the unit of work is tested on, each as a factory of an empty database.
#pragma once

#include <boost/mp11/list.hpp>
#include <filesystem>

#include "database/postgresql_cluster.hpp"
#include "storage/schema.hpp"
#include "storage/storage.hpp"

namespace partnerd::storage {

class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    std::filesystem::path const& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// A generous budget: these tests share the machine with others, and are about what is kept, not about time.
class SqliteDatabase {
  public:
    StorageSettings settings() const;

  private:
    TemporaryFolder folder_;
};

class PostgresqlDatabase {
  public:
    PostgresqlDatabase();
    StorageSettings settings() const;
    std::string const& user() const { return name_; }

  private:
    std::string name_;
};

using Databases = boost::mp11::mp_list<SqliteDatabase, PostgresqlDatabase>;

Migration item_migration();

// An open storage on a new database with the table item(id, value, amount, note, data).
template <class Database>
struct Opened {
    Database database;
    std::unique_ptr<Storage> storage;

    Opened() : Opened([](StorageSettings&) {}) {}
    template <class Change>
    explicit Opened(Change change) {
        auto settings = database.settings();
        change(settings);
        storage = open_storage(settings);
        migrate(*storage, "core", {item_migration()});
    }
    std::int64_t count() {
        std::int64_t rows = -1;
        storage->read([&](Tx& tx) { rows = *tx.value<std::int64_t>("select count(*) from item"); });
        return rows;
    }
};

}  // namespace partnerd::storage
