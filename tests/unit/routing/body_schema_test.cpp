#include "routing/body_schema.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

namespace partnerd::routing {

namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(body_schemas)

namespace {

void read_everything(BodyReader& in) {
    in.text("text", {.max = 9});
    in.optional_text("maybe", {.max = 9, .min = 0});
    in.integer("whole", -1, 5);
    in.boolean("truth");
    in.optional_instant("at");
    in.optional_day("day");
    in.optional_handle("handle");
    in.optional_code("code");
    in.optional_email("email");
    in.optional_id("link", "lnk");
    in.choice("choice", {"a", "b"});
    in.optional_rate("rate");
    in.optional_currency("currency");
    in.optional_money("amount");
    in.texts("tags", 3, {.max = 4});
    in.map("facts", 2, {.max = 5});
    in.json("any");
    in.json("config", 100, R"({"type":"object"})");
    in.require("config", "give one");
    if (!in.is_null("clear")) in.optional_text("clear");
    if (!in.is_null("worth")) in.optional_money("worth");
    in.each("items", 7, [](BodyReader& item) { item.text("sku"); });
    bool const there = in.object("inner", [](BodyReader& inner) { inner.integer("n", 1, 2); });
    if (!there) in.refuse("inner", errc::missing_field, "not heard");
}

std::string property(std::string const& name) {
    return json::serialize(body_schema(read_everything).at("properties").as_object().at(name));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_schema_has_what_the_reader_asks_for) {
    std::pair<std::string, std::string> const cases[] = {
        {"text", R"({"type":"string","minLength":1,"maxLength":9})"},
        {"maybe", R"({"type":"string","maxLength":9})"},
        {"whole", R"({"type":"integer","minimum":-1,"maximum":5})"},
        {"truth", R"({"type":"boolean"})"},
        {"at", R"({"type":"string","format":"date-time"})"},
        {"day", R"({"type":"string","format":"date"})"},
        {"handle", R"({"type":"string","pattern":"^[a-z0-9][a-z0-9._-]{0,63}$"})"},
        {"code", R"({"type":"string","pattern":"^[A-Za-z0-9_-]{2,64}$"})"},
        {"email", R"({"type":"string","format":"email"})"},
        {"link", R"({"type":"string","pattern":"^lnk_"})"},
        {"choice", R"({"type":"string","enum":["a","b"]})"},
        {"rate", R"({"type":"string","pattern":"^[0-9]+([.][0-9]+)?%$"})"},
        {"currency", R"({"type":"string","examples":["GBP"]})"},
        {"amount", R"({"$ref":"#/components/schemas/Money"})"},
        {"tags", R"({"type":"array","maxItems":3,"items":{"type":"string","minLength":1,"maxLength":4}})"},
        {"any", "{}"},
        {"config", R"({"type":"object"})"},
        {"clear", R"({"type":["string","null"],"minLength":1,"maxLength":200})"},
        {"worth", R"({"anyOf":[{"$ref":"#/components/schemas/Money"},{"type":"null"}]})"},
        {"items",
         R"({"type":"array","maxItems":7,"items":{"type":"object","additionalProperties":false,"required":["sku"],"properties":{"sku":{"type":"string","minLength":1,"maxLength":200}}}})"},
        {"inner",
         R"({"type":"object","additionalProperties":false,"required":["n"],"properties":{"n":{"type":"integer","minimum":1,"maximum":2}}})"}};
    for (auto const& [name, schema] : cases) BOOST_TEST(property(name) == schema, name << " is " << property(name));
    auto const schema = body_schema(read_everything);
    BOOST_TEST(json::serialize(schema.at("required")) == R"(["text","whole","truth","choice","config"])");
    BOOST_TEST(schema.at("properties").as_object().size() == 22u);
    BOOST_TEST(schema.at("additionalProperties") == json::value(false));
    BOOST_TEST(json::serialize(body_schema([](BodyReader&) {})) == R"({"type":"object","additionalProperties":false,"properties":{}})");
}

BOOST_AUTO_TEST_CASE(what_is_required_is_refused_by_name_when_it_is_not_there) {
    for (auto const* const text : {R"({})", R"({"config":null})"}) {
        auto const body = JsonBody::parse(text).value();
        BodyReader in(body);
        in.require("config", "give one");
        auto const status = in.finish();
        BOOST_TEST_REQUIRE(status.has_error());
        BOOST_TEST(status.error().field == "/config");
        BOOST_TEST(status.error().detail == "give one");
        BOOST_TEST((status.error().code == errc::missing_field));
    }
}

BOOST_AUTO_TEST_CASE(the_known_names_are_those_of_the_object_that_a_pointer_is_in) {
    auto const schema = body_schema([](BodyReader& in) {
        in.text("a");
        in.each("items", 7, [](BodyReader& item) { item.text("sku"); });
        in.object("inner", [](BodyReader& inner) { inner.optional_text("n"), inner.optional_text("m"); });
        in.json("any");
    });
    std::pair<std::string, std::string> const cases[] = {
        {"/x", "a, items, inner, any"}, {"/items/0/x", "sku"}, {"/inner/x", "n, m"}, {"/any/x", ""}, {"/none/x", ""}, {"/a/b/c", ""}};
    for (auto const& [pointer, names] : cases) BOOST_TEST(known_names(schema, pointer) == names, pointer);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
