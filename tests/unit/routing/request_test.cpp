#include "routing/request.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace partnerd::routing {

using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(request)

BOOST_AUTO_TEST_CASE(queries_that_are_refused) {
    for (auto const& text : {"a=%"s, "a=%1"s, "a=%zz"s, "a=%+1"s, "%=1"s, "a=%00"s, "%00=1"s, "a=%ff"s, "a=%c3"s, "a=\xff"s, "a=%ed%a0%80"s,
                             "a=%c0%af"s, "a=\0b"s, "a=1&b=%g0"s}) {
        BOOST_TEST_CONTEXT(text) {
            auto const pairs = parse_query(text);
            BOOST_TEST_REQUIRE(pairs.has_error());
            BOOST_TEST(code_name(pairs.error().code) == "invalid_query");
        }
    }
    std::string many;
    for (int i = 0; i < 101; ++i) many += "a=1&";
    BOOST_TEST(parse_query(many).has_error());
    BOOST_TEST(parse_query(many.substr(4)).value().size() == 100u);
}

BOOST_AUTO_TEST_CASE(of_a_visitors_query_what_can_be_read_is_left) {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    BOOST_TEST((readable_query("a=1&b=%zz&%ff=2&c=%00&&d=x+y&e=%") == Pairs{{"a", "1"}, {"d", "x y"}}));
    BOOST_TEST(readable_query("").empty());
    std::string many;
    for (int i = 0; i < 150; ++i) many += "a=1&";
    BOOST_TEST(readable_query(many).size() == 100u);
}

BOOST_AUTO_TEST_CASE(the_parameter_that_is_wrong_is_named) { BOOST_TEST(parse_query("a=1&limit=%zz").error().field == "limit"); }

BOOST_AUTO_TEST_CASE(queries_that_are_taken) {
    struct Case {
        std::string text;
        std::vector<std::pair<std::string, std::string>> pairs;
    };
    for (auto const& c :
         {Case{"", {}}, Case{"&&", {}}, Case{"a=1", {{"a", "1"}}}, Case{"a", {{"a", ""}}}, Case{"a=", {{"a", ""}}}, Case{"=1", {{"", "1"}}},
          Case{"a=1&a=2", {{"a", "1"}, {"a", "2"}}}, Case{"a=b=c", {{"a", "b=c"}}}, Case{"a=b+c%20d", {{"a", "b c d"}}},
          Case{"a%5B%5d=%26%3D%2B%25", {{"a[]", "&=+%"}}}, Case{"n=M%C3%BCller", {{"n", "M\xc3\xbcller"}}},
          Case{"a=1&&b=2&", {{"a", "1"}, {"b", "2"}}}, Case{"x={click_id}", {{"x", "{click_id}"}}}})
        BOOST_TEST_CONTEXT(c.text) BOOST_TEST((parse_query(c.text).value() == c.pairs));
}

BOOST_AUTO_TEST_CASE(what_was_encoded_is_decoded_to_the_same) {
    std::string text;
    for (int c = 1; c < 128; ++c) text += static_cast<char>(c);
    text += "M\xc3\xbcller \xe2\x82\xac";
    BOOST_TEST(parse_query("a=" + percent_encode(text)).value().front().second == text);
    BOOST_TEST(percent_encode("a-B_9.~") == "a-B_9.~");
    BOOST_TEST(percent_encode("a b/\xff") == "a%20b%2F%FF");
}

BOOST_AUTO_TEST_CASE(headers_and_the_path) {
    Request made;
    made.target = "/v1/x?a=1?b";
    made.headers = {{"host", "a"}, {"x-a", "1"}, {"x-a", "2"}, {"empty", ""}};
    BOOST_TEST(made.path() == "/v1/x");
    BOOST_TEST(made.header("x-a") == "1");
    BOOST_TEST(made.header("x-b") == "");
    BOOST_TEST(made.has_header("empty"));
    BOOST_TEST(!made.has_header("x-b"));
}

BOOST_AUTO_TEST_CASE(cookies) {
    Request made;
    made.headers = {{"cookie", "a=1; bb=2;c=\"3\" ; d; e=x=y"}, {"cookie", "f=6; a=9"}};
    for (auto const& [name, value] : std::vector<std::pair<char const*, char const*>>{
             {"a", "1"}, {"bb", "2"}, {"b", ""}, {"c", "3"}, {"d", ""}, {"e", "x=y"}, {"f", "6"}, {"", ""}, {"A", ""}})
        BOOST_TEST_CONTEXT(name) BOOST_TEST(made.cookie(name) == value);
}

BOOST_AUTO_TEST_CASE(the_nth_value_of_a_parameter) {
    Request made;
    made.params = {{"a", "1"}, {"b", ""}, {"a", "2"}};
    BOOST_TEST(*made.param("a") == "1");
    BOOST_TEST(*made.param("a", 1) == "2");
    BOOST_TEST(!made.param("a", 2).has_value());
    BOOST_TEST(made.param("b")->empty());
    BOOST_TEST(!made.param("c").has_value());
}

