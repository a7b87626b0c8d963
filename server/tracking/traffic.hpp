// Clicks summed by day, link and first sub-id for the dashboards (rollup_traffic). On PostgreSQL each batch of clicks brings its
// sums. On SQLite, where one process writes, they are gathered and written about once a second, with a mark: the newest click that
// is counted. Clicks behind the mark are counted by who reads, so that no figure is ever behind. Click ids grow in the order of
// their commits there.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "domain/id.hpp"
#include "storage/storage.hpp"

namespace partnerd::tracking {

struct TrafficKey {
    Id program = 0, partner = 0;
    std::int64_t day = 0;  // in the program's zone
    Id link = 0;
    std::string sub1;
    bool operator==(TrafficKey const&) const = default;
};
struct TrafficKeyHash {
    std::size_t operator()(TrafficKey const& key) const noexcept;
};
struct TrafficCount {
    std::int64_t clicks = 0, uniques = 0;
};
using Traffic = std::unordered_map<TrafficKey, TrafficCount, TrafficKeyHash>;

// [write] Adds the sums, in the order of the primary key: two nodes that count at the same time do not wait for each other in a ring.
void write_traffic(storage::Tx& tx, Traffic const& traffic);
// [write] All clicks up to this one are counted.
void set_traffic_mark(storage::Tx& tx, Id newest);

struct UncountedClick {
    Id id = 0, program = 0, link = 0, partner = 0;
    std::int64_t day = 0;
    std::string sub1, code, channel;
    bool is_unique = false;
};
// Clicks behind the mark: of a program and partner, 0 for all. At most some seconds of clicks.
void for_each_uncounted(storage::Tx& tx, Id program, Id partner, std::function<void(UncountedClick const&)> const& visit);

// [main] Counts what an earlier process left behind the mark.
void count_rest(storage::Storage& storage);

}  // namespace partnerd::tracking
