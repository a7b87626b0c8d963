// Token buckets in a fixed table: per key, or per address for those without one. [any thread]
// Each bucket is one number, the time at which it would be full again (the "generic cell rate algorithm"), so the table
// is an array that never grows: when eight callers share a row, the one nearest to a full bucket makes room for a newcomer.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "routing/rate_decision.hpp"

namespace partnerd::routing {

struct RateLimit {
    double per_second = 0;   // 0: no limit
    std::int64_t burst = 0;  // the size of the bucket
    bool on() const noexcept { return per_second > 0 && burst > 0; }
};

class RateLimiter {
  public:
    explicit RateLimiter(std::size_t rows = 8192);  // of 8 buckets each; rounded up to a power of two
    // Takes one token from the caller's bucket.
    RateDecision take(RateLimit const& limit, std::uint64_t caller, std::int64_t now_us);

  private:
    struct Bucket {
        std::uint64_t caller = 0;  // 0: free
        std::int64_t full_at_us = 0;
    };
    using Row = std::array<Bucket, 8>;
    std::vector<Row> rows_;
    std::array<std::mutex, 64> mutexes_;
};

// The caller behind a key, and behind an address: IPv6 counts by /64, since one household has that many.
std::uint64_t caller_of_key(std::int64_t key) noexcept;
std::uint64_t caller_of_address(std::string_view ip) noexcept;

}  // namespace partnerd::routing
