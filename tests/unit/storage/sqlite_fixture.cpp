#include "unit/storage/sqlite_fixture.hpp"

#include <unistd.h>

#include <stdexcept>

namespace partnerd::storage {

SqliteFixture::SqliteFixture() {
    auto pattern = (std::filesystem::temp_directory_path() / "partnerd-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed for " + pattern);
    folder = pattern;
    settings.url = "sqlite://" + file().string();
    // These tests share the machine with others and are not about time; those that are set their own.
    settings.write_budget_ms = 20'000;
    settings.read_budget_ms = 20'000;
    settings.batch_ms = 20'000;
    settings.writer_hold_max_ms = 120'000;
}

SqliteFixture::~SqliteFixture() {
    storage.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

void SqliteFixture::open() {
    storage = open_storage(settings);
    if (settings.read_only) return;
    storage->write_unbounded([](Tx& tx) {
        tx.exec("create table if not exists item (id integer primary key, value bigint, data blob)");
        return true;
    });
}

std::vector<std::int64_t> SqliteFixture::ids() {
    std::vector<std::int64_t> out;
    storage->read([&](Tx& tx) {
        for (auto const& [id] : tx.query<std::int64_t>("select id from item order by id")) out.push_back(id);
    });
    return out;
}

std::string SqliteFixture::integrity() {
    std::string out;
    storage->read([&](Tx& tx) { out = tx.value<std::string>("select integrity_check from pragma_integrity_check").value(); });
    return out;
}

void run_in_one_batch(Storage& storage, std::vector<std::unique_ptr<TestUnit>> const& units, Together& answered) {
    Together queued;
    queued.expect(static_cast<int>(units.size()));
    answered.expect(static_cast<int>(units.size()) + 1);
    TestUnit first([&](Tx&) { return queued.wait(), true; }, answered);
    if (!storage.submit(first)) throw std::runtime_error("the queue is full");
    for (auto const& unit : units) {
        if (!storage.submit(*unit)) throw std::runtime_error("the queue is full");
        queued.arrived();
    }
    answered.wait();
}

}  // namespace partnerd::storage
