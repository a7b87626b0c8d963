#include "unit/routing/dispatcher_fixture.hpp"

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(dispatcher)

BOOST_AUTO_TEST_CASE(each_kind_of_key_reaches_what_is_its_own) {
    Running server;
    struct Case {
        char const* path;
        std::string key, outcome;
    };
    auto const bad = server.operator_key.substr(0, server.operator_key.size() - 1) + (server.operator_key.back() == '0' ? "1" : "0");
    for (auto const& c : std::vector<Case>{{"/operator", "", "401 missing_key"},
                                           {"/operator", bad, "401 invalid_key"},
                                           {"/operator", "pd_op_live_", "401 invalid_key"},
                                           {"/operator", "' or 1=1 --", "401 invalid_key"},
                                           {"/operator", server.operator_key + "0", "401 invalid_key"},
                                           {"/operator", server.merchant_key, "403 forbidden"},
                                           {"/operator", server.partner_key, "403 forbidden"},
                                           {"/operator", server.test_key, "403 forbidden"},
                                           {"/merchant", "", "401 missing_key"},
                                           {"/merchant", server.operator_key, "403 forbidden"},
                                           {"/merchant", server.partner_key, "403 forbidden"},
                                           {"/partner", server.operator_key, "403 forbidden"},
                                           {"/partner", server.merchant_key, "403 forbidden"},
                                           {"/any", "", "401 missing_key"},
                                           {"/any", bad, "401 invalid_key"},
                                           {"/optional", bad, "401 invalid_key"},
                                           {"/optional", server.merchant_key, "403 forbidden"},
                                           {"/v1/programs/club/all", server.merchant_key, "404 unknown_program"},
                                           {"/v1/programs/none/all", server.merchant_key, "404 unknown_program"},
                                           {"/v1/programs/none/all", server.operator_key, "404 unknown_program"},
                                           {"/operator", server.operator_key, "200"},
                                           {"/operator", server.reading_key, "200"},
                                           {"/merchant", server.merchant_key, "200"},
                                           {"/partner", server.partner_key, "200"},
                                           {"/partner", server.test_key, "200"},
                                           {"/any", server.merchant_key, "200"},
                                           {"/optional", "", "200"},
                                           {"/optional", server.partner_key, "200"},
                                           {"/public", "", "200"},
                                           {"/public", bad, "200"},
                                           {"/v1/programs/shop/all", server.merchant_key, "200"},
                                           {"/v1/programs/club/all", server.operator_key, "200"}}) {
        BOOST_TEST_CONTEXT(c.path << " " << c.key.substr(0, 10) << " " << c.outcome) {
            auto const answer = server.ask("GET", c.path, {.key = c.key});
            BOOST_TEST(outcome(*answer) == c.outcome);
            bool const challenged = !answer->header("www-authenticate").empty();
            BOOST_TEST(challenged == (answer->response.status == 401));
            BOOST_TEST(answer->finished() == 1);
        }
    }
    BOOST_TEST(outcome(*server.ask("GET", "/operator", {.headers = {{"authorization", "Basic " + server.operator_key}}})) ==
               "401 invalid_key");
    BOOST_TEST(outcome(*server.ask("GET", "/operator", {.headers = {{"authorization", server.operator_key}}})) == "401 invalid_key");
    BOOST_TEST(outcome(*server.ask("GET", "/operator", {.headers = {{"authorization", "bearer " + server.operator_key}}})) == "200");
    BOOST_TEST(outcome(*server.ask("POST", "/insert", {.key = server.reading_key, .body = "x"})) == "403 forbidden");
    BOOST_TEST(server.things() == 0);
}

BOOST_AUTO_TEST_CASE(a_route_learns_who_asks_and_for_which_program) {
    Running server;
    BOOST_TEST(server.ask("GET", "/any", {.key = server.operator_key})->response.body == "1 0 0");
    BOOST_TEST(server.ask("GET", "/v1/programs/shop/all", {.key = server.merchant_key})->response.body == "2 11 11");
    BOOST_TEST(server.ask("GET", "/partner", {.key = server.test_key})->response.body == "3 77 0 test");
    BOOST_TEST(server.ask("GET", "/v1/programs/" + format_id("prg", 12) + "/public")->response.body == "0 0 12");
    BOOST_TEST(server.ask("GET", "/v1/programs/%73hop/public")->response.body == "0 0 11");
}

