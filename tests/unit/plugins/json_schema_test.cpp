#include "plugins/json_schema.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::plugins {

BOOST_AUTO_TEST_SUITE(json_schema)

BOOST_AUTO_TEST_CASE(what_is_no_schema_is_refused) {
    for (auto const* const text : {"", "{", "[]", "5", R"({"type":"nonsense"})", R"({"properties":5})", R"({"minimum":"low"})"}) {
        BOOST_TEST_CONTEXT(text) {
            auto const schema = JsonSchema::compile(text);
            BOOST_REQUIRE(!schema);
            BOOST_TEST(code_name(schema.error().code) == "invalid_config");
        }
    }
}

BOOST_AUTO_TEST_CASE(what_a_schema_refuses_is_named_by_a_pointer) {
    auto const schema = JsonSchema::compile(R"({"type":"object","required":["a"],"additionalProperties":false,
        "properties":{"a":{"type":"array","items":{"type":"object","properties":{"b/c":{"type":"integer"}}}},
        "d":{"type":"string","maxLength":3}}})");
    BOOST_REQUIRE(schema);
    BOOST_TEST((*schema)->check_text(R"({"a":[{"b/c":1}],"d":"abc"})").has_value());
    struct {
        char const* json;
        char const* field;
    } const cases[] = {{R"({})", ""},
                       {R"({"a":[{"b/c":1},{"b/c":"x"}]})", "/a/1/b~1c"},
                       {R"({"a":5})", "/a"},
                       {R"({"a":[],"d":"long"})", "/d"},
                       {R"({"a":[],"e":1})", ""},
                       {R"([])", ""}};
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.json) {
            auto const status = (*schema)->check_text(c.json);
            BOOST_REQUIRE(!status);
            BOOST_TEST(code_name(status.error().code) == "invalid_field");
            BOOST_TEST(status.error().field == c.field);
            BOOST_TEST(!status.error().detail.empty());
        }
    }
    BOOST_TEST(code_name((*schema)->check_text("{").error().code) == "malformed_json");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::plugins
