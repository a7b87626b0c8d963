// The commissionable amount of an order, and what refunds leave of it. Pure; amounts are in the order's currency.
#pragma once

#include <optional>
#include <vector>

#include "tracking/report.hpp"

namespace partnerd::tracking {

struct Amounts {
    std::int64_t total_minor = 0;  // what the customer paid: refunds are measured by it
    std::int64_t base_minor = 0;   // what commissions are computed from
    friend bool operator==(Amounts const&, Amounts const&) = default;
};

// negative_amount, amount_overflow, invalid_field (items that do not sum to the amount are fine: they may cover a part of it).
Result<Amounts> amounts_of(ConversionReport const& report);

struct Remains {
    Amounts left;
    std::vector<Item> items;          // what is left of each line, same order
    std::int64_t taken_minor = 0;     // of the total
    std::int64_t taken_base_minor = 0;
};

// What a refund leaves. `amounts` are the order's, `left` and `items` what earlier refunds left. A refund that names items takes
// from those (by sku, then by category); an amount alone is spread over the lines by largest remainder. Its part of the base is
// proportional, so that a refund of all leaves exactly zero, unless `base_minor` states it. refund_exceeds_order otherwise.
Result<Remains> take_refund(Amounts const& amounts, Amounts const& left, std::vector<Item> const& items, AdjustmentReport const& refund);

}  // namespace partnerd::tracking