BOOST_AUTO_TEST_CASE(a_revoked_or_expired_key_no_longer_opens) {
    Running server;
    Id id = 0;
    std::string expiring;
    server.made.storage->write([&](storage::Tx& tx) {
        id = auth::list_keys(tx, auth::KeyKind::merchant).at(0).holder.key;
        auth::revoke_key(tx, *server.made.keys, id, server.made.clock.now_us()).value();
        expiring =
            auth::create_key(tx, *server.made.keys, server.made.mint,
                             {auth::KeyKind::operator_, 0, false, "", "", server.made.clock.now_us() + 1000}, server.made.clock.now_us())
                .value()
                .secret;
        return true;
    });
    BOOST_TEST(outcome(*server.ask("GET", "/merchant", {.key = server.merchant_key})) == "401 invalid_key");
    BOOST_TEST(outcome(*server.ask("GET", "/operator", {.key = expiring})) == "200");
    server.made.clock.advance(1000);
    BOOST_TEST(outcome(*server.ask("GET", "/operator", {.key = expiring})) == "401 invalid_key");
}

BOOST_AUTO_TEST_CASE(methods_and_paths_that_are_not_there) {
    Running server;
    BOOST_TEST(outcome(*server.ask("GET", "/nothing")) == "404 not_found");
    BOOST_TEST(outcome(*server.ask("GET", "/cached/%00")) == "400 malformed_request");
    auto const refused = server.ask("DELETE", "/operator");
    BOOST_TEST(outcome(*refused) == "405 method_not_allowed");
    BOOST_TEST(refused->header("allow") == "GET, HEAD, OPTIONS");
    auto const options = server.ask("OPTIONS", "/insert");
    BOOST_TEST(options->response.status == 204);
    BOOST_TEST(options->header("allow") == "OPTIONS, POST");
    BOOST_TEST(outcome(*server.ask("OPTIONS", "/nothing")) == "404 not_found");
    BOOST_TEST(outcome(*server.ask("HEAD", "/public")) == "200");
    BOOST_TEST(outcome(*server.ask("GET", "/public?a=%zz")) == "400 invalid_query");
    BOOST_TEST(server.dispatcher->body_limit("POST", "/insert") == 64u * 1024);
    BOOST_TEST(server.dispatcher->body_limit("POST", "/nothing") == 0u);
}

BOOST_AUTO_TEST_CASE(a_plugins_route_exists_only_where_the_plugin_is_enabled) {
    Running server;
    BOOST_TEST(outcome(*server.ask("GET", "/v1/programs/shop/coupons/x")) == "200");
    BOOST_TEST(outcome(*server.ask("GET", "/v1/programs/club/coupons/x")) == "404 not_found");
    BOOST_TEST(outcome(*server.ask("GET", "/v1/programs/none/coupons/x")) == "404 unknown_program");
}

BOOST_AUTO_TEST_CASE(a_body_of_another_type_is_refused) {
    Running server;
    for (auto const* type : {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"}) {
        BOOST_TEST_CONTEXT(type) {
            auto const answer = server.ask("POST", "/insert", {.key = server.operator_key, .body = "a=1", .type = type});
            BOOST_TEST(outcome(*answer) == "415 unsupported_media_type");
        }
    }
    BOOST_TEST(outcome(*server.ask("POST", "/insert",
                                   {.key = server.operator_key, .body = "x", .type = "Application/JSON; charset=utf-8"})) == "201");
    BOOST_TEST(server.ask("POST", "/form?a=1", {.body = "a=%C3%A9&b=2", .type = "application/x-www-form-urlencoded"})->response.body ==
               "1,é");
    BOOST_TEST(server.ask("POST", "/form?a=1", {.body = "{}"})->response.body == "1,none");
    BOOST_TEST(outcome(*server.ask("POST", "/form", {.body = "a=%ff", .type = "application/x-www-form-urlencoded"})) ==
               "400 invalid_query");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
