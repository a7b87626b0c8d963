// The seam for calculators: the built-ins implement it, and plugins/ adapts the ABI to it.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "rules/decision.hpp"
#include "rules/fact_set.hpp"

namespace partnerd::rules {

// A rule with its parameters read. Immutable. [any] concurrent.
class CompiledRule {
  public:
    virtual ~CompiledRule() = default;
    // Pure: the same facts give the same decision. The facts are those the rule declared; money is in the payout currency.
    // Throws Refused (amount_overflow, plugin_failed) when it cannot decide.
    virtual void evaluate(FactSet const& facts, Decision& decision) const = 0;
};

// One version of a rule. Immutable. [any] concurrent.
class Rule {
  public:
    virtual ~Rule() = default;
    virtual std::string_view id() const = 0;                 // "percent"
    virtual int version() const = 0;                         // 1 and up
    virtual std::string_view on_kind() const { return {}; }  // the one kind of conversion it is for; empty: any
    virtual std::span<FactDeclaration const> facts() const = 0;
    virtual std::string_view params_schema() const = 0;  // a JSON Schema
    // Amounts in params are of the payout currency. An error's field is a pointer inside params ("/rate").
    virtual Result<std::shared_ptr<CompiledRule const>> compile(boost::json::object const& params, Currency const& payout) const = 0;
};

}  // namespace partnerd::rules
