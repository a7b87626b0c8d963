#include "routing/listing_schema.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "routing/openapi.hpp"
#include "routing/operation.hpp"

namespace partnerd::routing {

namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(listing_schemas)

namespace {

Listing things() {
    return {.noun = "small-thing",
            .from = "thing t",
            .id_sql = "t.id",
            .prefix = "thg",
            .columns = {column::text("name", "t.name"), column::nullable(column::text("owner", "o.name")), column::text("state", "t.state"),
                        column::id("parent", "t.parent", "thg"), column::integer("size", "t.size"), column::boolean("red", "t.red"),
                        column::money("price", "t.minor", "t.currency", "t.exponent"), column::time("at", "t.at_us"),
                        column::day("day", "t.day"), column::rate("rate", "t.rate"), column::json("tags", "t.tags", R"({"type":"array"})"),
                        column::json("any", "t.any"), column::nullable(column::money("worth", "t.worth", "t.currency", "t.exponent"))},
            .filters = {filter::one_word_of(column::text("state", "t.state"), {"on", "off"}), filter::same(column::text("name", "t.name")),
                        filter::same(column::boolean("red", "t.red")), filter::from("from", "t.at_us"), filter::through_day("to", "t.day")},
            .where = {}};
}

Route route_to(std::string path, std::string schema_name, Listing listing) {
    Route route{.kind = RouteKind::read, .method = "GET", .path = std::move(path), .scopes = "public"};
    route.handle = [](storage::Tx&, Request&, Response&) -> Status { return {}; };
    listing.schema = std::move(schema_name);
    tell_list(route, listing, {});
    return route;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_row_has_the_columns_with_their_types) {
    auto const schema = row_schema(things());
    auto const& properties = schema.at("properties").as_object();
    std::pair<std::string, std::string> const cases[] = {{"id", R"({"type":"string","pattern":"^thg_"})"},
                                                         {"name", R"({"type":"string"})"},
                                                         {"owner", R"({"type":["string","null"]})"},
                                                         {"state", R"({"type":"string","enum":["on","off"]})"},
                                                         {"parent", R"({"type":["string","null"],"pattern":"^thg_"})"},
                                                         {"size", R"({"type":"integer"})"},
                                                         {"red", R"({"type":"boolean"})"},
                                                         {"price", R"({"$ref":"#/components/schemas/Money"})"},
                                                         {"at", R"({"type":["string","null"],"format":"date-time"})"},
                                                         {"day", R"({"type":"string","format":"date"})"},
                                                         {"rate", R"({"type":"string","pattern":"%$"})"},
                                                         {"tags", R"({"type":"array"})"},
                                                         {"any", "{}"},
                                                         {"worth", R"({"anyOf":[{"$ref":"#/components/schemas/Money"},{"type":"null"}]})"}};
    for (auto const& [name, expected] : cases) BOOST_TEST(json::serialize(properties.at(name)) == expected, name);
    BOOST_TEST(properties.size() == std::size(cases));
    BOOST_TEST(schema.at("required").as_array().size() == std::size(cases));
    BOOST_TEST(schema_name(things()) == "SmallThing");
}

BOOST_AUTO_TEST_CASE(a_query_has_the_filters_and_the_page) {
    std::string names;
    json::object by_name;
    for (auto const& parameter : list_parameters(things())) {
        names += std::string(parameter.at("name").as_string()) + " ";
        by_name[parameter.at("name").as_string()] = parameter.at("schema");
        BOOST_TEST(parameter.at("in").as_string() == "query");
        BOOST_TEST(!parameter.at("description").as_string().empty());
    }
    BOOST_TEST(names == "state name red from to limit starting_after format ");
    BOOST_TEST(json::serialize(by_name.at("state")) == R"({"type":"string","enum":["on","off"]})");
    BOOST_TEST(json::serialize(by_name.at("red")) == R"({"type":"boolean"})");
    BOOST_TEST(json::serialize(by_name.at("from")) == R"({"type":"string","format":"date-time"})");
    BOOST_TEST(json::serialize(by_name.at("to")) == R"({"type":"string","format":"date"})");
    BOOST_TEST(json::serialize(by_name.at("starting_after")) == R"({"type":"string","pattern":"^thg_"})");
}

BOOST_AUTO_TEST_CASE(schemas_are_named_once_and_one_name_is_one_schema) {
    Router router;
    router.add(route_to("/a", "Thing", things())).value();
    router.add(route_to("/b", "Thing", things())).value();
    auto const document = json::parse(openapi_document(router, "1").value());
    BOOST_TEST(document.at_pointer("/components/schemas/Thing") == json::value(row_schema(things())));
    BOOST_TEST(!document.at_pointer("/paths/~1a/get").as_object().contains("components"));
    BOOST_TEST(document.at_pointer("/paths/~1a/get/responses/200/content/application~1json/schema/properties/data/items/$ref") ==
               json::value("#/components/schemas/Thing"));
    auto other = things();
    other.columns.pop_back();
    router.add(route_to("/c", "Thing", other)).value();
    auto const refused = openapi_document(router, "1");
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().detail.find("schema Thing") != std::string::npos);
    BOOST_TEST(refused.error().detail.find("/c") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
