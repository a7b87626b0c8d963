#include "reports/redact.hpp"

#include <boost/json.hpp>

#include <initializer_list>
#include <optional>
#include <string_view>

namespace partnerd::reports {

namespace json = boost::json;

namespace {

void copy(json::object const& from, json::object& to, std::initializer_list<std::string_view> names) {
    for (auto name : names)
        if (auto const* value = from.if_contains(name)) to[name] = *value;
}

bool is_own_line(json::object const& line, Viewer const& viewer) {
    auto const* payee = line.if_contains("payee");
    if (payee == nullptr) return viewer.credited;
    return payee->is_string() && std::string_view(payee->get_string()) == format_id("enr", viewer.enrollment);
}

// A condition as it is, without what it found in facts on the customer.
json::value redact_condition(json::value const& condition) {
    if (auto const* array = condition.if_array()) {
        json::array out;
        for (auto const& part : *array) out.push_back(redact_condition(part));
        return out;
    }
    auto const* object = condition.if_object();
    if (object == nullptr) return condition;
    json::object out;
    auto const* fact = object->if_contains("fact");
    bool const on_customer = fact != nullptr && fact->is_string() && std::string_view(fact->get_string()).starts_with("customer.");
    for (auto const& [name, value] : *object) {
        if (on_customer && name == "actual") continue;
        out[name] = name == "all" || name == "any" || name == "not" ? redact_condition(value) : value;
    }
    return out;
}

// Nothing when the viewer has no part in it.
std::optional<json::object> redact_rule(json::object const& rule, Viewer const& viewer) {
    json::object out;
    copy(rule, out, {"name", "rule", "result"});
    json::array lines;
    std::size_t others = 0;
    if (auto const* list = rule.if_contains("lines"))
        for (auto const& line : list->as_array()) {
            if (!is_own_line(line.as_object(), viewer)) {
                ++others;
                continue;
            }
            json::object own;
            copy(line.as_object(), own, {"key", "kind", "amount"});
            lines.emplace_back(std::move(own));
        }
    if (!viewer.credited && lines.empty()) return std::nullopt;
    if (viewer.credited) {
        copy(rule, out, {"verdict", "reason_code"});
        if (auto const* when = rule.if_contains("when")) out["when"] = redact_condition(*when);
        // A rule that also pays others may name them in its words and sums.
        if (others == 0) copy(rule, out, {"pays", "reasons"});
    }
    out["lines"] = std::move(lines);
    return out;
}

json::array redact_list(json::array const& rules, Viewer const& viewer) {
    json::array out;
    for (auto const& rule : rules)
        if (auto redacted = redact_rule(rule.as_object(), viewer)) out.emplace_back(std::move(*redacted));
    return out;
}

}  // namespace

json::object redact_attribution(json::object const& attribution, Viewer const& viewer) {
    json::object out;
    copy(attribution, out, {"precedence"});
    auto const own = format_id("enr", viewer.enrollment);
    json::array candidates;
    std::int64_t others = 0;
    if (auto const* list = attribution.if_contains("candidates"))
        for (auto const& element : list->as_array()) {
            auto const& candidate = element.as_object();
            auto const* enrollment = candidate.if_contains("enrollment");
            if (enrollment == nullptr || !enrollment->is_string() || std::string_view(enrollment->get_string()) != own) {
                ++others;
                continue;
            }
            json::object kept;
            copy(candidate, kept, {"source", "eligible", "chosen", "at", "reason"});
            candidates.emplace_back(std::move(kept));
        }
    out["candidates"] = std::move(candidates);
    out["others"] = others;
    if (viewer.credited) copy(attribution, out, {"source", "flags"});
    return out;
}

json::object redact_rules(json::object const& rules, Viewer const& viewer) {
    json::object out;
    copy(rules, out, {"kind"});
    if (viewer.credited) copy(rules, out, {"outcome", "reason_code"});
    json::array lanes;
    if (auto const* list = rules.if_contains("lanes"))
        for (auto const& element : list->as_array()) {
            auto const& lane = element.as_object();
            json::object kept;
            copy(lane, kept, {"lane"});
            if (viewer.credited) copy(lane, kept, {"winner", "tie_break"});
            if (auto const* all = lane.if_contains("rules")) kept["rules"] = redact_list(all->as_array(), viewer);
            lanes.emplace_back(std::move(kept));
        }
    out["lanes"] = std::move(lanes);
    return out;
}

}  // namespace partnerd::reports
