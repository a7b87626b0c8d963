// What a click must know of its link, in memory: nothing on the way of a click touches the database before the insert.
#pragma once

#include <array>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "programs/link.hpp"

namespace partnerd::tracking {

struct ClickTarget {
    Id program = 0, link = 0, partner = 0;
    std::string zone;
    std::array<std::string, 5> subs;
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

    mutable std::shared_mutex mutex_;
    Map targets_;  // guarded by mutex_
    // Of the changes before, for clicks under way; guarded by mutex_. Two, since one change is often heard twice.
    std::array<Map, 2> former_;
    std::uint64_t generation_ = 0;  // guarded by mutex_: what was read before a change must not be kept after it
};

}  // namespace partnerd::tracking
