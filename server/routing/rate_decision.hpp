// What the rate limit said about one request.
#pragma once

#include <cstdint>

namespace partnerd::routing {

struct RateDecision {
    bool allowed = true;
    std::int64_t limit = 0, remaining = 0;  // limit 0: there was none
    std::int64_t reset_s = 0;               // until the bucket is full
    std::int64_t retry_after_s = 0;         // when refused
};

}  // namespace partnerd::routing
