#pragma once

#include "storage/schema.hpp"

namespace partnerd::tracking {

// click, conversion and its trace, order_claim, commission and its changes, adjustment, customer, binding, the roll-ups.
storage::TableList const& tracking_tables();
storage::TableList const& click_week_tables();  // the step behind it: clicks in weeks on PostgreSQL, a conversion that needs no click any more

}  // namespace partnerd::tracking
