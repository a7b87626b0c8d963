#include "storage/storage.hpp"

#include "storage/postgresql_storage.hpp"
#include "storage/sqlite_storage.hpp"
#include "storage/unit_watch.hpp"
#include "storage/url.hpp"
#include "storage/waited_unit.hpp"

namespace partnerd::storage {

void Storage::maintain(std::string_view sql) {
    throw Failure(Failure::Category::state, "only PostgreSQL takes a statement outside of a transaction: " + std::string(sql));
}

bool Storage::write(std::function<bool(Tx&)> const& work, std::string_view lock_key) {
    WaitedUnit unit(work, {lock_key, 0, false});
    return submit_and_wait(unit);
}

bool Storage::write_in_program(std::int64_t program, std::function<bool(Tx&)> const& work) {
    WaitedUnit unit(work, {{}, program, false});
    return submit_and_wait(unit);
}

bool Storage::write_unbounded(std::function<bool(Tx&)> const& work, std::string_view lock_key) {
    WaitedUnit unit(work, {lock_key, 0, true});
    return submit_and_wait(unit);
}

bool Storage::submit_and_wait(WaitedUnit& unit) {
    if (this_thread_writes()) throw Failure(Failure::Category::state, "a write inside a write handler would wait for itself");
    if (!submit(unit))
        throw Failure(Failure::Category::state, "the storage takes no write: it is read-only or closing, or its queue is full");
    return unit.wait();
}

void set_unit_label(std::string_view label) { label_running_unit(label); }

std::unique_ptr<Storage> open_storage(StorageSettings const& settings) {
    auto const url = parse_url(settings.url);
    if (url.dialect == Dialect::sqlite) return std::make_unique<SqliteStorage>(settings, url.path);
    return std::make_unique<PostgresqlStorage>(settings, url);
}

}  // namespace partnerd::storage
