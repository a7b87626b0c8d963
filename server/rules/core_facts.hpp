// The facts that the core provides for every conversion. Plugins declare more (RuleRegistry::add_fact).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rules/fact.hpp"

namespace partnerd::rules {

std::span<FactDeclaration const> core_facts();
// The declaration of a core fact; "partner.facts.<name>" is an optional text for every name of 1 to 64 of a-z 0-9 '_'.
std::optional<FactDeclaration> find_core_fact(std::string_view name);

// A fact that a refund or an edit changes: "item.*" and "order.*" but order.currency. All others are frozen at recording.
bool changes_with_refunds(std::string_view name) noexcept;

}  // namespace partnerd::rules
