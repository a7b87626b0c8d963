// A plugin's route as the host's: its path mounted, its handler behind the barrier of roles and errors.
#pragma once

#include <string>

#include "plugins/instance.hpp"

namespace partnerd::plugins {

// invalid_field naming the member that is wrong.
Result<routing::Route> plugin_route(Instance& instance, partnerd_route const& route);
// Who serves the same method and path, but for the names of parameters: "the core", "plugin coupons"; empty: nobody.
std::string who_has(Instance const& instance, routing::Route const& route);

}  // namespace partnerd::plugins
