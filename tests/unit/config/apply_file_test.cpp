#include "config/apply_file.hpp"

#include <boost/test/unit_test.hpp>

#include "unit/config/files.hpp"

namespace partnerd::config {

BOOST_AUTO_TEST_SUITE(apply_files)

constexpr auto sample = R"(# shoes
[program]
handle = "shoes"
"odd/key~" = true

[terms]
hold_days = 30
effective = 2024-05-01
at = 2024-05-01T08:26:00Z
rate = 12.5

[[terms.rules]]
id = "core.percent"

[[terms.rules]]
id = "core.flat"
codes = ["A",
         "B"]
)";

BOOST_AUTO_TEST_CASE(the_text_becomes_json_with_the_line_of_each_value) {
    auto const file = std::get<ApplyFile>(parse_apply_text(sample, "shoes.toml"));
    BOOST_TEST(
        file.json ==
        R"({"program":{"handle":"shoes","odd/key~":true},"terms":{"at":"2024-05-01T08:26:00Z","effective":"2024-05-01","hold_days":30,)"
        R"("rate":1.25E1,)"
        R"("rules":[{"id":"core.percent"},{"codes":["A","B"],"id":"core.flat"}]}})");
    BOOST_TEST(file.places.at("/terms/hold_days").line == 7);
    BOOST_TEST(file.places.at("/terms/hold_days").column == 13);
    BOOST_TEST(file.places.at("/program/odd~1key~0").line == 4);
}

BOOST_AUTO_TEST_CASE(a_pointer_is_shown_as_a_place) {
    auto const file = std::get<ApplyFile>(parse_apply_text(sample, "shoes.toml"));
    struct Case {
        char const* pointer;
        char const* place;
    };
    for (auto const& c :
         {Case{"/program/handle", "shoes.toml:3: program.handle"}, Case{"/terms/rules/0/id", "shoes.toml:13: terms.rules[0].id"},
          Case{"/terms/rules/1/codes/1", "shoes.toml:18: terms.rules[1].codes[1]"},
          Case{"/terms/rules/1/rate", "shoes.toml:15: terms.rules[1].rate"}, Case{"/program/odd~1key~0", "shoes.toml:4: program.odd/key~"},
          Case{"/terms/window/days", "shoes.toml:6: terms.window.days"}, Case{"/partners/0", "shoes.toml:1: partners[0]"},
          Case{"", "shoes.toml:1"}, Case{"limit", "shoes.toml:1"}, Case{"/", "shoes.toml:1"}})
        BOOST_TEST_CONTEXT(c.pointer) BOOST_TEST(file.place_of(c.pointer) == c.place);
}

BOOST_AUTO_TEST_CASE(what_is_no_toml_is_refused_with_its_place) {
    struct Case {
        char const* text;
        int line;
    };
    for (auto const& c : {Case{"a = \n", 1}, Case{"a = 1\na = 2\n", 2}, Case{"a = 1\n[a]\n", 2}, Case{"\n\nx y = 1\n", 3},
                          Case{"a = \"\n", 1}, Case{"a = nan\n", 1}, Case{"a = [1, inf]\n", 1}, Case{"a = 99999999999999999999\n", 1},
                          Case{"{\"json\": 1}\n", 1}, Case{"a = \"\x01\"\n", 1}, Case{"b = 1\na = \"\xc3\"\n", 2}}) {
        BOOST_TEST_CONTEXT(c.text) {
            auto const result = parse_apply_text(c.text, "f.toml");
            BOOST_TEST_REQUIRE(std::holds_alternative<Problem>(result));
            auto const& problem = std::get<Problem>(result);
            BOOST_TEST(problem.line == c.line, problem.text());
            BOOST_TEST(problem.text().starts_with("f.toml:"), problem.text());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_file_is_read_and_one_that_is_missing_is_refused) {
    test::TemporaryFolder folder;
    BOOST_TEST(std::get<ApplyFile>(read_apply_file(folder.write("p.toml", "a = 1\n"))).json == R"({"a":1})");
    BOOST_TEST(std::get<ApplyFile>(read_apply_file(folder.write("e.toml", ""))).json == "{}");
    BOOST_TEST(std::get<Problem>(read_apply_file(folder.path("none.toml"))).text().find("cannot be read") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::config
