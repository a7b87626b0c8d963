// The units that wait for a writer: bounded, first in first out.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "storage/storage.hpp"

namespace partnerd::storage {

class UnitQueue {
  public:
    explicit UnitQueue(std::size_t max) : max_(max) {}

    bool push(Unit& unit);  // [any] false when full, closed or refusing
    Unit* pop();            // [writer] null when nothing waits
    Unit* take();           // [writer] waits for a unit; null when closed and nothing waits
    void wake();            // [any] ends the next or the running wait()
    // [writer] Returns when something waits, after wake(), after close() or after `longest`.
    void wait(std::chrono::milliseconds longest);
    void close();  // [any] nothing more is taken; what waits is still handed out
    void refuse(bool on) { refusing_.store(on); }
    bool closed() const;
    std::size_t size() const;

  private:
    std::size_t const max_;
    mutable std::mutex mutex_;
    std::condition_variable something_;
    std::deque<Unit*> units_;
    std::atomic<bool> woken_{false};
    std::atomic<bool> refusing_{false};
    bool closed_ = false;
};

}  // namespace partnerd::storage
