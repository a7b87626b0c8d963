#include "tracking/rollup.hpp"

namespace partnerd::tracking {

using storage::arg;

void roll_up_sale(storage::Tx& tx, RollupKey const& key, std::int64_t conversions, std::int64_t revenue_minor) {
    tx.put("insert into rollup_sales (program, partner, day, link, sub1, kind, conversions, revenue_minor) values (:program, :partner, :day, :link, :sub1, :kind, :conversions, :revenue) "
            "on conflict (program, partner, day, link, sub1, kind) do update set conversions = rollup_sales.conversions + excluded.conversions, "
            "revenue_minor = rollup_sales.revenue_minor + excluded.revenue_minor",
            {arg("program", key.program), arg("partner", key.partner), arg("day", key.day), arg("link", key.link), arg("sub1", key.sub1), arg("kind", key.kind),
             arg("conversions", conversions), arg("revenue", revenue_minor)});
}

void roll_up_commission(storage::Tx& tx, RollupKey const& key, std::int64_t event_day, std::int64_t payable_day, std::int64_t gross_minor, std::int64_t reversed_minor) {
    tx.put("insert into rollup_commission (program, partner, day, link, sub1, kind, event_day, payable_day, gross_minor, reversed_minor, paid_minor) "
            "values (:program, :partner, :day, :link, :sub1, :kind, :event_day, :payable_day, :gross, :reversed, 0) "
            "on conflict (program, partner, day, link, sub1, kind, event_day, payable_day) do update set gross_minor = rollup_commission.gross_minor + excluded.gross_minor, "
            "reversed_minor = rollup_commission.reversed_minor + excluded.reversed_minor",
            {arg("program", key.program), arg("partner", key.partner), arg("day", key.day), arg("link", key.link), arg("sub1", key.sub1), arg("kind", key.kind), arg("event_day", event_day),
             arg("payable_day", payable_day), arg("gross", gross_minor), arg("reversed", reversed_minor)});
}

}  // namespace partnerd::tracking
