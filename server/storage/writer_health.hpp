// What the writers count, and what is wrong with them at the moment. [any]
#pragma once

#include <atomic>
#include <mutex>

#include "storage/scope.hpp"
#include "storage/storage.hpp"

namespace partnerd::storage {

class WriterHealth {
  public:
    void count_batch() { batches_.fetch_add(1); }
    void count_rerun() { rerun_.fetch_add(1); }
    void count(UnitResult const& result);
    StorageStatistics statistics() const;  // without what the log and the queue add

    void set_trouble(std::string text);  // empty: the last batch went through
    std::string trouble() const;

    // PostgreSQL: the process ends; a COMMIT waits no longer. Once one was given up nothing is begun any more.
    void hurry() { hurried_ = true; }
    bool gave_up() const { return gave_up_; }

  private:
    friend class CommitWait;
    std::atomic<bool> hurried_{false}, gave_up_{false};
    std::atomic<int> waiting_{0};  // COMMITs that have waited for long
    std::atomic<std::int64_t> batches_{0}, units_{0}, rolled_back_{0}, failed_{0}, rerun_{0};
    mutable std::mutex mutex_;
    std::string trouble_;
};

// One COMMIT that waits, for a synchronous standby that is away. While it does for long, the writers are in trouble. [one thread]
class CommitWait {
  public:
    explicit CommitWait(WriterHealth& health) : health_(health) {}
    CommitWait(CommitWait const&) = delete;
    ~CommitWait();
    bool goes_on();  // now and then while it waits; false: it is given up

  private:
    WriterHealth& health_;
    SteadyClock::time_point const began_ = SteadyClock::now();
    bool counted_ = false;
};

// Of a unit that is begun no more, or whose COMMIT was given up: it may be there, or be there later.
Failure commit_given_up();

}  // namespace partnerd::storage
