// How long clicks are kept. The mark is the first click that is: whatever is below it counts as gone, even while its row is still
// there, so that nothing that is asked during the pruning depends on how far it has come. The mark only rises.
#pragma once

#include "domain/id.hpp"
#include "storage/storage.hpp"

namespace partnerd::tracking {

// A sale that is reported late still finds its click for so long behind the end of the click's window.
inline constexpr std::int64_t late_days = 7;

// [read] [write] The mark; 0: all clicks are kept.
Id kept_from(storage::Tx& tx);

// [read] The longest window, in days, of the terms that judge what happened in the last late_days, now, or later.
std::int64_t longest_window_days(storage::Tx& tx, std::int64_t now_us);

struct Retention {
    std::int64_t days = 0;       // as configured; 0: for ever
    std::int64_t kept_days = 0;  // what follows: never less than the longest window and late_days
    Id mark = 0;                 // where it is to be now: not below the one that is stored, and not above it without a click between
};
// [read] `doubt_clock`: on SQLite the time is taken for at most a day behind the newest click, as long as nobody has had the time to
// put a wrong clock right. On PostgreSQL its clock and ours must both have come that far.
Retention plan_retention(storage::Tx& tx, std::int64_t days, std::int64_t now_us, bool doubt_clock);

// [write] Stores a higher mark; false when it is not higher. Nothing above the traffic's own mark (traffic.hpp) may go.
bool raise_kept_from(storage::Tx& tx, Id mark);

// [worker] SQLite: deletes at most `rows` of the oldest clicks below the mark, in one unit; how many went. What is to go is read
// before, on the calling thread, so that the writer finds it in memory.
std::int64_t prune_some(storage::Storage& storage, std::int64_t rows);

}  // namespace partnerd::tracking
