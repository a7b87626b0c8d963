#include "tracking/visitors.hpp"

#include <algorithm>

namespace partnerd::tracking {

namespace {

constexpr std::size_t bucket = 8;  // slots that a mark may be in: one cache line

// The finalizer of MurmurHash3: every bit of the input reaches every bit of the result.
std::uint64_t mixed(std::uint64_t x) noexcept {
    x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdULL;
    x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return x ^ (x >> 33);
}

}  // namespace

bool Visitors::meet(std::int64_t visitor, Id link, std::int64_t day) {
    if (marks_.empty()) marks_.resize(slots_);
    auto const who = static_cast<std::uint64_t>(visitor) + mixed(static_cast<std::uint64_t>(link) + mixed(static_cast<std::uint64_t>(day)));
    auto const mark = mixed(who) | 1;  // an empty slot is 0
    auto* const first = marks_.data() + (mark >> 32) % (slots_ / bucket) * bucket;
    if (std::find(first, first + bucket, mark) != first + bucket) return false;
    std::move_backward(first, first + bucket - 1, first + bucket);  // the oldest of the bucket is forgotten
    *first = mark;
    return true;
}

}  // namespace partnerd::tracking
