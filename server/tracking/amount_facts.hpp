// The facts that refunds and edits change.
#pragma once

#include <optional>
#include <vector>

#include "programs/fx_rate.hpp"
#include "tracking/conversion.hpp"

namespace partnerd::tracking {

// The amounts and items of an order as facts in the payout currency. `items` are in the order's currency. amount_overflow.
Status set_amount_facts(rules::FactSet& facts, Conversion const& conversion, Amounts const& amounts, std::vector<Item> const& items, std::optional<programs::FxRate> const& rate,
                        Currency const& payout);

}  // namespace partnerd::tracking
