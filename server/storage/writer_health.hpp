// What the writers count, and what is wrong with them at the moment. [any]
#pragma once

#include <atomic>
#include <mutex>

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

  private:
    std::atomic<std::int64_t> batches_{0}, units_{0}, rolled_back_{0}, failed_{0}, rerun_{0};
    mutable std::mutex mutex_;
    std::string trouble_;
};

}  // namespace partnerd::storage
