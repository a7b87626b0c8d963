#include "plugins/inspect.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include "house.hpp"

namespace partnerd::plugins {

BOOST_AUTO_TEST_SUITE(inspect)

BOOST_AUTO_TEST_CASE(a_plugin_is_described_without_being_created) {
    auto const plugin = inspect_file(fixture("probe"));
    BOOST_REQUIRE(plugin.descriptor);
    BOOST_TEST(plugin.loadable.has_value());
    BOOST_TEST(plugin.descriptor->id == "probe");
    BOOST_TEST(plugin.descriptor->needs.size() == 12U);
    for (auto const& need : plugin.descriptor->needs) BOOST_TEST(need.host_size >= need.min_size);
    BOOST_TEST(plugin.descriptor->migrations.size() == 1U);
    BOOST_TEST(plugin.paths == (std::vector<std::string>{"GET /rows", "POST /rows"}), boost::test_tools::per_element());
    auto const json = boost::json::parse(info_json(plugin));
    BOOST_TEST((json.at("id") == "probe"));
    BOOST_TEST((json.at("abi") == "1.0"));
    BOOST_TEST((json.at("loadable") == true));
    BOOST_TEST((json.at("config_schema").at("type") == "object"));
    BOOST_TEST(info_text(plugin).find("needs     partnerd.storage/1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(create_is_not_run_and_what_would_stop_the_boot_is_told) {
    BOOST_TEST(inspect_file(fixture("create_fails")).loadable.has_value());
    struct {
        char const* file;
        char const* code;
    } const cases[] = {
        {"text_file", "not_a_plugin"}, {"no_entry", "not_a_plugin"}, {"other_major", "wrong_abi"}, {"missing_service", "missing_service"}};
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.file) {
            auto const plugin = inspect_file(fixture(c.file));
            BOOST_REQUIRE(!plugin.loadable);
            auto const json = boost::json::parse(info_json(plugin));
            BOOST_TEST((json.at("code") == c.code));
            BOOST_TEST((json.at("loadable") == false));
            BOOST_TEST(info_text(plugin).find("cannot be loaded: plugin ") != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_folder_is_listed_by_name) {
    auto const folder = std::filesystem::path(fixture("probe")).parent_path().string();
    auto const all = inspect_folder(folder);
    BOOST_REQUIRE(all);
    BOOST_TEST(all->size() >= 20U);
    BOOST_TEST(std::ranges::is_sorted(*all, {}, &Inspected::path));
    BOOST_TEST(boost::json::parse(list_json(*all)).at("plugins").as_array().size() == all->size());
    auto const text = list_text(*all);
    BOOST_TEST(text.find("probe") != std::string::npos);
    BOOST_TEST(text.find("cannot be loaded: ") != std::string::npos);
    BOOST_TEST(code_name(inspect_folder(folder + "/none").error().code) == "not_found");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::plugins
