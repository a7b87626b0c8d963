// IO routes: what they know from the cache, answers that come later, clicks.
#include <boost/test/unit_test.hpp>

#include "house.hpp"
#include "plugins/deferred.hpp"

namespace partnerd::plugins {
namespace {

std::string const base = "/v1/programs/1/probe";

}  // namespace

BOOST_AUTO_TEST_SUITE(io)

BOOST_AUTO_TEST_CASE(a_value_is_loaded_once_and_forgotten_after_the_commit_that_changes_it) {
    ProbeHouse house;
    house.call("POST", base + "/rows?id=5", "five");
    auto const first = house.call("GET", "/name/5");
    BOOST_TEST(first->response.body == "five");
    BOOST_TEST(first->header("x-loads") == "1");
    BOOST_TEST(house.call("GET", "/name/5")->header("x-loads") == "1");
    house.call("POST", base + "/rows?id=6", "six");
    BOOST_TEST(house.call("GET", "/name/5")->header("x-loads") == "1");
    house.call("POST", base + "/sql", "delete from probe_row where id = 5");
    house.call("POST", base + "/rows?id=5", "five again");
    auto const second = house.call("GET", "/name/5");
    BOOST_TEST(second->response.body == "five again");
    BOOST_TEST(second->header("x-loads") == "2");
}

BOOST_AUTO_TEST_CASE(absence_is_not_kept) {
    ProbeHouse house;
    BOOST_TEST(house.call("GET", "/name/8")->response.status == 404);
    house.storage->write(
        [](storage::Tx& tx) { return tx.exec("insert into probe_row (id, name) values (8, 'eight')") == 1; });  // another node's doing
    BOOST_TEST(house.text("GET", "/name/8") == "200 eight");
}

BOOST_AUTO_TEST_CASE(a_load_that_fails_or_is_long_is_not_an_end_without_answer) {
    ProbeHouse house;
    BOOST_TEST(house.call("GET", "/name/boom")->response.status == 500);
    BOOST_TEST(house.call("GET", "/name/long")->response.body == std::string(5000, 'l'));
}

BOOST_AUTO_TEST_CASE(sql_on_the_io_thread_is_refused) {
    ProbeHouse house;
    BOOST_TEST(house.text("GET", base + "/sql-on-io") == "200 -7");
}

BOOST_AUTO_TEST_CASE(a_click_is_answered_once_it_is_durable) {
    ProbeHouse house;
    auto const gone = house.call("GET", "/go/7");
    BOOST_REQUIRE(gone->wait());
    BOOST_TEST(gone->finished() == 1);
    BOOST_TEST(gone->response.status == 302);
    BOOST_TEST(gone->header("location") == "https://shop.example/?click=signed-click-id");
    BOOST_REQUIRE_EQUAL(house.services.clicks.size(), 1U);
    BOOST_TEST(house.services.clicks[0].plugin == "probe");
    BOOST_TEST(house.services.clicks[0].link == 7);
}

BOOST_AUTO_TEST_CASE(a_click_that_is_not_kept_is_answered_with_503) {
    ProbeHouse house;
    for (std::string const link : {"13", "14"}) {  // the queue is full; the disk is
        auto const lost = house.call("GET", "/go/" + link);
        BOOST_REQUIRE(lost->wait());
        BOOST_TEST(lost->finished() == 1);
        BOOST_TEST(lost->response.status == 503);
        BOOST_TEST(lost->header("location") == "");
    }
}

BOOST_AUTO_TEST_CASE(answers_that_were_given_are_not_kept_for_long) {
    ProbeHouse house;
    auto const before = Deferred::kept();
    for (int i = 0; i < 3000; ++i) BOOST_REQUIRE(house.call("GET", "/go/7")->wait());
    BOOST_TEST(Deferred::kept() < before + 600);
}

BOOST_AUTO_TEST_CASE(a_deferred_answer_leaves_exactly_once) {
    struct {
        char const* how;
        int status;
        char const* body;
    } const cases[] = {{"", 200, "later"},
                       {"thread", 200, "laterfrom a thread"},
                       {"fails", 500, "plugin_failed"},
                       {"never", 504, "deadline_exceeded"},
                       {"undeclared", 500, "plugin_failed"}};
    ProbeHouse house;
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.how) {
            auto const exchange = house.call("GET", base + "/later?how=" + std::string(c.how));
            BOOST_REQUIRE(exchange->wait());
            BOOST_TEST(exchange->response.status == c.status);
            BOOST_TEST(exchange->response.body.find(c.body) != std::string::npos, exchange->response.body);
            BOOST_TEST(exchange->finished() == 1);
        }
    }
    BOOST_TEST(house.call("GET", base + "/undeferred")->response.status == 500);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::plugins
