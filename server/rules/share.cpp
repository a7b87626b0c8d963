#include "rules/share.hpp"

#include <limits>

namespace partnerd::rules {

namespace {

std::int64_t narrowed(__int128 minor) {
    if (minor > std::numeric_limits<std::int64_t>::max() || minor < std::numeric_limits<std::int64_t>::min())
        throw Refused(Error(errc::amount_overflow, "a commission is larger than an amount can be"));
    return static_cast<std::int64_t>(minor);
}

constexpr __int128 million = 1'000'000;

}  // namespace

std::int64_t rounded_share(__int128 parts) {
    narrowed(parts / million + (parts < 0 ? -1 : 1));
    return round_half_away(parts, million);
}

std::int64_t share_of(Rate rate, std::int64_t minor) { return rounded_share(static_cast<__int128>(rate.ppm) * minor); }

std::int64_t times(std::int64_t minor, std::int64_t count) { return narrowed(static_cast<__int128>(minor) * count); }

std::int64_t sum(std::int64_t a, std::int64_t b) { return narrowed(static_cast<__int128>(a) + b); }

}  // namespace partnerd::rules
