#include "routing/operation.hpp"

#include <boost/json.hpp>

#include "routing/listing_schema.hpp"

namespace partnerd::routing {

namespace json = boost::json;

namespace {

json::object told_by(Route const& route) { return route.openapi.empty() ? json::object() : json::parse(route.openapi).as_object(); }

json::object& inside(json::object& object, std::string_view name) {
    auto& value = object[name];
    if (!value.is_object()) value = json::object();
    return value.as_object();
}

std::string_view words_of(int status) {
    switch (status) {
        case 201: return "It was made";
        case 202: return "It was taken in";
        case 204: return "It was done; there is no body";
        case 503: return "Not now; the text says why";
        default: return "The answer";
    }
}

// The names of the columns and of what the rows have beside them.
json::object whole_row(Listing const& listing, json::object const& more) {
    auto schema = row_schema(listing);
    for (auto const& member : more) {
        schema["properties"].as_object()[member.key()] = member.value();
        schema["required"].as_array().emplace_back(member.key());
    }
    return schema;
}

}  // namespace

void name_schema(Route& route, std::string_view name, json::object schema) {
    auto told = told_by(route);
    inside(inside(told, "components"), "schemas")[name] = std::move(schema);
    route.openapi = json::serialize(told);
}

json::object reference_to(std::string_view name) { return {{"$ref", "#/components/schemas/" + std::string(name)}}; }

void tell_body(Route& route, std::string_view name, bool required) {
    auto told = told_by(route);
    told["requestBody"] = {{"required", required}, {"content", {{"application/json", {{"schema", reference_to(name)}}}}}};
    route.openapi = json::serialize(told);
}

void tell_query(Route& route, json::array const& parameters) {
    auto told = told_by(route);
    auto& all = told["parameters"];
    if (!all.is_array()) all = json::array();
    for (auto const& parameter : parameters) all.as_array().push_back(parameter);
    route.openapi = json::serialize(told);
}

void tell_answer(Route& route, std::vector<int> const& statuses, json::object const& schema) {
    auto told = told_by(route);
    auto& responses = inside(told, "responses");
    for (auto const status : statuses) {
        json::object answer{{"description", words_of(status)}};
        if (status != 204) answer["content"] = {{"application/json", {{"schema", schema}}}};
        responses[std::to_string(status)] = std::move(answer);
    }
    route.openapi = json::serialize(told);
}

void tell_media_type(Route& route, int status, std::string_view media_type) {
    auto told = told_by(route);
    auto& answer = inside(inside(told, "responses"), std::to_string(status));
    if (!answer.contains("description")) answer["description"] = words_of(status);
    inside(answer, "content")[media_type] = {{"schema", {{"type", "string"}}}};
    route.openapi = json::serialize(told);
}

void tell_list(Route& route, Listing const& listing, json::object const& more) {
    name_schema(route, schema_name(listing), whole_row(listing, more));
    tell_query(route, list_parameters(listing));
    tell_answer(route, {200}, page_schema(reference_to(schema_name(listing))));
    tell_media_type(route, 200, "text/csv");
}

void tell_row(Route& route, Listing const& listing, json::object const& more, std::vector<int> const& statuses) {
    name_schema(route, schema_name(listing), whole_row(listing, more));
    tell_answer(route, statuses, reference_to(schema_name(listing)));
}

}  // namespace partnerd::routing
