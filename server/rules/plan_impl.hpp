// What a compiled plan is made of; for plan.cpp and plan_evaluate.cpp only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/condition.hpp"
#include "rules/plan.hpp"

namespace partnerd::rules {

struct PlanRule {
    std::string name;
    std::string lane;
    std::vector<std::string> kinds;
    bool minimum_on_original = false;
    std::unique_ptr<Condition const> when;  // null: always
    std::shared_ptr<Rule const> rule;
    std::shared_ptr<CompiledRule const> compiled;
};

struct Plan::Impl {
    Currency payout;
    std::vector<PlanRule> rules;  // by name
    std::vector<FactDeclaration> needed;
    std::string pinned_json;
};

}  // namespace partnerd::rules
