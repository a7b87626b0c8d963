// Facts between the ABI and the rules.
#pragma once

#include <partnerd/rules.h>

#include <optional>

#include "rules/fact_set.hpp"

namespace partnerd::plugins {

// invalid_field: a name or type that is none.
Result<rules::FactDeclaration> fact_declaration(partnerd_fact const& fact);
partnerd_value c_value(rules::FactValue const& value) noexcept;  // borrows text
// Nothing when the value is of another type than declared.
std::optional<rules::FactValue> fact_value(partnerd_value const& value, rules::FactType type);

}  // namespace partnerd::plugins
