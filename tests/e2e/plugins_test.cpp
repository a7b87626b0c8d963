// Plugins that are none or fail: the server names plugin, file and code, and does not start, or starts without them where they are
// optional.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "e2e/shopfront.hpp"

using namespace partnerd::e2e;

namespace {

std::string fixture(std::string const& name) { return std::string(PARTNERD_BINARY_DIR "/tests/fixtures/fixture_") + name + ".so"; }

struct Row {
    std::string name;  // of the fixture
    std::string code;
    std::string id = "faulty";
};
std::vector<Row> const rows = {
    {"text_file", "not_a_plugin"},     {"no_entry", "not_a_plugin"},
    {"entry_null", "not_a_plugin"},    {"short_descriptor", "not_a_plugin"},
    {"bad_id", "not_a_plugin"},        {"no_create", "not_a_plugin"},
    {"other_major", "wrong_abi"},      {"missing_service", "missing_service"},
    {"create_fails", "plugin_failed"}, {"create_garbage", "plugin_failed"},
    {"start_fails", "plugin_failed"},  {"throws", "plugin_failed", "throws"},
};

bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_plugin_that_fails_stops_the_boot_and_is_named_with_its_file_and_code) {
    for (auto const& row : rows) BOOST_TEST_CONTEXT(row.name) {
            Installation const installation({{"coupons", {}, false}, {row.id, fixture(row.name), false}});
            auto const served = installation.run({"serve"});
            BOOST_TEST_CONTEXT(served.err) {
                BOOST_TEST(served.exit_code() == 1);
                BOOST_TEST(has(served.err, row.code));
                BOOST_TEST(has(served.err, "plugin " + row.id + " ("));
                BOOST_TEST(has(served.err, fixture(row.name)));
                BOOST_TEST(!has(served.err, "\"ready\""));
            }
        }
}

BOOST_AUTO_TEST_CASE(an_optional_plugin_that_fails_is_left_out_and_nothing_of_it_remains) {
    for (auto const& row : rows) BOOST_TEST_CONTEXT(row.name) {
            Installation const installation({{"coupons", {}, false}, {row.id, fixture(row.name), true}});
            installation.done({"apply", demo("grocery.toml")});
            RunningServer server(installation);
            BOOST_TEST(has(server.log(), row.code), server.log());
            BOOST_TEST(has(server.log(), fixture(row.name)), server.log());
            Session session(server, create_key(installation));
            BOOST_TEST(session.get("/readyz").status == 200);
            auto const plugins = session.get("/v1/plugins");
            BOOST_TEST(plugins.status == 200);
            BOOST_TEST(!has(plugins.raw.body, "\"" + row.id + "\""), plugins.raw.body);
            BOOST_TEST(has(plugins.raw.body, "\"coupons\""), plugins.raw.body);
            BOOST_TEST(session.get("/v1/programs/grocery/faulty/half-done").status == 404);
            BOOST_TEST(session.get("/v1/programs/grocery/coupons/codes").status == 200);
            BOOST_TEST(server.stop().exit_code == 0);
        }
}

BOOST_AUTO_TEST_CASE(a_plugin_file_that_is_missing_stops_the_boot) {
    Installation const installation({{"faulty", "/nowhere/faulty.so", false}});
    auto const served = installation.run({"serve"});
    BOOST_TEST(served.exit_code() == 1);
    BOOST_TEST(has(served.err, "/nowhere/faulty.so"), served.err);
    BOOST_TEST(has(served.err, "faulty"), served.err);

    Installation const without({{"faulty", "/nowhere/faulty.so", true}});
    RunningServer server(without);
    BOOST_TEST(has(server.log(), "/nowhere/faulty.so"), server.log());
    BOOST_TEST(server.stop().exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_plugin_under_another_id_than_its_own_is_refused) {
    Installation const installation({{"referrals", PARTNERD_BINARY_DIR "/lib/partnerd/plugins/coupons.so", false}});
    auto const served = installation.run({"serve"});
    BOOST_TEST(served.exit_code() == 1, served.err);
    BOOST_TEST(has(served.err, "coupons"), served.err);
    BOOST_TEST(has(served.err, "referrals"), served.err);
}

BOOST_AUTO_TEST_CASE(a_program_with_a_plugin_that_is_not_loaded_keeps_its_history) {
    Shopfront shop;
    shop.make_link("acme", "spring");
    auto const click_id = shop.click("spring");
    BOOST_REQUIRE_EQUAL(shop.office()
                            .post("/v1/programs/retail/conversions",
                                  boost::json::object{{"external_id", "o1"}, {"click_id", click_id}, {"amount", money("10.00", "GBP")}})
                            .status,
                        201);
    BOOST_TEST(shop.server().stop().exit_code == 0);
    auto text = read_text(shop.installation().config());
    auto const place = text.find("[[plugin]]\nid = \"referrals\"");
    BOOST_REQUIRE(place != std::string::npos);
    write_text(shop.installation().config(), text.substr(0, place));
    RunningServer server(shop.installation());
    Session session(server, create_key(shop.installation()));
    BOOST_TEST(session.get("/r/spring").status == 404);
    BOOST_TEST(session.get("/v1/programs/retail/conversions").body.at("data").as_array().size() == 1u);
    BOOST_TEST(session
                   .post("/v1/programs/retail/adjustments",
                         boost::json::object{
                             {"external_id", "o1"}, {"adjustment_id", "a1"}, {"type", "refund"}, {"amount", money("10.00", "GBP")}})
                   .status == 201);
    // What only the plugin can prove is not proved, and said so.
    auto const verified = shop.installation().run({"verify"});
    BOOST_TEST(verified.exit_code() == 3);
    BOOST_TEST(has(verified.out, "1 wrong"), verified.out);
    BOOST_TEST(has(verified.out, "the program retail uses the plugin referrals"), verified.out);
}
