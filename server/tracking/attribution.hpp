// Whose is it? Candidates come from evidence; the program's precedence and their times decide. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/id.hpp"

namespace partnerd::tracking {

struct Candidate {
    std::string source;         // "assigned" "coupon" "click" "binding", or the id of a plugin's attributor
    Id enrollment = 0;          // 0: the evidence leads to nobody
    std::int64_t at_us = 0;     // when the evidence came to be
    std::string evidence;       // "click 0h2k...", "code SPRING": shown to the operator
    std::string reason;         // why it is not eligible; empty: it is
    Id click = 0, link = 0;
    std::string sub1;
    bool eligible() const noexcept { return enrollment != 0 && reason.empty(); }
};

struct Attribution {
    int chosen = -1;            // index into the candidates; -1: nobody
    std::string reason;         // why nobody: no_candidate, or the reason of the best candidate that was not eligible
    std::vector<std::string> flags;  // "coupon_seen_late"
};

// A click earns when -5 min <= conversion - click < window. The empty text, or click_expired, click_in_future.
std::string_view judge_click(std::int64_t conversion_at_us, std::int64_t click_at_us, int window_days) noexcept;

// The eligible candidate whose source stands first in `precedence`; within a source the later evidence, then the lower enrollment.
// A source that the precedence does not name never wins.
Attribution attribute(std::span<Candidate const> candidates, std::span<std::string const> precedence, std::int64_t conversion_at_us);

}  // namespace partnerd::tracking
