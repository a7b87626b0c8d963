#pragma once

#include "storage/schema.hpp"

namespace partnerd::tracking {

// click, conversion and its trace, order_claim, commission and its changes, adjustment, customer, binding, the roll-ups.
storage::TableList const& tracking_tables();

}  // namespace partnerd::tracking
