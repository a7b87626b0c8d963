#include "cli/dispatch.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <boost/test/unit_test.hpp>

#include <sstream>
#include <stdexcept>

#include "cli/commands.hpp"
#include "domain/result.hpp"

namespace partnerd::cli {

namespace {

namespace po = boost::program_options;

Command const greet{
    .name = "greet",
    .summary = "greet somebody",
    .synopsis = "partnerd greet [--loud] NAME",
    .description = "Greets.",
    .examples = "$ partnerd greet Ann",
    .arguments_min = 1,
    .arguments_max = 1,
    .options =
        [](po::options_description& options) {
            options.add_options()("loud", "in capitals");
            options.add_options()("times", po::value<int>(), "how often");
        },
    .run = [](Invocation& invocation) -> int {
        invocation.out << (invocation.has("loud") ? "HELLO " : "hello ") << invocation.arguments.at(0) << '\n';
        return exit_ok;
    },
};
Command const key_create{.name = "key create", .summary = "make a key", .synopsis = "partnerd key create", .run = [](Invocation&) -> int {
                             return exit_differences;
                         }};
Command const key_list{
    .name = "key list", .summary = "list keys", .synopsis = "partnerd key list", .finds_differences = true, .run = [](Invocation&) -> int {
        throw std::runtime_error("postgresql://u:hushhush@db refused");
    }};
Command const refuse{.name = "refuse", .summary = "say no", .synopsis = "partnerd refuse", .run = [](Invocation&) -> int {
                         throw Refused(Error(errc::handle_taken, "choose another"));
                     }};
Command const contradict{.name = "contradict", .summary = "x", .synopsis = "partnerd contradict", .run = [](Invocation&) -> int {
                             throw UsageError{"--a and --b exclude each other"};
                         }};

constexpr Command const* table[] = {&greet, &key_create, &key_list, &refuse, &contradict};

struct Fixture {
    std::ostringstream out, err;
    int run(std::vector<std::string> const& words) {
        out.str("");
        err.str("");
        return dispatch(table, words, out, err);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatching, Fixture)

BOOST_AUTO_TEST_CASE(a_command_gets_its_options_and_arguments) {
    BOOST_TEST(run({"greet", "Ann"}) == exit_ok);
    BOOST_TEST(out.str() == "hello Ann\n");
    BOOST_TEST(run({"greet", "--loud", "Ann"}) == exit_ok);
    BOOST_TEST(out.str() == "HELLO Ann\n");
    BOOST_TEST(run({"greet", "--", "--loud"}) == exit_ok);
    BOOST_TEST(out.str() == "hello --loud\n");
    BOOST_TEST(run({"key", "create"}) == exit_differences);
}

BOOST_AUTO_TEST_CASE(a_wrong_command_line_is_explained_and_nothing_runs) {
    struct Case {
        std::vector<std::string> words;
        char const* explained;
    };
    for (auto const& c :
         {Case{{"greet"}, "an argument is missing"}, Case{{"greet", "a", "b"}, "'b' is one argument too many"},
          Case{{"greet", "--lod", "a"}, "Did you mean '--loud'?"}, Case{{"greet", "--lou", "a"}, "there is no option '--lou'"},
          Case{{"greet", "--times", "x", "a"}, "'x'"}, Case{{"greet", "--times"}, "--times"}, Case{{"geret", "a"}, "Did you mean 'greet'?"},
          Case{{"zzz"}, "there is no command 'zzz'."}, Case{{"key"}, "There are:\n  partnerd key create\n  partnerd key list"},
          Case{{"key", "crate"}, "Did you mean 'key create'?"}, Case{{"help", "gret"}, "Did you mean 'greet'?"},
          Case{{"--loud"}, "there is no command '--loud'"}, Case{{""}, "there is no command ''"},
          Case{{"contradict"}, "--a and --b exclude each other\nUsage: partnerd contradict\n"}, Case{{}, "Usage: partnerd COMMAND"}}) {
        BOOST_TEST_CONTEXT(c.explained) {
            BOOST_TEST(run(c.words) == exit_usage);
            BOOST_TEST(out.str().empty());
            BOOST_TEST(err.str().find(c.explained) != std::string::npos, err.str());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_failure_is_one_line_without_secrets) {
    BOOST_TEST(run({"refuse"}) == exit_failed);
    BOOST_TEST(err.str() == "partnerd refuse: handle_taken: choose another\n");
    BOOST_TEST(run({"key", "list"}) == exit_failed);
    BOOST_TEST(err.str() == "partnerd key list: postgresql://u:***@db refused\n");
}

BOOST_AUTO_TEST_CASE(help_is_a_manual_in_each_way_of_asking) {
    for (auto const& words :
         {std::vector<std::string>{"help", "greet"}, {"greet", "--help"}, {"greet", "-h"}, {"greet", "--help", "too", "many"}}) {
        BOOST_TEST(run(words) == exit_ok);
        for (auto const* section :
             {"NAME\n    partnerd greet - greet somebody\n", "\nSYNOPSIS\n    partnerd greet", "\nDESCRIPTION\n    Greets.\n",
              "\nOPTIONS\n  --loud", "--help", "\nEXIT STATUS\n    0   done", "\nEXAMPLES\n    $ partnerd greet Ann\n"})
            BOOST_TEST(out.str().find(section) != std::string::npos, out.str());
        BOOST_TEST(err.str().empty());
    }
    BOOST_TEST(run({"help"}) == exit_ok);
    BOOST_TEST(out.str().find("  key create       make a key\n") != std::string::npos, out.str());
    BOOST_TEST(run({"key", "list", "--help"}) == exit_ok);
    BOOST_TEST(out.str().find("    3   differences were found\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_command_of_the_program_has_a_whole_manual) {
    for (auto const* command : commands()) {
        BOOST_TEST_CONTEXT(command->name) {
            BOOST_TEST(command->run != nullptr);
            BOOST_TEST(command->synopsis.starts_with("partnerd " + std::string(command->name)));
            BOOST_TEST(!command->summary.empty());
            BOOST_TEST(!command->summary.ends_with('.'));
            BOOST_TEST(!command->description.empty());
            BOOST_TEST(command->examples.starts_with("$ "));
            BOOST_TEST(command->examples.find("partnerd " + std::string(command->name)) != std::string_view::npos);
            std::vector<std::string> words = {"help"};
            std::istringstream name{std::string(command->name)};
            for (std::string word; name >> word;) words.push_back(word);
            BOOST_TEST(dispatch(commands(), words, out, err) == exit_ok);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_version_is_shown) {
    BOOST_TEST(run({"--version"}) == exit_ok);
    BOOST_TEST(out.str().starts_with("partnerd "));
    BOOST_TEST(run({"--version", "--json"}) == exit_ok);
    BOOST_TEST(out.str().starts_with("{\"name\":\"partnerd\",\"version\":\""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::cli
