// What a route says of its body, its query and its answers: an OpenAPI operation in Route::openapi, with the schemas that it names under
// "components". openapi_document() completes it from the route's path and scopes and puts the schemas where they belong.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "routing/listing.hpp"
#include "routing/route.hpp"

namespace partnerd::routing {

// A schema and its name among the components.
void name_schema(Route& route, std::string_view name, boost::json::object schema);
boost::json::object reference_to(std::string_view name);

// The JSON body: a schema of the components. Not required: nothing at all counts as {}.
void tell_body(Route& route, std::string_view name, bool required);
void tell_query(Route& route, boost::json::array const& parameters);
// An answer in JSON for each of these statuses; 204 has none.
void tell_answer(Route& route, std::vector<int> const& statuses, boost::json::object const& schema);
// Another media type of the answer with this status: "text/csv".
void tell_media_type(Route& route, int status, std::string_view media_type);

// All that a list is. `more`: what its rows have beside the columns.
void tell_list(Route& route, Listing const& listing, boost::json::object const& more);
// The one row.
void tell_row(Route& route, Listing const& listing, boost::json::object const& more, std::vector<int> const& statuses);

}  // namespace partnerd::routing
