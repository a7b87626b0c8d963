#include "rules/builtin.hpp"

#include "domain/invariant.hpp"
#include "rules/registry.hpp"

namespace partnerd::rules {

void add_builtin_rules(RuleRegistry& registry) {
    for (auto const& make : {make_percent, make_flat, make_per_item, make_tiers}) PARTNERD_INVARIANT(registry.add(make()).has_value());
}

Money order_base(FactSet const& facts) {
    auto const* value = facts.scalar("order.base");
    auto const* money = value == nullptr ? nullptr : std::get_if<Money>(value);
    if (money == nullptr) throw Refused(Error(errc::missing_field, "the fact 'order.base' is missing", "order.base"));
    return *money;
}

}  // namespace partnerd::rules
