// Loading a cache's value for a request of an IO route: on a worker, then the route is called again and finds it.
#pragma once

#include <functional>
#include <string_view>

#include "plugins/cache_table.hpp"
#include "routing/exchange.hpp"

namespace partnerd::plugins {

struct Instance;

// What was loaded for a request that is under way, by cache and key; a null value: looked up, and not there. The pointer lives until the
// next call for this exchange. [the thread that has the exchange]
CacheTable::Value const* find_loaded(routing::Exchange& exchange, int cache, std::string_view key);
// The request has been answered, or deferred.
void forget_loaded(routing::Exchange& exchange);
// For IoFlow::load: reads the value in a snapshot, keeps it in the cache and for the request. Throws Refused(plugin_failed).
std::function<void()> load_later(Instance& instance, routing::Exchange& exchange, int cache, std::string key);

}  // namespace partnerd::plugins
