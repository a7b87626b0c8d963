#include "routing/page.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(page)

namespace {
Result<PageQuery> asked(std::string name, std::string value) {
    Request request;
    request.params.emplace_back(std::move(name), std::move(value));
    return parse_page(request, "cnv");
}
}  // namespace

BOOST_AUTO_TEST_CASE(limits_and_cursors_that_are_refused) {
    for (auto const* limit : {"", "0", "-1", "101", "1.5", "abc", "5x", " 5", "+5", "99999999999999999999"}) {
        BOOST_TEST_CONTEXT(limit) { BOOST_TEST(code_name(asked("limit", limit).error().code) == "invalid_query"); }
    }
    for (std::string const& cursor : {std::string(), std::string("7"), std::string("cnv_"), std::string("cnv_zzz"), format_id("prg", 7),
                                      format_id("cnv", 7) + "0", std::string("cnv_' or 1=1")}) {
        BOOST_TEST_CONTEXT(cursor) { BOOST_TEST(code_name(asked("starting_after", cursor).error().code) == "invalid_cursor"); }
    }
}

BOOST_AUTO_TEST_CASE(a_page_is_25_rows_unless_asked_otherwise) {
    BOOST_TEST(asked("x", "").value().limit == 25);
    BOOST_TEST(asked("limit", "100").value().limit == 100);
    BOOST_TEST(asked("starting_after", format_id("cnv", 12345)).value().after == 12345);
}

BOOST_AUTO_TEST_CASE(the_envelope_says_how_to_go_on) {
    BOOST_TEST(page_json("", false, "") == R"({"data":[],"has_more":false,"next_cursor":null})");
    BOOST_TEST(page_json("{},{}", true, "cnv_1") == R"({"data":[{},{}],"has_more":true,"next_cursor":"cnv_1"})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
