#include "rules/plan.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "domain/invariant.hpp"
#include "rules/core_facts.hpp"
#include "rules/json_read.hpp"
#include "rules/plan_impl.hpp"

namespace partnerd::rules {

namespace json = boost::json;

namespace {

constexpr std::size_t max_rules = 64;
constexpr std::size_t max_kinds = 16;

using Names = std::set<std::string, std::less<>>;

// Reads one rule of the plan; the first refusal is kept and ends the reading.
class RuleReader {
  public:
    RuleReader(json::object const& object, std::string pointer, RuleRegistry const& registry, Currency const& payout)
        : object_(object), pointer_(std::move(pointer)), registry_(registry), payout_(payout) {}

    Result<PlanRule> read() {
        if (auto known = only_members(object_, {"name", "rule", "on", "lane", "when", "minimum_on", "params"}, pointer_); !known)
            return known.error();
        PlanRule out;
        for (auto step : {&RuleReader::read_names, &RuleReader::read_rule, &RuleReader::read_kinds, &RuleReader::read_minimum,
                          &RuleReader::read_when, &RuleReader::read_params})
            if (auto status = (this->*step)(out); !status) return status.error();
        return out;
    }

  private:
    std::string at(std::string_view name) const { return pointer_to(pointer_, name); }

    Status read_names(PlanRule& out) {
        auto name = required_member(object_, "name", pointer_);
        if (!name) return name.error();
        auto handle = read_handle(**name, at("name"));
        if (!handle) return handle.error();
        out.name = std::move(*handle);
        auto const* lane = object_.if_contains("lane");
        if (lane == nullptr) {
            out.lane = "base";
            return {};
        }
        auto lane_handle = read_handle(*lane, at("lane"));
        if (!lane_handle) return lane_handle.error();
        out.lane = std::move(*lane_handle);
        return {};
    }

    Status read_rule(PlanRule& out) {
        auto written = required_member(object_, "rule", pointer_);
        if (!written) return written.error();
        auto name = read_text(**written, at("rule"));
        if (!name) return name.error();
        auto rule = registry_.find(*name);
        if (!rule) return Error(errc::unknown_rule, rule.error().detail, at("rule"));
        out.rule = std::move(*rule);
        return {};
    }

    Status read_kinds(PlanRule& out) {
        auto const* on = object_.if_contains("on");
        out.kinds = {"sale"};
        if (on != nullptr) {
            auto kinds = on->is_array() ? read_texts(*on, at("on")) : one_kind(*on);
            if (!kinds) return kinds.error();
            out.kinds = std::move(*kinds);
        }
        if (out.kinds.size() > max_kinds) return Error(errc::invalid_field, "a rule is for at most 16 kinds", at("on"));
        std::sort(out.kinds.begin(), out.kinds.end());
        for (auto const& kind : out.kinds) {
            if (auto handle = read_handle(json::value(kind), at("on")); !handle) return handle.error();
            if (!out.rule->on_kind().empty() && out.rule->on_kind() != kind)
                return Error(errc::invalid_field,
                             "the rule '" + full_name(*out.rule) + "' is for the kind '" + std::string(out.rule->on_kind()) + "' only",
                             at("on"));
        }
        return {};
    }

    Result<std::vector<std::string>> one_kind(json::value const& on) {
        auto kind = read_handle(on, at("on"));
        if (!kind) return kind.error();
        return std::vector<std::string>{std::move(*kind)};
    }

    Status read_minimum(PlanRule& out) {
        auto const* minimum = object_.if_contains("minimum_on");
        if (minimum == nullptr) return {};
        if (*minimum != "original" && *minimum != "rest") return Error(errc::invalid_field, "known are: original, rest", at("minimum_on"));
        out.minimum_on_original = *minimum == "original";
        return {};
    }

    Status read_when(PlanRule& out) {
        auto const* when = object_.if_contains("when");
        if (when == nullptr) return {};
        auto condition = compile_condition(*when, registry_, payout_);
        if (!condition) return under(at("when"), std::move(condition).error());
        out.when = std::move(*condition);
        return {};
    }

