#include "domain/json_text.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

namespace partnerd {

namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(json_text)

BOOST_AUTO_TEST_CASE(texts_are_escaped_as_boost_json_escapes_them) {
    std::string const plain(40, 'x');
    for (int c = 0; c < 256; ++c)
        for (std::size_t const at : {std::size_t{0}, std::size_t{3}, std::size_t{17}, plain.size()}) BOOST_TEST_CONTEXT("byte " << c << " at " << at) {
                auto text = plain;
                text.insert(at, 1, static_cast<char>(c));
                BOOST_TEST(JsonText().text(text).take() == json::serialize(json::string_view(text)));
                BOOST_TEST(JsonText().text(text.substr(at)).take() == json::serialize(json::string_view(text).substr(at)));
            }
    for (std::string const text : {"", "a", "\"", "\\\"\\", "caf\xc3\xa9 \xe2\x82\xac", "line\nline\r\n\ttab\b\f\x01"})
        BOOST_TEST(JsonText().text(text).take() == json::serialize(json::string_view(text)));
}

BOOST_AUTO_TEST_CASE(values_are_separated_wherever_they_stand) {
    JsonText out;
    out.open('[').open('{').close('}').open('[').close(']').number(-5).truth(true).truth(false).raw("null").text("a");
    out.open('{').key("a").number(INT64_MIN).key("b").open('[').text("x").text("y").close(']').key("c").open('{').key("d").raw("{\"e\":1}").close('}').key("f").truth(true).close('}');
    auto const text = out.close(']').take();
    BOOST_TEST(text == R"([{},[],-5,true,false,null,"a",{"a":-9223372036854775808,"b":["x","y"],"c":{"d":{"e":1}},"f":true}])");
    BOOST_TEST(json::serialize(json::parse(text)) == text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd
