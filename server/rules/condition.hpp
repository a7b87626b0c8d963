// Conditions as an expression tree over facts, from JSON:
//
//   {"all": [..]}  {"any": [..]}  {"not": ..}  {"fact": "order.base", "op": ">=", "value": "50.00"}
//
// ops: == != (all types), < <= > >= (integer, money, time), in not_in (integer, text; value is an array), starts_with (text),
// contains (text: a part of it; a list: one of its rows). Money values are decimal strings in the payout currency, or
// {"amount","currency"}; times are RFC 3339. A list fact is judged row by row: "quantifier": "any_of" (default) or "all_of";
// without rows both are false. An absent optional fact is != and not_in everything; every other op on it is false.
// Money of another currency than the value's is false for every op. At most 16 levels and 256 nodes. Pure.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "rules/fact_set.hpp"
#include "rules/registry.hpp"

namespace partnerd::rules {

class Condition {
  public:
    virtual ~Condition() = default;
    // Every part is judged, also where the result is known before, so that the trace is whole. `trace` becomes the JSON of
    // this part: the input's keys, "result", and for a leaf "actual".
    virtual bool judge(FactSet const& facts, boost::json::value& trace) const = 0;  // [any] concurrent
    virtual void collect_facts(std::set<std::string, std::less<>>& names) const = 0;
};

inline constexpr int max_condition_depth = 16;
inline constexpr int max_condition_nodes = 256;

// Errors: unknown_fact, unknown_field, missing_field, invalid_field, those of amounts; field is a pointer inside the condition
// ("/all/0/value", "" for the whole).
Result<std::unique_ptr<Condition const>> compile_condition(boost::json::value const& json, RuleRegistry const& registry,
                                                           Currency const& payout);

}  // namespace partnerd::rules
