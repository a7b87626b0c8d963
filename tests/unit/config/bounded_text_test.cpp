#include "config/bounded_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

#include "config/apply_file.hpp"

namespace partnerd::config {

namespace {
std::string parts(int count, std::string const& part = "a") {
    std::string key = part;
    for (int i = 1; i < count; ++i) key += '.' + part;
    return key;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(bounds)

BOOST_AUTO_TEST_CASE(what_is_out_of_bounds_is_refused_with_its_line) {
    struct Case {
        std::string text;
        int line;
        char const* what;
    };
    for (auto const& c :
         {Case{"a = 1\n" + parts(17) + " = 1\n", 2, "16 parts"}, Case{"[" + parts(17) + "]\n", 1, "16 parts"},
          Case{"[[" + parts(17) + "]]\n", 1, "16 parts"}, Case{"x = { " + parts(17) + " = 1 }\n", 1, "16 parts"},
          Case{parts(17, "\"b.c\"") + " = 1\n", 1, "16 parts"}, Case{parts(17, "'b'") + " = 1", 1, "16 parts"},
          Case{parts(100'000) + " = 1\n", 1, "4096 bytes"}, Case{"\n\nx = \"" + std::string(4100, 'a') + "\"\n", 3, "4096 bytes"},
          Case{"x = 1\ny = \"\xff\"\n", 2, "not UTF-8"}, Case{"x = \"\"\"\n...\n\"\"\"\n" + parts(17) + " = 1\n", 4, "16 parts"},
          Case{std::string(file_bytes_max + 1, '\n'), 0, "1048576 bytes"}}) {
        BOOST_TEST_CONTEXT(c.text.substr(0, 60)) {
            auto const problem = check_bounds(c.text, "f.toml");
            BOOST_TEST_REQUIRE(problem.has_value());
            BOOST_TEST(problem->line == c.line);
            BOOST_TEST(problem->text().find(c.what) != std::string::npos, problem->text());
        }
    }
}

BOOST_AUTO_TEST_CASE(dots_outside_keys_do_not_count) {
    auto const dots = std::string(40, '.');
    for (auto const& text :
         {parts(16) + " = 1", "x = \"" + dots + "\"", "x = '" + dots + "'", "# " + dots,
          "x = \"\"\"\n" + dots + "\n" + dots + " = 1\n\"\"\"", "x = '''\n" + dots + "'''", "x = \"a\\\"" + dots + "\"",
          "x = \"\"\"a\\\"\"\"" + dots + "\"\"\"",
          std::string("x = [1.5, 2.5, 3.5, 4.5, 5.5, 1.5, 2.5, 3.5, 4.5, 5.5, 1.5, 2.5, 3.5, 4.5, 5.5, 1.5, 2.5, 3.5]"), std::string()})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(!check_bounds(text, "f.toml").has_value());
}

BOOST_AUTO_TEST_CASE(deep_nesting_ends_in_a_problem_not_in_a_crash) {
    for (int const depth : {31, 200, 300, 900}) {
        std::string tables, arrays;
        for (int i = 0; i < depth; ++i) tables += "{a=", arrays += '[';
        for (auto const& text : {"x = " + tables + "1" + std::string(static_cast<std::size_t>(depth), '}'),
                                 "x = " + arrays + std::string(static_cast<std::size_t>(depth), ']')})
            BOOST_TEST_CONTEXT(text.substr(0, 30) << depth) BOOST_TEST(std::holds_alternative<Problem>(parse_apply_text(text, "f.toml")));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::config
