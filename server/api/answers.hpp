// The answers that no listing declares, by their names in /openapi.json. The tests ask the real routes and compare.
#pragma once

#include <boost/json/fwd.hpp>
#include <string_view>

#include "routing/route.hpp"

namespace partnerd::api {

// Gives the route each schema of this file that `schema` refers to, and those that they refer to.
void name_answers_within(routing::Route& route, boost::json::object const& schema);

}  // namespace partnerd::api
