#include "tracking/attribution.hpp"

#include <algorithm>
#include <tuple>

#include "domain/clock.hpp"

namespace partnerd::tracking {

namespace {

constexpr std::int64_t clock_tolerance_us = 5 * minute_us;
constexpr std::int64_t coupon_late_us = 60 * second_us;

std::size_t rank_of(Candidate const& candidate, std::span<std::string const> precedence) {
    return static_cast<std::size_t>(std::find(precedence.begin(), precedence.end(), candidate.source) - precedence.begin());
}

// Lower is better.
auto order_of(Candidate const& candidate, std::span<std::string const> precedence) {
    return std::tuple(rank_of(candidate, precedence), -candidate.at_us, candidate.enrollment);
}

}  // namespace

std::string_view judge_click(std::int64_t conversion_at_us, std::int64_t click_at_us, int window_days) noexcept {
    auto const age_us = conversion_at_us - click_at_us;
    if (age_us < -clock_tolerance_us) return "click_in_future";
    if (age_us >= window_days * day_us) return "click_expired";
    return {};
}

Attribution attribute(std::span<Candidate const> candidates, std::span<std::string const> precedence, std::int64_t conversion_at_us) {
    Attribution result;
    Candidate const* best_refused = nullptr;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        auto const& candidate = candidates[i];
        if (rank_of(candidate, precedence) == precedence.size()) continue;
        if (!candidate.eligible()) {
            if (candidate.reason.empty()) continue;  // a code of nobody is no candidate
            if (best_refused == nullptr || order_of(candidate, precedence) < order_of(*best_refused, precedence)) best_refused = &candidate;
            continue;
        }
        if (result.chosen < 0 || order_of(candidate, precedence) < order_of(candidates[static_cast<std::size_t>(result.chosen)], precedence)) result.chosen = static_cast<int>(i);
    }
    if (result.chosen < 0) {
        result.reason = best_refused != nullptr ? best_refused->reason : "no_candidate";
        return result;
    }
    auto const& winner = candidates[static_cast<std::size_t>(result.chosen)];
    bool const over_a_click = std::any_of(candidates.begin(), candidates.end(), [&](Candidate const& c) { return c.source == "click" && c.eligible() && c.enrollment != winner.enrollment; });
    if (winner.source == "coupon" && over_a_click && winner.at_us != 0 && conversion_at_us - winner.at_us < coupon_late_us) result.flags.emplace_back("coupon_seen_late");
    return result;
}

}  // namespace partnerd::tracking
