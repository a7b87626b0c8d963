#include "tracking/trace.hpp"

#include <boost/json.hpp>

#include "domain/calendar.hpp"

namespace partnerd::tracking {

namespace json = boost::json;

namespace {

json::object write_candidate(Candidate const& c, bool chosen) {
    json::object object{{"source", c.source}, {"evidence", c.evidence}, {"eligible", c.eligible()}, {"chosen", chosen}};
    if (c.enrollment != 0) object["enrollment"] = format_id("enr", c.enrollment);
    if (c.at_us != 0) object["at"] = format_instant(c.at_us);
    if (!c.reason.empty()) object["reason"] = c.reason;
    return object;
}

}  // namespace

std::string write_trace(TraceInput const& in) {
    json::array candidates, precedence, flags;
    for (std::size_t i = 0; i < in.candidates.size(); ++i) candidates.emplace_back(write_candidate(in.candidates[i], static_cast<int>(i) == in.attribution.chosen));
    for (auto const& source : in.precedence) precedence.emplace_back(source);
    for (auto const& flag : in.attribution.flags) flags.emplace_back(flag);
    json::object attribution{{"precedence", precedence}, {"candidates", candidates}, {"flags", flags}};
    if (in.attribution.chosen >= 0) attribution["source"] = in.candidates[static_cast<std::size_t>(in.attribution.chosen)].source;
    else attribution["reason"] = in.attribution.reason;
    json::object trace{{"attribution", attribution}, {"terms_version", in.terms_version}, {"state", in.state}, {"reason", in.reason}};
    if (!in.rules_trace.empty()) trace["rules"] = json::parse({in.rules_trace.data(), in.rules_trace.size()});
    return json::serialize(trace);
}

std::string judged_later(std::string_view trace, std::string_view rules_trace, std::string_view state, std::string_view reason) {
    auto value = json::parse({trace.data(), trace.size()});
    auto& object = value.as_object();
    object["state"] = state;
    object["reason"] = reason;
    if (!rules_trace.empty()) object["rules"] = json::parse({rules_trace.data(), rules_trace.size()});
    return json::serialize(value);
}

}  // namespace partnerd::tracking
