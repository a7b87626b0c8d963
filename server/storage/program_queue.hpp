// The units that wait for the writers of PostgreSQL: bounded, first in first out. The units of one program run one after another anyway,
// so that they are handed out together; and since a commit costs more than a unit, with those of other programs.
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
    // [writer] Waits for work: one unit of no program, or up to `most` units of programs that no writer has, those of a program side by
    // side. Few writers do so at a time as long as few units wait: what comes meanwhile makes the next batch. Empty: closed, and nothing
    // waits.
    std::vector<Unit*> take(std::size_t most);
    // [writer] Units of take() that could not be begun: the first to run when their program is taken again.
    void give_back(std::vector<Unit*> const& units);
    // [writer] After each take(): the programs that the writer still had.
    void finished(std::vector<std::int64_t> const& programs);
    void close();  // [any] nothing more is taken in; what waits is still handed out
    std::size_t size() const;

  private:
    struct Lane {
        std::deque<Unit*> waiting;
        bool busy = false;  // a writer has units of it
    };
    bool may_take() const { return batches_ < calm_batches || size_ - alone_.size() >= crowd; }
    bool has_work() const { return !alone_.empty() || (!ready_.empty() && may_take()); }
    void take_lane(std::size_t most, std::vector<Unit*>& taken);

    // One batch runs while another one waits for the disk. More only when so many units wait.
    static constexpr int calm_batches = 2;
    static constexpr std::size_t crowd = 64;

    std::size_t const max_;
    mutable std::mutex mutex_;
    std::condition_variable something_;
    std::deque<std::int64_t> ready_;  // programs with waiting units that no writer has
    std::deque<Unit*> alone_;
    std::unordered_map<std::int64_t, Lane> lanes_;
    std::size_t size_ = 0;
    int batches_ = 0;  // that writers have, of programs
    bool closed_ = false, alone_was_last_ = false;
};

}  // namespace partnerd::storage
