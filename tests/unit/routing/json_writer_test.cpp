#include "routing/json_writer.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(json_writer)

namespace {
std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}
}  // namespace

BOOST_AUTO_TEST_CASE(strings_are_escaped_and_repaired) {
    BOOST_TEST(quoted("a\"b\\c\n\x01\x7f") == "\"a\\\"b\\\\c\\n\\u0001\\u007f\"");
    BOOST_TEST(quoted("é") == "\"é\"");
    BOOST_TEST(quoted("a\xffz") == "\"a\xef\xbf\xbdz\"");
    BOOST_TEST(quoted("\xe2\x82") == "\"\xef\xbf\xbd\xef\xbf\xbd\"");
    for (int c = 0; c < 256; ++c) {
        std::string const text(1, static_cast<char>(c));
        BOOST_TEST_CONTEXT(c) {
            boost::json::error_code failed;
            auto const back = boost::json::parse(quoted(text), failed);
            BOOST_TEST(!failed);
            if (c < 0x80) BOOST_TEST((back.as_string() == text));
        }
    }
}

BOOST_AUTO_TEST_CASE(members_and_items_are_separated) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().member("a", 1).member("b", "x").key("c").begin_array().value(true).null().begin_object().end_object().end_array();
    json.key("m").value(Money{-5, Currency("GBP", 2)}).key("id").id("cnv", 0).key("at").instant(0).key("raw").raw("").end_object();
    BOOST_TEST(out == R"({"a":1,"b":"x","c":[true,null,{}],"m":{"amount":"-0.05","currency":"GBP"},"id":null,"at":null,"raw":null})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
