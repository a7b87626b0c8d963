// Sums by day that the dashboards read, kept by the transaction that makes what they count. Days are of the program's zone.
#pragma once

#include <string>

#include "domain/id.hpp"
#include "storage/tx.hpp"

namespace partnerd::tracking {

struct RollupKey {
    Id program = 0, partner = 0;
    std::int64_t day = 0;      // of the click or of the sale
    Id link = 0;
    std::string sub1, kind;
};

void roll_up_sale(storage::Tx& tx, RollupKey const& key, std::int64_t conversions, std::int64_t revenue_minor);
// gross_minor: earned on event_day; reversed_minor: taken back on event_day (positive).
void roll_up_commission(storage::Tx& tx, RollupKey const& key, std::int64_t event_day, std::int64_t payable_day, std::int64_t gross_minor, std::int64_t reversed_minor);

}  // namespace partnerd::tracking
