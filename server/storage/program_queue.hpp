// The units that wait for the writers of PostgreSQL: bounded, first in first out, and the units of one program together, since they
// run one after another anyway.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "storage/storage.hpp"

namespace partnerd::storage {

class ProgramQueue {
  public:
    explicit ProgramQueue(std::size_t max) : max_(max) {}

    bool push(Unit& unit);  // [any] false when full or closed
    // [writer] Waits for work: one unit of no program, or up to `most` units of a program that no writer has. Empty: closed, and
    // nothing waits.
    std::vector<Unit*> take(std::size_t most);
    void finished(std::int64_t program);  // [writer] after the units that take() gave; 0 for none
    void close();                         // [any] nothing more is taken in; what waits is still handed out
    std::size_t size() const;

  private:
    struct Lane {
        std::deque<Unit*> waiting;
        bool busy = false;  // a writer has units of it
    };
    std::size_t const max_;
    mutable std::mutex mutex_;
    std::condition_variable something_;
    std::deque<std::int64_t> ready_;  // programs with waiting units that no writer has; 0: one of alone_
    std::deque<Unit*> alone_;
    std::unordered_map<std::int64_t, Lane> lanes_;
    std::size_t size_ = 0;
    bool closed_ = false;
};

}  // namespace partnerd::storage
