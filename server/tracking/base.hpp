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

// negative_amount, amount_overflow, invalid_field (items may cover a part of the amount, or of the subtotal, never more).
Result<Amounts> amounts_of(ConversionReport const& report);

// The lines with their share of the order's discount taken off, by largest remainder: what the customer paid for each.
std::vector<Item> net_items(ConversionReport const& report);  // of a report that amounts_of() takes

struct Remains {
    Amounts order;                    // what the order is worth: as it came, or as the last edit made it
    Amounts left;
    std::vector<Item> items;          // what is left of each line, same order
    std::int64_t taken_minor = 0;     // of the total
    std::int64_t taken_base_minor = 0;
};

// What an order stands at: what it is worth, and what refunds left of that and of its lines.
struct Standing {
    Amounts order, left;
    std::vector<Item> items;
};

// What a refund leaves. A refund that names items takes from those (by sku, then by category), and names no more than its amount; an
// amount alone is spread over the lines by largest remainder, by its part of the base. No more is left of the lines than of the base. Its part of the base is
// proportional, so that a refund of all leaves exactly zero, unless `base_minor` states it. refund_exceeds_order otherwise.
Result<Remains> take_refund(Standing const& standing, AdjustmentReport const& refund);

// What an edit leaves: the new amount or the new items replace the old; what refunds took before stays taken, from the base too. The
// base follows the amount unless `base_minor` states it. New items lose their share of what was refunded before; an amount alone
// lowers the known lines as a refund would, and raises none. refund_exceeds_order when more was refunded than the order is worth now.
Result<Remains> take_edit(Standing const& standing, AdjustmentReport const& edit);

// The one that the type asks for; status takes all that is left.
Result<Remains> take(Standing const& standing, AdjustmentReport const& report);

}  // namespace partnerd::tracking
