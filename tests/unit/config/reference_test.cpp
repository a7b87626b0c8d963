// etc/partnerd.toml is documentation that must stay true.
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <string>

#include "config/load.hpp"
#include "config/option.hpp"
#include "config/print.hpp"
#include "unit/config/files.hpp"

namespace partnerd::config {

namespace {
std::string const reference = std::string(PARTNERD_SOURCE_DIR) + "/etc/partnerd.toml";

// "#key = value": a default that a '#' hides. Prose has a space behind its '#'.
bool is_commented_default(std::string const& line) {
    auto const key_end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", 1);
    return line.starts_with('#') && key_end != std::string::npos && key_end > 1 && line.substr(key_end).starts_with(" = ");
}

// The file with its defaults made keys.
std::string with_defaults() {
    std::ifstream in(reference);
    std::string out;
    for (std::string line; std::getline(in, line);) out += (is_commented_default(line) ? line.substr(1) : line) + '\n';
    return out;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(reference_file)

BOOST_AUTO_TEST_CASE(it_is_valid_and_changes_nothing) {
    auto const loaded = load({reference, {}, {}});
    BOOST_TEST(loaded.problems.empty(), list(loaded.problems));
    BOOST_TEST(print_toml(loaded.config) == print_toml(Config{}));
}

BOOST_AUTO_TEST_CASE(its_commented_defaults_are_those_of_the_code_and_none_is_missing) {
    test::TemporaryFolder folder;
    auto const text = with_defaults();
    auto const loaded = load({folder.write("p.toml", text), {}, {}});
    BOOST_TEST(loaded.problems.empty(), list(loaded.problems));
    BOOST_TEST(print_toml(loaded.config) == print_toml(Config{}));
    for (auto const& option : options()) {
        auto const line = '\n' + std::string(option.key.substr(option.key.rfind('.') + 1)) + " = " + toml_value(option, Config{}) + '\n';
        BOOST_TEST(text.find(line) != std::string::npos, "etc/partnerd.toml does not show the default of " << option.key << ":" << line);
    }
}

BOOST_AUTO_TEST_CASE(the_demo_is_valid) {
    auto const loaded = load({std::string(PARTNERD_SOURCE_DIR) + "/etc/demo.toml", {}, {}});
    BOOST_TEST(loaded.problems.empty(), list(loaded.problems));
    BOOST_TEST(loaded.config.storage.url == std::string("sqlite://") + PARTNERD_SOURCE_DIR + "/data/demo/partnerd.db");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::config
