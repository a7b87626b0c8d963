// What a plugin's handlers may do with storage and HTTP, through the loaded probe (tests/plugins/fixtures/probe.cpp).
#include <boost/test/unit_test.hpp>

#include "house.hpp"

namespace partnerd::plugins {
namespace {

std::string const base = "/v1/programs/1/probe";

}  // namespace

BOOST_AUTO_TEST_SUITE(routes)

BOOST_AUTO_TEST_CASE(a_write_route_commits_and_a_read_route_sees_it) {
    ProbeHouse house;
    auto const made = house.call("POST", base + "/rows?id=10", "ten");
    BOOST_TEST(made->response.status == 201);
    BOOST_TEST(made->header("x-changed") == "1");
    BOOST_TEST(std::ranges::count_if(made->response.headers, [](auto const& h) { return h.name == "set-cookie"; }) == 2);
    BOOST_TEST(house.call("POST", base + "/rows?id=10", "again")->response.status == 200);
    BOOST_TEST(house.text("GET", base + "/rows") == "200 1=started;10=ten;");
    BOOST_TEST(house.call("GET", base + "/rows")->response.content_type == "text/plain");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_answered_and_what_was_written_stays) {
    for (std::string const how : {"throw", "return"}) {
        ProbeHouse house;
        auto const refused = house.call("POST", base + "/refuse", "31", {{"x-how", how}});
        BOOST_TEST(refused->response.status == 409);
        BOOST_TEST(refused->response.body.find("already_redeemed") != std::string::npos);
        BOOST_TEST(refused->response.body.find("/code") != std::string::npos);
        BOOST_TEST(house.rows("id = 31") == "31=refused;");
    }
}

BOOST_AUTO_TEST_CASE(a_roll_back_is_answered_and_nothing_stays) {
    ProbeHouse house;
    auto const refused = house.call("POST", base + "/roll-back");
    BOOST_TEST(refused->response.status == 422);
    BOOST_TEST(refused->response.body.find("out_of_stock") != std::string::npos);
    BOOST_TEST(house.rows("id = 3001") == "");
}

BOOST_AUTO_TEST_CASE(what_a_handler_throws_stays_in_the_plugin_and_rolls_back) {
    ProbeHouse house;
    for (std::string const what : {"runtime_error", "int"}) {
        auto const thrown = house.call("POST", base + "/throw", what);
        BOOST_TEST(thrown->response.status == 500);
        BOOST_TEST(thrown->response.body.find("plugin_failed") != std::string::npos);
    }
    BOOST_TEST(house.rows("id = 2001") == "");
}

BOOST_AUTO_TEST_CASE(after_a_failed_statement_the_unit_is_doomed_even_if_the_handler_says_ok) {
    ProbeHouse house;
    BOOST_TEST(house.call("POST", base + "/doomed")->response.status >= 500);
    BOOST_TEST(house.rows("id > 1000") == "");
}

BOOST_AUTO_TEST_CASE(a_plugin_touches_only_its_own_tables) {
    ProbeHouse house;
    char const* const refused[] = {"insert into probes (a) values (1)",
                                   "update conversion set amount_minor = 0",
                                   "delete from ledger_entry",
                                   "select handle from partner",
                                   "begin",
                                   "commit",
                                   "savepoint a",
                                   "pragma user_version",
                                   "drop table probe_row",
                                   "select 1; select 2",
                                   ""};
    for (auto const* const sql : refused) {
        BOOST_TEST_CONTEXT(sql) { BOOST_TEST(house.call("POST", base + "/sql", sql)->response.status == 500); }
    }
    BOOST_TEST(house.call("POST", base + "/sql", "delete from probe_row where id = 1")->response.status == 200);
    BOOST_TEST(house.rows() == "");
}

BOOST_AUTO_TEST_CASE(a_snapshot_takes_no_writes) {
    ProbeHouse house;
    BOOST_TEST(house.call("PUT", base + "/rows")->response.status == 500);
    BOOST_TEST(house.rows("id = 9") == "");
}

BOOST_AUTO_TEST_CASE(one_unit_may_run_many_statements_and_sums_keep_64_bits) {
    ProbeHouse house;
    BOOST_TEST(house.text("POST", base + "/many") == "200 124750000873250");
}

BOOST_AUTO_TEST_CASE(handles_that_outlive_their_handler_are_found_out) {
    ProbeHouse house;
    house.call("POST", base + "/keep-tx");
    // E_STATE for the dead transaction and answer, an empty body, E_STATE on another thread.
    BOOST_TEST(house.text("POST", base + "/use-kept-tx") == "200 -8 -8 0 -8");
    BOOST_TEST(house.rows("id > 4000") == "");
}

BOOST_AUTO_TEST_CASE(a_worker_route_opens_units_of_its_own) {
    ProbeHouse house;
    BOOST_TEST(house.text("POST", base + "/transact", "work") == "200 work thought better of it");
    BOOST_TEST(house.rows("id > 6000") == "6001=work;");
}

BOOST_AUTO_TEST_CASE(a_unit_inside_a_unit_is_refused) {
    ProbeHouse house;
    BOOST_TEST(house.text("POST", base + "/transact-inside") == "200 -7");
}

BOOST_AUTO_TEST_CASE(values_keep_their_types) {
    ProbeHouse house;
    BOOST_TEST(house.text("POST", base + "/types") == "200 7001 null true 2.5 refuses NULL");
}

BOOST_AUTO_TEST_CASE(a_handler_sees_its_request) {
    ProbeHouse house;
    auto const answer = house.text("GET", base + "/request?a=1&a=2", "", {{"cookie", "c=yes"}});
    BOOST_TEST(answer == "200 GET " + base + "/request?a=1&a=2 203.0.113.9 req-1 1 0/0/ yes 2 -");
}

BOOST_AUTO_TEST_CASE(an_answer_that_http_does_not_allow_is_refused) {
    ProbeHouse house;
    BOOST_TEST(house.text("GET", base + "/bad-answers") == "200 10");
}

BOOST_AUTO_TEST_CASE(after_create_nothing_more_is_registered) {
    ProbeHouse house;
    BOOST_TEST(house.text("POST", base + "/late") == "200 -7");
    BOOST_TEST(house.call("GET", base + "/too-late")->response.status == 404);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::plugins
