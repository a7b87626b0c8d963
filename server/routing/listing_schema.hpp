// What /openapi.json says of a list, made from the list itself: its parameters from the filters, its rows from the columns.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "routing/listing.hpp"

namespace partnerd::routing {

// The schema of a row: every column is there in every row; what may be empty may be null.
boost::json::object row_schema(Listing const& listing);
// The name of that schema among the components: what the listing says, or its noun: "pilot-partner" -> "PilotPartner".
std::string schema_name(Listing const& listing);
// The query parameters: the filters, limit, starting_after and format.
boost::json::array list_parameters(Listing const& listing);
// {"data", "has_more", "next_cursor"} with rows of a schema.
boost::json::object page_schema(boost::json::object rows);
// A parameter of a query.
boost::json::object query_parameter(std::string_view name, boost::json::object schema, std::string_view words);

}  // namespace partnerd::routing
