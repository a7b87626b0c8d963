// Ids have 63 bits: 41 of milliseconds since 2025-01-01, 9 of the node, 13 of a sequence; they grow with time on a node.
// Outside they are a prefix and base32: "cnv_0d7t2k9x4m1qe".
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/clock.hpp"
#include "domain/result.hpp"

namespace partnerd {

using Id = std::int64_t;  // 0 is none

// Mints ids of one node. [any thread], lock-free.
// The clock may jump back: time = max(now, last). What was minted is never past the high-water mark, which its owner stores
// ahead of time (10 s) and restores at start, so that a restart with a clock behind mints nothing twice.
class IdMint {
  public:
    IdMint(Clock const& clock, int node, std::int64_t high_water_ms = 0);  // asserts 0 <= node < 512
    Id mint();  // throws Refused(busy) beyond allow_until()
    // Ids of this millisecond and later belong to others: a server that cannot say that its number is still its own mints no further.
    void allow_until(std::int64_t ms) noexcept { end_ms_.store(ms); }
    std::int64_t last_ms() const noexcept;  // milliseconds since 2025 of the newest id, for the high-water mark

  private:
    Clock const& clock_;
    std::int64_t const node_bits_;
    std::atomic<std::int64_t> last_;  // milliseconds << 13 | sequence
    std::atomic<std::int64_t> end_ms_{INT64_MAX};
};

std::int64_t id_ms(std::int64_t at_us);  // milliseconds since 2025, as ids count them
std::int64_t id_time_us(Id);  // when it was minted, to the millisecond
int id_node(Id);
Id first_id_at(std::int64_t at_us);  // the lowest id of that millisecond
inline constexpr Id first_id_of_ms(std::int64_t ms) { return ms << 22; }  // the same, of milliseconds since 2025

std::string format_id(std::string_view prefix, Id);                  // "cnv_" + 13 characters
Result<Id> parse_id(std::string_view prefix, std::string_view text);  // not_found otherwise

}  // namespace partnerd
