#pragma once

#include "storage/schema.hpp"

namespace partnerd::events {

// outbox, outbox_delivery.
storage::TableList const& event_tables();

}  // namespace partnerd::events
