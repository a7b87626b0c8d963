#include "plugins/loader.hpp"

#include <boost/test/unit_test.hpp>

#include "house.hpp"

namespace partnerd::plugins {
namespace {

struct Fault {
    char const* file;
    errc code;
    char const* says;
};
Fault const faults[] = {
    {"does_not_exist", errc::not_a_plugin, "there is no such file"},
    {"text_file", errc::not_a_plugin, "fixture_text_file.so"},
    {"no_entry", errc::not_a_plugin, "does not export partnerd_plugin_v1"},
    {"entry_null", errc::not_a_plugin, "refuses to run on this server"},
    {"other_major", errc::wrong_abi, "built for ABI 2, this server has ABI 1"},
    {"short_descriptor", errc::not_a_plugin, "its descriptor has "},
    {"bad_id", errc::not_a_plugin, "\"Faulty-Plugin\" is not [a-z][a-z0-9_]{1,30}"},
    {"no_create", errc::not_a_plugin, "no create"},
    {"no_stride", errc::not_a_plugin, "no stride"},
    {"bad_schema", errc::plugin_failed, "config_schema: the schema is not JSON"},
    {"missing_service", errc::missing_service, "needs partnerd.mail/1 >= 24 bytes, host has none"},
    {"service_too_small", errc::missing_service, "needs partnerd.log/1 >= 4096 bytes, host has 24"},
    {"foreign_table", errc::plugin_failed, "ledger_entry_copy"},
    {"create_fails", errc::plugin_failed, "create() failed: the licence file is missing"},
    {"create_garbage", errc::plugin_failed, "create() failed"},
    {"start_fails", errc::plugin_failed, "start() failed: plugin faulty: the port is taken"},
    {"route_twice", errc::plugin_failed, "GET /v1/programs/{program}/faulty/codes/{name} is a route of plugin faulty"},
    {"route_of_core", errc::plugin_failed, "is a route of the core"},
    {"throws", errc::plugin_failed, "create() failed: the constructor threw"},
    {"throws_int", errc::plugin_failed, "create() failed: an exception of unknown type"},
};

PluginOrder order(std::string const& name, bool optional = false) { return {"", fixture(name), optional, true, "{}"}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(loader)

BOOST_AUTO_TEST_CASE(a_plugin_that_fails_is_named_with_its_path_and_the_reason_and_stops_the_boot) {
    for (auto const& fault : faults) {
        BOOST_TEST_CONTEXT(fault.file) {
            House house;
            auto const status = house.loader.load({order(fault.file)});
            BOOST_REQUIRE(!status);
            BOOST_TEST(code_name(status.error().code) == code_name(fault.code));
            BOOST_TEST(status.error().detail.find(fault.says) != std::string::npos, status.error().detail);
            BOOST_TEST(status.error().detail.find(fixture(fault.file)) != std::string::npos, status.error().detail);
            BOOST_TEST(house.services.routes.empty());
            BOOST_TEST(house.loader.loaded().empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(an_optional_plugin_that_fails_is_left_out_and_the_others_run) {
    for (auto const& fault : faults) {
        BOOST_TEST_CONTEXT(fault.file) {
            House house;
            auto const status = house.loader.load({order("hello_c"), order(fault.file, true), order("hello_cpp")});
            BOOST_REQUIRE_MESSAGE(status.has_value(), (status ? std::string() : status.error().message()));
            BOOST_REQUIRE_EQUAL(house.loader.loaded().size(), 2U);
            BOOST_TEST(house.loader.loaded()[0].descriptor.id == "hello_c");
            BOOST_TEST(house.loader.loaded()[1].descriptor.id == "hello");
            BOOST_REQUIRE_EQUAL(house.loader.left_out().size(), 1U);
            BOOST_TEST(house.loader.left_out()[0].error.detail.find(fault.says) != std::string::npos);
            for (auto const& route : house.services.routes) BOOST_TEST(route.plugin != "faulty");
            BOOST_TEST(house.text("POST", "/v1/programs/1/hello_c/visits") == "200 {\"visits\":1}");
        }
    }
}

BOOST_AUTO_TEST_CASE(when_one_stops_the_boot_nothing_of_the_others_is_registered) {
    House house;
    BOOST_TEST(!house.loader.load({order("probe"), order("start_fails")}));
    BOOST_TEST(house.services.routes.empty());
    BOOST_TEST(house.services.rules.empty());
    BOOST_TEST(house.services.jobs.empty());
    BOOST_TEST(house.loader.loaded().empty());
}

BOOST_AUTO_TEST_CASE(a_registration_that_the_host_refuses_takes_back_what_went_before) {
    House house;
    house.services.refuse_jobs = true;
    auto const status = house.loader.load({order("probe", true), order("hello_cpp")});
    BOOST_REQUIRE(status);
    BOOST_TEST(house.loader.left_out().size() == 1U);
    BOOST_TEST(house.services.forgotten == std::vector<std::string>{"probe"}, boost::test_tools::per_element());
    for (auto const& route : house.services.routes) BOOST_TEST(route.plugin == "hello");
}

BOOST_AUTO_TEST_CASE(two_plugins_with_one_id_do_not_load) {
    House house;
    auto const status = house.loader.load({order("hello_c"), order("hello_cpp"), order("none"), order("missing_service")});
    BOOST_REQUIRE(!status);
    BOOST_TEST(status.error().detail.find("the id faulty is that of " + fixture("none")) != std::string::npos, status.error().detail);
}

BOOST_AUTO_TEST_CASE(the_configuration_must_name_the_plugin_by_its_own_id) {
    House house;
    auto const status = house.loader.load({{"coupons", fixture("hello_c"), false, false, "{}"}});
    BOOST_REQUIRE(!status);
    BOOST_TEST(status.error().detail.find("the configuration calls it coupons, its own id is hello_c") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_configuration_that_its_schema_refuses_does_not_load) {
    struct {
        char const* config;
        char const* field;
    } const cases[] = {{R"({"greeting":5})", "plugin.config/greeting"},
                       {R"({"count":0})", "plugin.config/count"},
                       {R"({"unknown":1})", "plugin.config"},
                       {R"([])", "plugin.config"},
                       {R"({"a":)", "plugin.config"}};
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.config) {
            House house;
            auto const status = house.loader.load({{"probe", fixture("probe"), false, true, c.config}});
            BOOST_REQUIRE(!status);
            BOOST_TEST(code_name(status.error().code) == "invalid_config");
            BOOST_TEST(status.error().field == c.field);
        }
    }
    House house;  // one without a schema takes nothing
    BOOST_TEST(!house.loader.load({{"hello", fixture("hello_cpp"), false, false, R"({"a":1})"}}));
}

BOOST_AUTO_TEST_CASE(a_root_route_needs_the_operators_word) {
    House house;
    auto const status = house.loader.load({{"probe", fixture("probe"), false, false, "{}"}});
    BOOST_REQUIRE(!status);
    BOOST_TEST(status.error().detail.find("the root route /name/{id} needs root_routes = true") != std::string::npos,
               status.error().detail);
}

BOOST_AUTO_TEST_CASE(a_plugin_of_each_compiler_serves) {
    for (std::string const name : {"hello_c", "hello_clang"}) {
        if (!std::filesystem::exists(fixture(name)) && name == "hello_clang") continue;
        BOOST_TEST_CONTEXT(name) {
            House house;
            auto const status = house.loader.load({order(name)});
            BOOST_REQUIRE(status);
            BOOST_TEST(house.text("POST", "/v1/programs/1/hello_c/visits") == "200 {\"visits\":1}");
            BOOST_TEST(house.text("POST", "/v1/programs/1/hello_c/visits") == "200 {\"visits\":2}");
        }
    }
    House house;
    BOOST_REQUIRE(house.loader.load({order("hello_cpp")}));
    BOOST_TEST(house.text("GET", "/v1/programs/1/hello") == "200 {\"hello\":\"world\"}");
    BOOST_TEST(house.text("PUT", "/v1/programs/1/hello/name?name=Ada") == "204 ");
    BOOST_TEST(house.text("GET", "/v1/programs/1/hello") == "200 {\"hello\":\"Ada\"}");
    BOOST_TEST(house.call("PUT", "/v1/programs/1/hello/name")->response.status == 422);
}

BOOST_AUTO_TEST_CASE(a_stopped_plugin_answers_no_more) {
    House house;
    BOOST_REQUIRE(house.loader.load({order("hello_cpp")}));
    auto const kept = house.services.routes;
    house.loader.stop();
    BOOST_TEST(house.services.routes.empty());
    house.services.routes = kept;
    BOOST_TEST(house.call("GET", "/v1/programs/1/hello")->response.status == 503);
    BOOST_TEST(house.loader.loaded().empty());
}

BOOST_AUTO_TEST_CASE(what_is_loaded_can_be_listed) {
    ProbeHouse house;
    auto const all = house.loader.loaded();
    BOOST_REQUIRE_EQUAL(all.size(), 1U);
    BOOST_TEST(all[0].rules == std::vector<std::string>{"probe.base_share@1"}, boost::test_tools::per_element());
    BOOST_TEST(all[0].jobs == std::vector<std::string>{"probe.sweep"}, boost::test_tools::per_element());
    BOOST_TEST((std::ranges::find(all[0].routes, "GET /name/{id}") != all[0].routes.end()));
    BOOST_TEST((std::ranges::find(all[0].routes, "GET /v1/programs/{program}/probe/rows") != all[0].routes.end()));
}

BOOST_AUTO_TEST_CASE(programs_and_persons_reach_the_plugin) {
    ProbeHouse house;
    house.storage->write([&](storage::Tx& tx) {
        auto const validate = [&](std::string_view json) { return house.loader.validate_program("probe", tx, 1, json); };
        BOOST_TEST(validate(R"({"word":"fine"})").has_value());
        auto const schema = validate(R"({"word":5})");
        BOOST_REQUIRE(!schema);
        BOOST_TEST(schema.error().field == "/word");
        auto const own = validate(R"({"word":"forbidden"})");
        BOOST_REQUIRE(!own);
        BOOST_TEST(own.error().name() == "invalid_field");
        BOOST_TEST(own.error().field == "/word");
        BOOST_TEST(code_name(house.loader.validate_program("nobody", tx, 1, "{}").error().code) == "unknown_plugin");
        BOOST_TEST(house.loader.on_program("probe", tx, 55, true).has_value());
        auto const exported = house.loader.export_person(tx, 9000, "a@b.example");
        BOOST_REQUIRE(exported);
        BOOST_REQUIRE_EQUAL(exported->size(), 1U);
        BOOST_TEST((*exported)[0].second.size() > 9000U);
        BOOST_TEST((*exported)[0].second.ends_with("x\"}"));
        BOOST_TEST(house.loader.erase_person(tx, 0, "started").has_value());
        return true;
    });
    BOOST_TEST(house.rows() == "55=on;");
}

BOOST_AUTO_TEST_CASE(a_plugin_says_when_it_is_not_well) {
    ProbeHouse house;
    BOOST_TEST(house.loader.trouble() == "");
    house.call("POST", "/v1/programs/1/probe/sicken");
    BOOST_TEST(house.loader.trouble() == "probe: it has a cold");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::plugins
