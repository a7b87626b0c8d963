#include "config/print.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include "config/load.hpp"
#include "unit/config/files.hpp"

namespace partnerd::config {

BOOST_AUTO_TEST_SUITE(printing)

BOOST_AUTO_TEST_CASE(what_is_printed_is_read_back_the_same) {
    test::TemporaryFolder folder;
    auto const first = load({folder.write("a.toml",
                                          "[server]\ntrusted_proxies = [\"::1\", \"10.0.0.0/8\"]\nthreads = 3\n[log]\nlevel = \"warn\"\n"
                                          "[[plugin]]\nid = \"coupons\"\noptional = true\n[plugin.config]\n"
                                          "\"odd key\" = \"a\\\"\\\\\\n\\u00e9\"\nlist = [1, [2.5, true], {x = 1}]\n"),
                             {},
                             {}});
    BOOST_TEST_REQUIRE(first.problems.empty(), list(first.problems));
    auto const second = load({folder.write("b.toml", print_toml(first.config)), {}, {}});
    BOOST_TEST_REQUIRE(second.problems.empty(), list(second.problems));
    BOOST_TEST(print_toml(second.config) == print_toml(first.config));
    BOOST_TEST(print_json(second.config) == print_json(first.config));
    BOOST_TEST(second.config.plugin[0].config == first.config.plugin[0].config);
    BOOST_TEST(second.config.server.threads == 3);
}

BOOST_AUTO_TEST_CASE(no_secret_is_printed) {
    Config config;
    config.storage.url = "postgresql://shop:hushhush@db/partnerd?password=hushhush";
    config.plugin.push_back({.id = "mail",
                             .file = "/m.so",
                             .config = R"({"smtp_password":"hushhush","keys":[{"api_key":"hushhush"}],)"
                                       R"("relay":"smtp://u:hushhush@mx","note":"pd_operator_live_hushhush"})"});
    for (auto const& text : {print_toml(config), print_json(config)}) {
        BOOST_TEST(text.find("hushhush") == std::string::npos, text);
        BOOST_TEST(text.find("postgresql://shop:***@db/partnerd") != std::string::npos, text);
        BOOST_TEST(text.find("smtp://u:***@mx") != std::string::npos, text);
    }
}

BOOST_AUTO_TEST_CASE(json_has_the_sections_as_objects) {
    auto const value = boost::json::parse(print_json(Config{}));
    BOOST_TEST(value.at("server").at("limits").at("body_bytes").as_int64() == 1048576);
    BOOST_TEST(value.at("log").at("level").as_string() == "info");
    BOOST_TEST(value.at("server").at("trusted_proxies").as_array().empty());
    BOOST_TEST(value.at("plugin").as_array().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::config
