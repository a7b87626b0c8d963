#include "imports/csv_reader.hpp"

#include <boost/test/unit_test.hpp>

#include "unit/imports/text_source.hpp"

namespace partnerd::imports {

namespace {

// All records as "line[a|b]", refusals as "line!code".
std::string read_all(std::string const& text, std::size_t piece) {
    TextSource source(text, piece);
    CsvReader reader(source);
    CsvRecord record;
    std::string out;
    for (;;) {
        auto read = reader.next(record);
        if (read && !*read) return out;
        out += (out.empty() ? "" : " ") + std::to_string(record.line);
        if (!read) {
            out += "!" + std::string(code_name(read.error().code));
            continue;
        }
        std::string cells;
        for (auto const& cell : record.cells) cells += (&cell == &record.cells.front() ? "" : "|") + cell;
        out += "[" + cells + "]";
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_reader)

BOOST_AUTO_TEST_CASE(records_as_rfc_4180_has_them_however_the_bytes_arrive) {
    struct Case {
        std::string text;
        char const* records;
    };
    for (auto const& c : {
             Case{"", ""},
             Case{"\n\r\n\n", ""},
             Case{"\xef\xbb\xbf", ""},
             Case{"a", "1[a]"},
             Case{"a,b\n", "1[a|b]"},
             Case{"\xef\xbb\xbf"
                  "a,b\r\n1,2",
                  "1[a|b] 2[1|2]"},
             Case{"a,b\r\n1,\r\n,2\r\n,\r\n", "1[a|b] 2[1|] 3[|2] 4[|]"},
             Case{"a,b\n\n\n1,2\n", "1[a|b] 4[1|2]"},
             Case{"a,b\n\"1\",\"2,3\"\n", "1[a|b] 2[1|2,3]"},
             Case{"a,b\n\"x\"\"y\",\"\"\n", "1[a|b] 2[x\"y|]"},
             Case{"a,b\n\"\"\"\",\"\"\"\"\"\"\n", "1[a|b] 2[\"|\"\"]"},
             Case{"a,b\n\"1\r\n2\n\",3\r\n4,5", "1[a|b] 2[1\r\n2\n|3] 5[4|5]"},
             Case{"a,b\n\"1\",\"2\"", "1[a|b] 2[1|2]"},
             Case{"a\n\xc3\xa9\n", "1[a] 2[\xc3\xa9]"},
             Case{"a,b\n1,2\r", "1[a|b] 2[1|2]"},
             Case{"a;b\n1;2\n", "1[a;b] 2[1;2]"},
             // refused, and then on with the next
             Case{"a,b\n1\n3,4\n", "1[a|b] 2!malformed_csv 3[3|4]"},
             Case{"a,b\n1,2,3\n3,4\n", "1[a|b] 2!malformed_csv 3[3|4]"},
             Case{"a,b\n1,x\"y\n3,4\n", "1[a|b] 2!malformed_csv 3[3|4]"},
             Case{"a,b\n1,\"x\"y\n3,4\n", "1[a|b] 2!malformed_csv 3[3|4]"},
             Case{"a,b\n1,\"x\n3,4\n5,6", "1[a|b] 2!malformed_csv 3[3|4] 4[5|6]"},
             Case{"a,b\n1,\"x\n3,\"4\n5,6", "1[a|b] 2!malformed_csv 3!malformed_csv 4[5|6]"},
             Case{"a,b\n1,2\rx\n3,4\n", "1[a|b] 2!malformed_csv 3[3|4]"},
             Case{"a,b\n\r1,2\n3,4\n", "1[a|b] 2!malformed_csv 3[3|4]"},
             Case{"a,b\n1,\xff\n3,4\n", "1[a|b] 2!invalid_utf8 3[3|4]"},
             Case{"a,b\n1,\xc3\n3,4\n", "1[a|b] 2!invalid_utf8 3[3|4]"},
             Case{"a,b\n1,\xed\xa0\x80\n3,4\n", "1[a|b] 2!invalid_utf8 3[3|4]"},
             Case{"a,b\n\"1\n\xff\",2\n3,4\n", "1[a|b] 2!invalid_utf8 4[3|4]"},
             Case{"a,b\n1,\"x", "1[a|b] 2!malformed_csv"},
             Case{std::string("a,\0\n", 4), "1[a|\0]"},
         })
        for (std::size_t piece : {1, 2, 3, 7, 1000}) BOOST_TEST_CONTEXT(c.text << " in pieces of " << piece)
    BOOST_TEST(read_all(c.text, piece) == (c.text.size() == 4 && c.text[2] == '\0' ? std::string("1[a|\0]", 6) : c.records));
}

BOOST_AUTO_TEST_CASE(an_utf16_file_is_not_taken_for_text) {
    BOOST_TEST(read_all(std::string("\xff\xfe"
                                    "a\0,\0",
                                    6),
                        100) == "1!invalid_utf8");
}

BOOST_AUTO_TEST_CASE(the_limits_are_1000_columns_and_one_mebibyte) {
    auto const row = [](std::size_t columns) { return std::string(columns - 1, ',') + "\n"; };
    BOOST_TEST(read_all(row(1000), 4096).starts_with("1["));
    BOOST_TEST(read_all(row(1001) + "a\n", 4096) == "1!malformed_csv 2[a]");
    auto const cell = [](std::size_t size) { return "a\n" + std::string(size, 'x') + "\nb\n"; };
    BOOST_TEST(read_all(cell(max_record_bytes - 1), 4096).ends_with("3[b]"));
    BOOST_TEST(read_all(cell(max_record_bytes - 1), 4096).find('!') == std::string::npos);
    BOOST_TEST(read_all(cell(max_record_bytes + 1), 4096) == "1[a] 2!malformed_csv 3[b]");
    BOOST_TEST(read_all(cell(5 * max_record_bytes), 65536) == "1[a] 2!malformed_csv 3[b]");
}

BOOST_AUTO_TEST_CASE(an_open_quote_costs_one_line_also_in_a_large_file) {
    std::string text = "a,b\n1,\"open\n";
    std::size_t lines = 0;
    for (; text.size() < max_record_bytes * 3 / 2; ++lines) text += "123456789,123456789\n";
    TextSource source(text, 65536);
    CsvReader reader(source);
    CsvRecord record;
    BOOST_TEST(reader.next(record).value());
    BOOST_TEST(reader.next(record).has_error());
    BOOST_TEST(record.raw == "1,\"open");
    for (std::size_t i = 0; i < lines; ++i) BOOST_REQUIRE(reader.next(record).value());
    BOOST_TEST(record.line == static_cast<std::int64_t>(lines) + 2);
    BOOST_TEST(!reader.next(record).value());
}

BOOST_AUTO_TEST_CASE(a_record_has_its_text_as_it_was) {
    TextSource source("a,b\r\n\"1\n\"\"2\",3\r\n\xff,4\r\n");
    CsvReader reader(source);
    CsvRecord record;
    BOOST_TEST(reader.next(record).value());
    BOOST_TEST(record.raw == "a,b");
    BOOST_TEST(reader.next(record).value());
    BOOST_TEST(record.raw == "\"1\n\"\"2\",3");
    auto refused = reader.next(record);
    BOOST_TEST(refused.error().detail.starts_with("line 4: "));
    BOOST_TEST(record.raw == "\xff,4");
    BOOST_TEST(record.cells.empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_breaks_gives_its_whole_records_first) {
    TextSource source("a\n1\n2", 2, true);
    CsvReader reader(source);
    CsvRecord record;
    BOOST_TEST(reader.next(record).value());
    BOOST_TEST(reader.next(record).value());
    BOOST_TEST(record.raw == "1");
    BOOST_CHECK_THROW(reader.next(record), BrokenFile);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::imports
