#include "routing/csv.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(csv)

namespace {
std::string cell(std::string_view text) {
    std::string out;
    CsvWriter(out).text(text);
    return out;
}
}  // namespace

BOOST_AUTO_TEST_CASE(what_a_spreadsheet_would_run_is_disarmed) {
    struct Case {
        char const *text, *written;
    };
    for (auto const& c :
         {Case{"=1+1", "\"'=1+1\""}, Case{"+1", "\"'+1\""}, Case{"-1", "\"'-1\""}, Case{"@SUM(A1)", "\"'@SUM(A1)\""},
          Case{"\tx", "\"'\tx\""}, Case{"\rx", "\"'\rx\""}, Case{"  =1", "\"'  =1\""}, Case{"\xc2\xa0=1", "\"'\xc2\xa0=1\""},
          Case{"a\n=1", "\"'a\n=1\""}, Case{"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
          Case{"=cmd|'/c calc'!A1", "\"'=cmd|'/c calc'!A1\""}}) {
        BOOST_TEST_CONTEXT(c.text) { BOOST_TEST(cell(c.text) == c.written); }
    }
}

BOOST_AUTO_TEST_CASE(cells_are_quoted_where_rfc_4180_wants_it) {
    BOOST_TEST(cell("plain text") == "plain text");
    BOOST_TEST(cell("a,b") == "\"a,b\"");
    BOOST_TEST(cell("say \"hi\"") == "\"say \"\"hi\"\"\"");
    BOOST_TEST(cell("two\nlines") == "\"two\nlines\"");
    BOOST_TEST(cell("") == "");
    BOOST_TEST(cell("a=b") == "a=b");
}

BOOST_AUTO_TEST_CASE(amounts_are_numbers_also_below_zero) {
    std::string out;
    CsvWriter csv(out);
    csv.text("id").number("-5.00").empty().text("x").end_row();
    csv.number("1").end_row();
    BOOST_TEST(out == "id,-5.00,,x\r\n1\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
