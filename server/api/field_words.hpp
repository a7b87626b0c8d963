// What the fields of bodies mean, in a line each, for /openapi.json and docs/api.md.
#pragma once

#include <boost/json/fwd.hpp>
#include <string_view>

namespace partnerd::api {

// The schema of the body with this name, each field with its words.
boost::json::object described(std::string_view body, boost::json::object schema);

}  // namespace partnerd::api
