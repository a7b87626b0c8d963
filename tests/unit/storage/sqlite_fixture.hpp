// A new SQLite database in a temporary folder, and units that a test can look into.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "storage/storage.hpp"

namespace partnerd::storage {

struct SqliteFixture {
    std::filesystem::path folder;
    StorageSettings settings;
    std::unique_ptr<Storage> storage;

    SqliteFixture();
    ~SqliteFixture();
    std::filesystem::path file() const { return folder / "unit.db"; }
    void open();  // makes the table item(id, value, data) when it is not there
    void reopen() {
        storage.reset();
        open();
    }
    std::vector<std::int64_t> ids();
    std::string integrity();  // "ok"
};

// Holds the writer until `expected` units wait behind it, so that all are in one batch.
class Together {
  public:
    void expect(int units) { missing_ = units; }
    void arrived() {
        std::lock_guard lock(mutex_);
        --missing_;
        changed_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return missing_ <= 0; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int missing_ = 0;
};

class TestUnit final : public Unit {
  public:
    TestUnit(std::function<bool(Tx&)> work, Together& answered) : work_(std::move(work)), answered_(answered) {}
    bool run(Tx& tx) override {
        ++runs;
        return work_(tx);
    }
    void done(UnitResult const& its_result) noexcept override {
        result = its_result;
        ++done_calls;
        answered_.arrived();
    }
    int runs = 0, done_calls = 0;
    UnitResult result;

  private:
    std::function<bool(Tx&)> work_;
    Together& answered_;
};

// Runs the units in one batch, behind one that does nothing but wait for them to be queued. Returns when all were answered.
void run_in_one_batch(Storage& storage, std::vector<std::unique_ptr<TestUnit>> const& units, Together& answered);

}  // namespace partnerd::storage
