// Answers on their way from any thread to the one that imports.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "imports/door.hpp"

namespace partnerd::imports {

struct Arrived {
    std::uint64_t number = 0;  // of the row
    Answer answer;
};

class Inbox {
  public:
    void put(std::uint64_t number, Answer answer) {
        std::lock_guard lock(mutex_);
        arrived_.push_back({number, std::move(answer)});
        wake_.notify_one();
    }
    // Everything that arrived; waits for something until `until` when there is nothing.
    std::vector<Arrived> take(std::chrono::steady_clock::time_point until) {
        std::unique_lock lock(mutex_);
        wake_.wait_until(lock, until, [this] { return !arrived_.empty(); });
        return std::exchange(arrived_, {});
    }

  private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Arrived> arrived_;
};

}  // namespace partnerd::imports
