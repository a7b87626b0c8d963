#include "routing/rate_limit.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

namespace partnerd::routing {

namespace {

std::uint64_t mixed(std::uint64_t x) noexcept {  // splitmix64
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

std::int64_t seconds_up(std::int64_t us) noexcept { return (std::max<std::int64_t>(us, 0) + 999'999) / 1'000'000; }

}  // namespace

RateLimiter::RateLimiter(std::size_t rows) : rows_(std::bit_ceil(std::max<std::size_t>(rows, 1))) {}

RateDecision RateLimiter::take(RateLimit const& limit, std::uint64_t caller, std::int64_t now_us) {
    if (!limit.on()) return {};
    auto const token_us = std::max<std::int64_t>(1, std::llround(1e6 / limit.per_second));
    auto const depth_us = token_us * limit.burst;
    auto const hash = mixed(caller);
    auto const index = hash & (rows_.size() - 1);
    std::lock_guard const lock(mutexes_[index % mutexes_.size()]);
    auto& row = rows_[index];
    auto const key = hash | 1;  // never 0
    auto bucket = std::find_if(row.begin(), row.end(), [&](Bucket const& b) { return b.caller == key; });
    if (bucket == row.end()) {
        bucket = std::min_element(row.begin(), row.end(), [](Bucket const& a, Bucket const& b) { return a.full_at_us < b.full_at_us; });
        *bucket = {key, now_us};
    }
    // A clock that jumped back would leave buckets that fill in the far future.
    bucket->full_at_us = std::clamp(bucket->full_at_us, now_us, now_us + depth_us);
    auto const full_at_us = bucket->full_at_us + token_us;
    RateDecision decision{.limit = limit.burst};
    auto const missing_us = full_at_us - now_us;
    decision.allowed = missing_us <= depth_us;
    if (decision.allowed) bucket->full_at_us = full_at_us;
    decision.remaining = std::max<std::int64_t>(0, depth_us - missing_us) / token_us;
    decision.reset_s = seconds_up(std::min(missing_us, depth_us));
    decision.retry_after_s = decision.allowed ? 0 : std::max<std::int64_t>(1, seconds_up(missing_us - depth_us));
    return decision;
}

std::uint64_t caller_of_key(std::int64_t key) noexcept { return mixed(static_cast<std::uint64_t>(key)); }

std::uint64_t caller_of_address(std::string_view ip) noexcept {
    std::array<char, INET6_ADDRSTRLEN> text{};
    std::array<unsigned char, 16> bytes{};
    std::copy_n(ip.begin(), std::min(ip.size(), text.size() - 1), text.begin());
    bool const v6 = inet_pton(AF_INET6, text.data(), bytes.data()) == 1;
    constexpr std::array<unsigned char, 12> v4_mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    bool const mapped = v6 && std::equal(v4_mapped.begin(), v4_mapped.end(), bytes.begin());
    std::uint64_t network = 0;
    if (v6 && !mapped) std::memcpy(&network, bytes.data(), 8);
    else if (mapped) std::memcpy(&network, bytes.data() + 12, 4);
    else if (inet_pton(AF_INET, text.data(), bytes.data()) == 1) std::memcpy(&network, bytes.data(), 4);
    else network = std::hash<std::string_view>{}(ip);
    return mixed(network ^ 0xadd7e55);
}

}  // namespace partnerd::routing
