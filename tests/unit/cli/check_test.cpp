#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <sstream>

#include "cli/commands.hpp"
#include "cli/dispatch.hpp"
#include "unit/config/files.hpp"

namespace partnerd::cli {

namespace {
struct Fixture {
    test::TemporaryFolder folder;
    std::ostringstream out, err;
    int check(std::string_view toml, std::vector<std::string> more = {}) {
        std::vector<std::string> words = {"check", "--config", folder.write("p.toml", toml)};
        words.insert(words.end(), more.begin(), more.end());
        return dispatch(commands(), words, out, err);
    }
};
}  // namespace

BOOST_FIXTURE_TEST_SUITE(checking, Fixture)

BOOST_AUTO_TEST_CASE(a_valid_configuration_is_said_to_be_valid) {
    BOOST_TEST(check("[log]\nlevel = \"warn\"\n") == exit_ok);
    BOOST_TEST(out.str() == folder.path("p.toml") + ": the configuration is valid.\n");
    BOOST_TEST(err.str().empty());
}

BOOST_AUTO_TEST_CASE(every_problem_is_listed_with_file_line_and_key) {
    BOOST_TEST(check("[log]\nlevel = \"loud\"\n[[plugin]]\nid = \"gone\"\nfile = \"gone.so\"\n", {"--set", "node.id=512"}) == exit_failed);
    auto const file = folder.path("p.toml");
    BOOST_TEST(err.str().find(file + ":2:1: log.level: this is no level.") != std::string::npos, err.str());
    BOOST_TEST(err.str().find(file + ":3:1: plugin gone: there is no file " + folder.path("gone.so")) != std::string::npos, err.str());
    BOOST_TEST(err.str().find("command line: node.id: 512 is outside -1 to 511") != std::string::npos, err.str());
    BOOST_TEST(err.str().ends_with("3 problems.\n"));
    BOOST_TEST(out.str().empty());
}

BOOST_AUTO_TEST_CASE(json_carries_the_same) {
    BOOST_TEST(check("[log]\nlevel = \"loud\"\n", {"--json"}) == exit_failed);
    auto const result = boost::json::parse(out.str());
    BOOST_TEST(!result.at("ok").as_bool());
    auto const& problem = result.at("problems").at(0);
    BOOST_TEST(problem.at("line").as_int64() == 2);
    BOOST_TEST(problem.at("key").as_string() == "log.level");
    BOOST_TEST(!problem.at("way_out").as_string().empty());
}

BOOST_AUTO_TEST_CASE(print_shows_the_configuration_in_force_without_secrets) {
    BOOST_TEST(check("[storage]\nurl = \"postgresql://u:hushhush@db/p\"\n", {"--print", "--set", "log.level=debug"}) == exit_ok);
    BOOST_TEST(out.str().find("url = \"postgresql://u:***@db/p\"\n") != std::string::npos, out.str());
    BOOST_TEST(out.str().find("level = \"debug\"\n") != std::string::npos, out.str());
    BOOST_TEST(check("[storage]\nurl = \"postgresql://u:hushhush@db/p\"\n", {"--print", "--json"}) == exit_ok);
    BOOST_TEST((out.str() + err.str()).find("hushhush") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wrong_set_is_wrong_usage) {
    for (auto const* pair : {"log.level", "=debug", ""}) BOOST_TEST_CONTEXT(pair) BOOST_TEST(check("", {"--set", pair}) == exit_usage);
    BOOST_TEST(check("", {"more"}) == exit_usage);
    BOOST_TEST(check("", {"--config", folder.path("p.toml")}) == exit_usage);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::cli
