#include "config/difference.hpp"

#include <boost/test/unit_test.hpp>

#include "config/option.hpp"

namespace partnerd::config {

using Keys = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(difference)

BOOST_AUTO_TEST_CASE(a_configuration_differs_from_itself_in_nothing) {
    Config config;
    config.plugin = {{.id = "coupons", .line = 3}};
    auto other = config;
    other.file = "/elsewhere.toml";
    other.plugin[0].line = 9;
    BOOST_TEST(differing_keys(config, other) == Keys{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_key_is_named_when_it_has_another_value) {
    for (auto const& option : options()) {
        Config const before;
        auto after = before;
        auto const slot = option.slot(after);
        if (auto* const* text = std::get_if<std::string*>(&slot)) **text += "x";
        if (auto* const* number = std::get_if<std::int64_t*>(&slot)) ++**number;
        if (auto* const* texts = std::get_if<std::vector<std::string>*>(&slot)) (*texts)->push_back("x");
        if (auto* const* level = std::get_if<logging::Level*>(&slot)) **level = logging::Level::error;
        if (auto* const* format = std::get_if<logging::Format*>(&slot)) **format = before.log.format == logging::Format::json ? logging::Format::text : logging::Format::json;
        BOOST_TEST(differing_keys(before, after) == Keys{std::string(option.key)}, boost::test_tools::per_element());
        BOOST_TEST(differing_keys(after, before) == Keys{std::string(option.key)}, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(plugins_that_came_went_or_changed_are_named) {
    Plugin const coupons{.id = "coupons", .file = "/c.so"}, cpa{.id = "cpa", .file = "/d.so"};
    auto strict = coupons;
    strict.config = R"({"a":1})";
    struct Row {
        char const* what;
        std::vector<Plugin> before, after;
        Keys keys;
    };
    for (auto const& row : {Row{"came", {coupons}, {coupons, cpa}, {"plugin.cpa"}}, Row{"went", {coupons, cpa}, {cpa}, {"plugin.coupons"}},
                            Row{"is configured otherwise", {coupons, cpa}, {strict, cpa}, {"plugin.coupons"}},
                            Row{"all at once", {coupons}, {cpa}, {"plugin.coupons", "plugin.cpa"}}, Row{"changed places", {coupons, cpa}, {cpa, coupons}, {"plugin"}}})
        BOOST_TEST_CONTEXT(row.what) {
            Config before, after;
            before.plugin = row.before;
            after.plugin = row.after;
            BOOST_TEST(differing_keys(before, after) == row.keys, boost::test_tools::per_element());
        }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::config
