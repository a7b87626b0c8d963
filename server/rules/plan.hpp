// A commission plan: named rules in lanes, each with conditions. It belongs to a version of a program's terms. Pure.
//
//   {"rules": [{"name": "base", "rule": "percent@1", "on": "sale", "lane": "base", "minimum_on": "rest",
//               "when": {"fact": "order.base", "op": ">=", "value": "50.00"}, "params": {"rate": "10%"}}]}
//
// name: a handle, unique. rule: id@version, or an id for the newest. on: a kind or a list of kinds (default "sale"). lane: a
// handle (default "base"). when: see condition.hpp (default: always). minimum_on: "rest" (default) or "original". Other keys
// are refused. In one lane the rule that pays most on this event wins, on a tie the lower name by code point; lanes add up.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/registry.hpp"

namespace partnerd::rules {

enum class Outcome { pay, nothing, review, decline };
std::string_view outcome_name(Outcome) noexcept;

struct Evaluation {
    Outcome outcome = Outcome::nothing;
    // Why not pay: a rule's own code, or no_rule (none is for this kind), conditions_not_met, nothing_to_pay. Empty on pay.
    std::string reason_code;
    // Keys are "<lane>/<rule name>/<the rule's key>", ascending. evaluate: only amounts above zero; review keeps its lines (to
    // be held), decline has none. reevaluate: every line that was due before, with what is due now, also zero, and new ones.
    std::vector<Line> lines;
    // The names of the winning rules, one per lane at most, ascending. Stored; reevaluate wants them.
    std::vector<std::string> winners;
    // JSON text: lanes, each rule, each condition with its result and the actual value, losers, tie-breaks.
    std::string trace;
};

enum class Change {
    refund,  // due may only fall
    amend,   // due may go either way
};

// What reevaluate needs of the first evaluation and of what was left since.
struct Revision {
    FactSet const& original;  // the snapshot
    // Where the amounts and items that are left come from; other facts are ignored (changes_with_refunds tells), for they are frozen.
    FactSet const& left;
    std::vector<Line> const& due;             // as the last evaluate or reevaluate gave them
    std::vector<std::string> const& winners;  // as evaluate gave them
    Change change = Change::refund;
    // Set by the caller for conversions without an amount (a reversed lead). An order whose base is zero now and was not is
    // seen as refunded in full without it.
    bool nothing_left = false;
};

// A compiled plan. Immutable, cheap to copy. [any] concurrent.
class Plan {
  public:
    // Errors carry a pointer: "/rules/2/params/rate". missing_field, unknown_field, invalid_field, unknown_rule, unknown_fact,
    // invalid_rate and the codes of amounts.
    static Result<Plan> compile(boost::json::object const& plan, RuleRegistry const& registry, Currency const& payout);
    static Result<Plan> compile_text(std::string_view json, RuleRegistry const& registry, Currency const& payout);  // malformed_json too

    // What the caller must provide and store as the snapshot; by name. Always has conversion.kind and order.base.
    std::vector<FactDeclaration> const& needed_facts() const noexcept;
    Currency const& payout() const noexcept;
    // The plan with every default written out and every rule pinned to id@version: what terms store. Compiles to the same plan.
    std::string const& pinned_json() const noexcept;

    // Throws Refused: missing_field when a fact that is not optional is absent, invalid_field when one has another type than
    // declared, currency_mismatch, amount_overflow, plugin_failed (a rule threw or gave a bad line).
    Evaluation evaluate(FactSet const& facts) const;
    // After a refund or an edit. winners keep their names; lines of rules that do not win are due 0. Throws as evaluate does.
    Evaluation reevaluate(Revision const& revision) const;

    struct Impl;

  private:
    explicit Plan(std::shared_ptr<Impl const> impl) : impl_(std::move(impl)) {}
    std::shared_ptr<Impl const> impl_;
};

}  // namespace partnerd::rules