BOOST_AUTO_TEST_CASE(clearing_leaves_nothing_of_the_request) {
    Request made;
    made.method = "GET";
    made.target = "/a";
    made.headers = {{"a", "b"}};
    made.body = "x";
    made.client_ip = "192.0.2.1";
    made.request_id = "id";
    made.principal.kind = PrincipalKind::operator_;
    made.principal.id = made.principal.key = made.program = 7;
    made.principal.test = true;
    made.principal.scopes = "operator";
    made.arrived_us = 7;
    made.params = {{"a", "b"}};
    made.clear();
    BOOST_TEST((made.method + made.target + made.body + made.client_ip + made.request_id + made.principal.scopes).empty());
    BOOST_TEST((made.headers.empty() && made.params.empty() && !made.principal.test));
    BOOST_TEST((made.principal.kind == PrincipalKind::none));
    BOOST_TEST(made.principal.id + made.principal.key + made.program + made.arrived_us == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(response)

BOOST_AUTO_TEST_CASE(a_header_is_one_line) {
    Response made;
    for (auto const& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"a", "b\r\nc: d"}, {"a", "b\n"}, {"a", "\r"}, {"a", "b\0c"s}, {"a\r\nb", "c"}, {"a\n", "c"}, {"\0"s, "c"}, {"", "c"}}) {
        BOOST_CHECK_THROW(made.set_header(name, value), std::invalid_argument);
        BOOST_CHECK_THROW(made.add_header(name, value), std::invalid_argument);
    }
    BOOST_TEST(made.headers.empty());
}

BOOST_AUTO_TEST_CASE(setting_replaces_and_adding_adds) {
    Response made;
    made.add_header("Set-Cookie", "a=1");
    made.add_header("Set-Cookie", "b=2");
    made.set_header("Location", "/a");
    made.set_header("location", "/b");
    BOOST_TEST(made.headers.size() == 3u);
    BOOST_TEST(made.headers.back().value == "/b");
    made.set_header("set-cookie", "c=3");
    BOOST_TEST(made.headers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_problem_is_what_rfc_9457_says) {
    Response made;
    made.problem(Error(errc::currency_not_accepted, "Use \"GBP\"", "/amount/currency"));
    BOOST_TEST(made.status == 422);
    BOOST_TEST(made.content_type == "application/problem+json");
    auto const body = boost::json::parse(made.body).as_object();
    BOOST_TEST(body.at("type").as_string() == "urn:partnerd:error:currency_not_accepted");
    BOOST_TEST(body.at("title").as_string() == title(errc::currency_not_accepted));
    BOOST_TEST(body.at("status").as_int64() == 422);
    BOOST_TEST(body.at("detail").as_string() == "Use \"GBP\"");
    BOOST_TEST(body.at("code").as_string() == "currency_not_accepted");
    BOOST_TEST(body.at("pointer").as_string() == "/amount/currency");
}

BOOST_AUTO_TEST_CASE(a_problem_that_passes_says_when_to_come_back) {
    auto const retry_after = [](errc code) {
        Response made;
        made.problem(code);
        for (auto const& header : made.headers)
            if (header.name == "retry-after") return header.value;
        return std::string();
    };
    BOOST_TEST(retry_after(errc::busy) == "1");
    BOOST_TEST(retry_after(errc::storage_failed) == "1");
    BOOST_TEST(retry_after(errc::storage_full) == "30");
    BOOST_TEST(retry_after(errc::deadline_exceeded) == "");
    BOOST_TEST(retry_after(errc::not_found) == "");
}

BOOST_AUTO_TEST_CASE(a_problem_without_detail_has_none) {
    Response made;
    made.problem(errc::busy);
    auto const body = boost::json::parse(made.body).as_object();
    BOOST_TEST(made.status == 503);
    BOOST_TEST(!body.contains("detail"));
    BOOST_TEST(!body.contains("pointer"));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_do_not_reach_the_answer) {
    Response made;
    made.problem(Error(errc::invalid_utf8, "\xff", "\xfe"));
    auto const body = boost::json::parse(made.body).as_object();
    BOOST_TEST(!body.contains("detail"));
    BOOST_TEST(!body.contains("pointer"));
}

BOOST_AUTO_TEST_CASE(the_code_of_a_plugin_is_its_own) {
    Response made;
    Error error(errc::plugin_failed, "Twice");
    error.foreign_code = "already_redeemed";
    error.foreign_status = 409;
    made.problem(error);
    auto const body = boost::json::parse(made.body).as_object();
    BOOST_TEST(made.status == 409);
    BOOST_TEST(body.at("code").as_string() == "already_redeemed");
    BOOST_TEST(body.at("status").as_int64() == 409);
}

BOOST_AUTO_TEST_CASE(clearing_leaves_nothing_of_the_answer) {
    Response made;
    made.problem(errc::busy);
    made.add_header("a", "b");
    made.clear();
    BOOST_TEST(made.status == 200);
    BOOST_TEST(made.content_type == "application/json");
    BOOST_TEST((made.headers.empty() && made.body.empty()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
