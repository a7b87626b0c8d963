#include "tracking/trace.hpp"

#include <boost/json.hpp>

#include "domain/calendar.hpp"
#include "domain/json_text.hpp"

namespace partnerd::tracking {

namespace json = boost::json;

namespace {

void write_candidate(JsonText& out, Candidate const& c, bool chosen) {
    out.open('{').key("source").text(c.source).key("evidence").text(c.evidence).key("eligible").truth(c.eligible()).key("chosen").truth(chosen);
    if (c.enrollment != 0) out.key("enrollment").text(format_id("enr", c.enrollment));
    if (c.at_us != 0) out.key("at").text(format_instant(c.at_us));
    if (!c.reason.empty()) out.key("reason").text(c.reason);
    out.close('}');
}

void write_texts(JsonText& out, std::vector<std::string> const& texts) {
    out.open('[');
    for (auto const& text : texts) out.text(text);
    out.close(']');
}

}  // namespace

std::string write_trace(TraceInput const& in) {
    auto const chosen = in.attribution.chosen;
    JsonText out;
    out.open('{').key("attribution").open('{').key("precedence");
    write_texts(out, in.precedence);
    out.key("candidates").open('[');
    for (std::size_t i = 0; i < in.candidates.size(); ++i) write_candidate(out, in.candidates[i], static_cast<int>(i) == chosen);
    out.close(']').key("flags");
    write_texts(out, in.attribution.flags);
    if (chosen >= 0) out.key("source").text(in.candidates[static_cast<std::size_t>(chosen)].source);
    else out.key("reason").text(in.attribution.reason);
    out.close('}').key("terms_version").number(in.terms_version).key("state").text(in.state).key("reason").text(in.reason);
    if (!in.rules_trace.empty()) out.key("rules").raw(in.rules_trace);
    return out.close('}').take();
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
