// The calculators that every server has; each in its file, registered by add_builtin_rules.
#pragma once

#include <memory>

#include "rules/rule.hpp"

namespace partnerd::rules {

inline constexpr char commission_key[] = "commission";  // each built-in gives one line with this key and kind

std::shared_ptr<Rule const> make_percent();
std::shared_ptr<Rule const> make_flat();
std::shared_ptr<Rule const> make_per_item();
std::shared_ptr<Rule const> make_tiers();

// order.base. Throws Refused(missing_field) when it is absent.
Money order_base(FactSet const& facts);

}  // namespace partnerd::rules
