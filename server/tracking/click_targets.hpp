// What a click must know of its link, in memory: nothing on the way of a click touches the database before the insert.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "programs/link.hpp"

namespace partnerd::tracking {

using Subs = std::array<std::string, 5>;

struct ClickTarget {
    Id program = 0, link = 0, partner = 0;
    std::string zone;
    Subs subs;
    bool tracks = false;  // program, partner, enrollment and link all let visitors be counted
};

class ClickTargets {
  public:
    // [read] [write] Loads the link and keeps it; null when there is none.
    std::shared_ptr<ClickTarget const> load(storage::Tx& tx, Id link);
    // [any] Null: not loaded. A click whose link was looked up a moment before a change finds what it was then.
    std::shared_ptr<ClickTarget const> find(Id link) const;
    // [any] Forgets everything: a program, a partner, an enrollment or a link changed.
    void clear();

  private:
    using Map = std::unordered_map<Id, std::shared_ptr<ClickTarget const>>;
    // What a thread has found before, so that the threads of the network meet in no lock. Good while the generation is the same.
    struct Known {
        std::uint64_t instance = 0, generation = 0;
        Map targets;
    };
    static Known& known() noexcept;

    std::uint64_t const instance_ = ++instances;
    static std::atomic<std::uint64_t> instances;
    mutable std::shared_mutex mutex_;
    Map targets_;  // guarded by mutex_
    // Of the changes before, for clicks under way; guarded by mutex_. Two, since one change is often heard twice.
    std::array<Map, 2> former_;
    // Written under mutex_: what was read before a change must not be kept after it.
    std::atomic<std::uint64_t> generation_{0};
};

}  // namespace partnerd::tracking
