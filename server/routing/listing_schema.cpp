#include "routing/listing_schema.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace partnerd::routing {

namespace json = boost::json;

namespace {

using Compare = ListFilter::Compare;

json::object text_of(std::string_view format) { return {{"type", "string"}, {"format", format}}; }

json::object value_schema(ListColumn const& column) {
    switch (column.kind) {
        case ColumnKind::text: break;
        case ColumnKind::id: return {{"type", "string"}, {"pattern", "^" + column.prefix + "_"}};
        case ColumnKind::integer: return {{"type", "integer"}};
        case ColumnKind::boolean: return {{"type", "boolean"}};
        case ColumnKind::money: return {{"$ref", "#/components/schemas/Money"}};
        case ColumnKind::time: return text_of("date-time");
        case ColumnKind::day:
        case ColumnKind::zone_day: return text_of("date");
        case ColumnKind::rate: return {{"type", "string"}, {"pattern", "%$"}};
        case ColumnKind::json: return column.schema.empty() ? json::object() : json::parse(column.schema).as_object();
    }
    return {{"type", "string"}};
}

json::array words_of(ListFilter const& filter) {
    json::array words;
    for (auto const& word : filter.words) words.emplace_back(word);
    return words;
}

bool may_be_null(ListColumn const& column) {
    return column.nullable || column.kind == ColumnKind::id || column.kind == ColumnKind::time || column.kind == ColumnKind::zone_day;
}

// A column with the words that a filter of the same expression has; all that it can be.
json::object column_schema(Listing const& listing, ListColumn const& column) {
    auto schema = value_schema(column);
    for (auto const& filter : listing.filters)
        if (!filter.words.empty() && filter.column.sql == column.sql) schema["enum"] = words_of(filter);
    if (!may_be_null(column) || schema.empty()) return schema;
    auto* const type = schema.if_contains("type");
    if (type == nullptr) return {{"anyOf", {std::move(schema), {{"type", "null"}}}}};
    *type = json::array{*type, "null"};
    return schema;
}

std::string words_about(ListFilter const& filter) {
    bool const day = filter.column.kind == ColumnKind::day;
    switch (filter.compare) {
        case Compare::equal: break;
        case Compare::at_least: return day ? "From this day on" : "From this instant on";
        case Compare::below: return day ? "Up to this day, which is included" : "Before this instant";
    }
    return "Only rows with this " + filter.name;
}

json::object filter_schema(ListFilter const& filter) {
    auto schema = value_schema(filter.column);
    if (!filter.words.empty()) schema["enum"] = words_of(filter);
    else if (filter.column.kind == ColumnKind::text) schema["maxLength"] = 400;
    return schema;
}

}  // namespace

json::object query_parameter(std::string_view name, json::object schema, std::string_view words) {
    return {{"name", name}, {"in", "query"}, {"required", false}, {"description", words}, {"schema", std::move(schema)}};
}

std::string schema_name(Listing const& listing) {
    if (!listing.schema.empty()) return listing.schema;
    std::string name;
    bool upper = true;
    for (char const c : listing.noun) {
        if (c != '-') name += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        upper = c == '-';
    }
    return name;
}

json::object row_schema(Listing const& listing) {
    json::object properties{{"id", {{"type", "string"}, {"pattern", "^" + listing.prefix + "_"}}}};
    for (auto const& column : listing.columns) properties[column.name] = column_schema(listing, column);
    json::array required;
    for (auto const& property : properties) required.emplace_back(property.key());
    return {{"type", "object"}, {"required", std::move(required)}, {"properties", std::move(properties)}};
}

json::array list_parameters(Listing const& listing) {
    json::array parameters;
    for (auto const& filter : listing.filters)
        parameters.emplace_back(query_parameter(filter.name, filter_schema(filter), words_about(filter)));
    parameters.emplace_back(query_parameter("limit", {{"type", "integer"}, {"minimum", 1}, {"maximum", 10000}, {"default", 25}},
                                            "How many rows: at most 100 as JSON; as CSV 10000, which is the default there"));
    parameters.emplace_back(query_parameter("starting_after", {{"type", "string"}, {"pattern", "^" + listing.prefix + "_"}},
                                            "The next_cursor of the page before"));
    parameters.emplace_back(query_parameter("format", {{"type", "string"}, {"enum", {"json", "csv"}}, {"default", "json"}},
                                            "csv: as text/csv; Accept: text/csv does the same"));
    return parameters;
}

json::object page_schema(json::object rows) {
    return {{"type", "object"},
            {"required", {"data", "has_more", "next_cursor"}},
            {"properties",
             {{"data", {{"type", "array"}, {"items", std::move(rows)}}},
              {"has_more", {{"type", "boolean"}}},
              {"next_cursor", {{"type", {"string", "null"}}, {"description", "For starting_after; null when there is no more"}}}}}};
}

}  // namespace partnerd::routing
