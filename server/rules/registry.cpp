#include "rules/registry.hpp"

#include <algorithm>
#include <charconv>

#include "rules/core_facts.hpp"

namespace partnerd::rules {

namespace {

bool is_dotted_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    });
}

Error unknown_rule(std::string_view asked) {
    return Error(errc::unknown_rule, "no rule '" + std::string(asked.substr(0, 80)) + "' is loaded; GET /v1/rules lists those that are");
}

}  // namespace

std::string full_name(Rule const& rule) { return std::string(rule.id()) + "@" + std::to_string(rule.version()); }

Status RuleRegistry::add(std::shared_ptr<Rule const> rule) {
    auto const name = full_name(*rule);
    if (!is_dotted_name(rule->id())) return Error(errc::invalid_config, "'" + name + "' is not a rule's name: use a-z 0-9 '-' '_' '.'");
    if (rule->version() < 1) return Error(errc::invalid_config, "the rule '" + name + "' needs a version of 1 or more");
    for (auto const& fact : rule->facts()) {
        auto known = find_fact(fact.name);
        if (!known) return Error(errc::unknown_fact, "the rule '" + name + "' needs the fact '" + fact.name + "', which nobody provides");
        if (known->type != fact.type || known->list != fact.list)
            return Error(errc::invalid_config, "the rule '" + name + "' declares the fact '" + fact.name +
                                                   "' with another type than its provider: " + std::string(type_name(known->type)) +
                                                   (known->list ? " list" : ""));
    }
    auto& versions = rules_[std::string(rule->id())];
    if (versions.contains(rule->version())) return Error(errc::invalid_config, "the rule '" + name + "' is there already");
    auto const version = rule->version();
    versions.emplace(version, std::move(rule));
    return {};
}

Result<std::shared_ptr<Rule const>> RuleRegistry::find(std::string_view id_at_version) const {
    auto const at = id_at_version.find('@');
    auto const found = rules_.find(id_at_version.substr(0, at));
    if (found == rules_.end()) return unknown_rule(id_at_version);
    if (at == std::string_view::npos) return found->second.rbegin()->second;
    auto const digits = id_at_version.substr(at + 1);
    int version = 0;
    auto const [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
    if (failed != std::errc() || end != digits.data() + digits.size() || digits.front() == '0') return unknown_rule(id_at_version);
    auto const exact = found->second.find(version);
    if (exact == found->second.end()) return unknown_rule(id_at_version);
    return exact->second;
}

std::vector<std::shared_ptr<Rule const>> RuleRegistry::list() const {
    std::vector<std::shared_ptr<Rule const>> all;
    for (auto const& [id, versions] : rules_)
        for (auto const& [version, rule] : versions) all.push_back(rule);
    return all;
}

Status RuleRegistry::add_fact(FactDeclaration fact) {
    if (!is_dotted_name(fact.name) || fact.name.find('.') == std::string::npos)
        return Error(errc::invalid_config, "'" + fact.name + "' is not a fact's name: use <plugin>.<name> of a-z 0-9 '-' '_' '.'");
    auto const prefix = fact.name.substr(0, fact.name.find('.') + 1);
    auto const core = core_facts();
    if (std::any_of(core.begin(), core.end(), [&](auto const& known) { return known.name.starts_with(prefix); }))
        return Error(errc::invalid_config, "the fact '" + fact.name + "' is under a prefix of the core; use the plugin's id as prefix");
    if (facts_.contains(fact.name)) return Error(errc::invalid_config, "the fact '" + fact.name + "' is declared already");
    auto name = fact.name;
    facts_.emplace(std::move(name), std::move(fact));
    return {};
}

Result<FactDeclaration> RuleRegistry::find_fact(std::string_view name) const {
    if (auto core = find_core_fact(name)) return *core;
    auto const found = facts_.find(name);
    if (found == facts_.end()) return Error(errc::unknown_fact, "no fact '" + std::string(name.substr(0, 80)) + "' is declared");
    return found->second;
}

std::vector<FactDeclaration> RuleRegistry::facts() const {
    auto const core = core_facts();
    std::vector<FactDeclaration> all(core.begin(), core.end());
    for (auto const& [name, fact] : facts_) all.push_back(fact);
    return all;
}

void RuleRegistry::add_source(std::string source) { sources_.insert(std::move(source)); }
bool RuleRegistry::has_source(std::string_view source) const { return sources_.contains(source); }

std::string RuleRegistry::sources() const {
    std::string text;
    for (auto const& source : sources_) text += (text.empty() ? "" : ", ") + source;
    return text;
}

}  // namespace partnerd::rules
