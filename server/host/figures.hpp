// The core's own figures for /metrics.
#pragma once

#include "auth/key_ring.hpp"
#include "metrics/registry.hpp"
#include "routing/dispatcher.hpp"
#include "storage/storage.hpp"

namespace partnerd::host {

// What is named here outlives the registry's last text(). [main]
void add_figures(metrics::Registry& registry, storage::Storage const& storage, routing::Dispatcher const& dispatcher, auth::KeyRing const& keys);

}  // namespace partnerd::host
