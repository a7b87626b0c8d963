// The trace of a conversion as JSON text: every candidate and what became of it, the terms, the rules' own trace.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tracking/attribution.hpp"

namespace partnerd::tracking {

struct TraceInput {
    std::vector<Candidate> const& candidates;
    Attribution const& attribution;
    std::vector<std::string> const& precedence;
    std::int64_t terms_version = 0;
    std::string_view rules_trace;  // JSON, or empty when no rule was asked
    std::string_view state, reason;
};
std::string write_trace(TraceInput const& input);
// The trace of a conversion that was held without being judged, now that the rules were asked.
std::string judged_later(std::string_view trace, std::string_view rules_trace, std::string_view state, std::string_view reason);

}  // namespace partnerd::tracking
