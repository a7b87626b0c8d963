// Arithmetic of calculators on amounts from outside: overflow is refused, where money.hpp's apply() would end the process.
#pragma once

#include "domain/money.hpp"

namespace partnerd::rules {

// parts / 1'000'000 minor units, half away from zero. Throws Refused(amount_overflow).
std::int64_t rounded_share(__int128 parts);
std::int64_t share_of(Rate rate, std::int64_t minor);
std::int64_t times(std::int64_t minor, std::int64_t count);
std::int64_t sum(std::int64_t a, std::int64_t b);

}  // namespace partnerd::rules