    Status read_params(PlanRule& out) {
        static json::object const none;
        auto const* params = object_.if_contains("params");
        if (params != nullptr && !params->is_object()) return Error(errc::invalid_field, "params is an object", at("params"));
        auto compiled = out.rule->compile(params == nullptr ? none : params->get_object(), payout_);
        if (!compiled) return under(at("params"), std::move(compiled).error());
        PARTNERD_INVARIANT(*compiled != nullptr);
        out.compiled = std::move(*compiled);
        return {};
    }

    json::object const& object_;
    std::string const pointer_;
    RuleRegistry const& registry_;
    Currency const& payout_;
};

json::object pinned(PlanRule const& rule, json::object const& written) {
    json::array kinds;
    for (auto const& kind : rule.kinds) kinds.emplace_back(kind);
    json::object out{{"name", rule.name},
                     {"rule", full_name(*rule.rule)},
                     {"on", std::move(kinds)},
                     {"lane", rule.lane},
                     {"minimum_on", rule.minimum_on_original ? "original" : "rest"}};
    if (auto const* when = written.if_contains("when")) out.emplace("when", *when);
    auto const* params = written.if_contains("params");
    out.emplace("params", params == nullptr ? json::value(json::object{}) : *params);
    return out;
}

std::vector<FactDeclaration> facts_of(std::vector<PlanRule> const& rules, RuleRegistry const& registry) {
    Names names{"conversion.kind", "order.base"};
    for (auto const& rule : rules) {
        if (rule.when != nullptr) rule.when->collect_facts(names);
        for (auto const& fact : rule.rule->facts()) names.insert(fact.name);
    }
    std::vector<FactDeclaration> out;
    for (auto const& name : names) out.push_back(registry.find_fact(name).value());
    return out;
}

}  // namespace

std::string_view outcome_name(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::pay: return "pay";
        case Outcome::nothing: return "nothing";
        case Outcome::review: return "review";
        case Outcome::decline: return "decline";
    }
    return "unknown";
}

Result<Plan> Plan::compile(json::object const& plan, RuleRegistry const& registry, Currency const& payout) {
    PARTNERD_INVARIANT(!payout.empty());
    if (auto known = only_members(plan, {"rules"}, ""); !known) return known.error();
    auto written = required_member(plan, "rules", "");
    if (!written) return written.error();
    if (!(*written)->is_array() || (*written)->get_array().size() > max_rules)
        return Error(errc::invalid_field, "rules is an array of at most 64 rules", "/rules");
    auto impl = std::make_shared<Impl>();
    impl->payout = payout;
    json::array pinned_rules;
    for (auto const& part : (*written)->get_array()) {
        auto const pointer = pointer_to("/rules", impl->rules.size());
        if (!part.is_object()) return Error(errc::invalid_field, "a rule is an object with name, rule and params", pointer);
        auto rule = RuleReader(part.get_object(), pointer, registry, payout).read();
        if (!rule) return rule.error();
        auto const same = [&](PlanRule const& other) { return other.name == rule->name; };
        if (std::any_of(impl->rules.begin(), impl->rules.end(), same))
            return Error(errc::invalid_field, "the name '" + rule->name + "' is used twice", pointer_to(pointer, "name"));
        pinned_rules.push_back(pinned(*rule, part.get_object()));
        impl->rules.push_back(std::move(*rule));
    }
    impl->pinned_json = json::serialize(json::object{{"rules", std::move(pinned_rules)}});
    impl->needed = facts_of(impl->rules, registry);
    std::sort(impl->rules.begin(), impl->rules.end(), [](PlanRule const& a, PlanRule const& b) { return a.name < b.name; });
    return Plan(std::move(impl));
}

Result<Plan> Plan::compile_text(std::string_view text, RuleRegistry const& registry, Currency const& payout) {
    boost::system::error_code failed;
    auto const parsed = json::parse(text, failed);
    if (failed) return Error(errc::malformed_json, "the plan is not JSON: " + failed.message());
    if (!parsed.is_object()) return Error(errc::invalid_field, "a plan is an object with rules");
    return compile(parsed.get_object(), registry, payout);
}

std::vector<FactDeclaration> const& Plan::needed_facts() const noexcept { return impl_->needed; }
Currency const& Plan::payout() const noexcept { return impl_->payout; }
std::string const& Plan::pinned_json() const noexcept { return impl_->pinned_json; }

}  // namespace partnerd::rules
