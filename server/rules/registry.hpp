// All rules and fact declarations of this process: the core's and the plugins'. Filled at start [main], then only read [any].
#pragma once

#include <map>
#include <set>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/rule.hpp"

namespace partnerd::rules {

class RuleRegistry {
  public:
    // invalid_config: the id is not [a-z0-9_.-]+, the version is below 1, id@version is there already, a declared fact has
    // another type than the registered one. unknown_fact: it declares a fact that nobody provides.
    Status add(std::shared_ptr<Rule const> rule);
    // "percent@1", or "percent" for the newest version. unknown_rule otherwise.
    Result<std::shared_ptr<Rule const>> find(std::string_view id_at_version) const;
    std::vector<std::shared_ptr<Rule const>> list() const;  // by id, then version

    // A fact that a plugin provides. invalid_config when the name is taken or is under a prefix of the core.
    Status add_fact(FactDeclaration fact);
    Result<FactDeclaration> find_fact(std::string_view name) const;  // core or plugin; unknown_fact otherwise
    std::vector<FactDeclaration> facts() const;                      // core first, then plugins' by name

    // A source of candidates that a program's precedence may name: the core's, "coupon", and what plugins add.
    void add_source(std::string source);
    bool has_source(std::string_view source) const;
    std::string sources() const;  // "assigned, binding, click, coupon"

  private:
    std::set<std::string, std::less<>> sources_{"assigned", "binding", "click", "coupon"};
    std::map<std::string, std::map<int, std::shared_ptr<Rule const>>, std::less<>> rules_;
    std::map<std::string, FactDeclaration, std::less<>> facts_;
};

// percent@1, flat@1, per_item@1, tiers@1.
void add_builtin_rules(RuleRegistry& registry);

std::string full_name(Rule const& rule);  // "percent@1"

}  // namespace partnerd::rules
