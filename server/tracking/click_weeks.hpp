// Where clicks lie on PostgreSQL: a partition of the table for each week of ids, so that old ones go by dropping a table and no
// row of theirs is touched. Weeks are counted from the first id there can be. SQLite has one table and none of this.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/id.hpp"
#include "storage/storage.hpp"

namespace partnerd::tracking {

inline constexpr Id click_week_ids = first_id_of_ms(7 * day_us / 1000);
inline std::int64_t click_week(Id click) noexcept { return click / click_week_ids; }

// Does a table's name say that it holds a week of clicks? One that is no partition any more is on its way out: drop_weeks() was interrupted.
bool is_week_of_clicks(std::string_view table);

// What a unit locks that makes partitions.
inline constexpr std::string_view click_weeks_key = "clicks.weeks";

// [write] Makes the partitions of these weeks that are missing, and stalls no insert. Outside of a stream the unit holds
// click_weeks_key from before its snapshot.
void cover_clicks(storage::Tx& tx, std::set<std::int64_t> const& weeks);
// [worker] The week of `now_us` and the next four, when one of them is missing.
void cover_weeks_ahead(storage::Storage& storage, std::int64_t now_us);

// The partitions whose clicks are all below `before` go: detached without waiting for anybody's insert, then dropped. What an
// earlier call was interrupted in is finished. The rows that went, as the planner estimates them. Throws Failure when PostgreSQL
// cannot do it now; calling again goes on. `goes_on` is asked between two of them: the detaching of one makes every session plan its
// statements anew. [worker]
std::int64_t drop_weeks(storage::Storage& storage, Id before, std::function<bool()> const& goes_on = [] { return true; });

// The weeks that a stream of clicks knows to be there.
class KnownWeeks {
  public:
    // [write] Before clicks of these weeks are inserted.
    void need(storage::Tx& tx, std::set<std::int64_t> const& weeks);
    void forget() noexcept { known_.clear(); }  // a unit failed: what it made is not there, or somebody took a partition away

  private:
    std::set<std::int64_t> known_;
};

}  // namespace partnerd::tracking
