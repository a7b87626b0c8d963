#include "tracking/rollup.hpp"

namespace partnerd::tracking {

using storage::Twice;
constexpr auto text = storage::ColumnType::text;

void roll_up_sale(storage::Tx& tx, RollupKey const& key, std::int64_t conversions, std::int64_t revenue_minor) {
    static storage::RowShape const rows(
        "rollup_sales", {{"program"}, {"partner"}, {"day"}, {"link"}, {"sub1", text}, {"kind", text}, {"conversions"}, {"revenue_minor"}}, Twice::add, 6);
    tx.insert(rows, {key.program, key.partner, key.day, key.link, key.sub1, key.kind, conversions, revenue_minor});
}

void roll_up_commission(storage::Tx& tx, RollupKey const& key, std::int64_t event_day, std::int64_t payable_day, std::int64_t gross_minor, std::int64_t reversed_minor) {
    static storage::RowShape const rows("rollup_commission",
                                        {{"program"}, {"partner"}, {"day"}, {"link"}, {"sub1", text}, {"kind", text}, {"event_day"}, {"payable_day"}, {"gross_minor"},
                                         {"reversed_minor"}, {"paid_minor"}},
                                        Twice::add, 8);
    tx.insert(rows, {key.program, key.partner, key.day, key.link, key.sub1, key.kind, event_day, payable_day, gross_minor, reversed_minor, std::int64_t{0}});
}

}  // namespace partnerd::tracking
