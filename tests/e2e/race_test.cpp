// Many clients that want the same thing: one gets it, and the others are told why they do not.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "e2e/crowd.hpp"
#include "e2e/shopfront.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;

namespace {

std::string const sales = "/v1/programs/retail/conversions", refunds = "/v1/programs/retail/adjustments";

// How often each answer came: "201", "409 conversion_differs".
using Tally = std::map<std::string, int>;

Tally race(Shopfront& shop, int clients, std::function<Answer(Session&, int)> const& send) {
    auto const key = create_key(shop.installation(), {"--kind", "merchant", "--program", "retail"});
    Tally tally;
    std::mutex mutex;
    Complaints complaints;
    std::atomic<int> waiting{clients};
    in_parallel(clients, complaints, [&](int client) {
        Session session(shop.server(), key);
        session.get("/livez");
        --waiting;
        while (waiting > 0) std::this_thread::yield();
        auto const answer = send(session, client);
        auto const code = answer.status >= 400 ? answer.code() : std::string();
        std::lock_guard const lock(mutex);
        ++tally[std::to_string(answer.status) + (code.empty() ? "" : " " + code)];
    });
    BOOST_TEST(complaints.text() == "");
    return tally;
}

std::string told(Tally const& tally) {
    std::string text;
    for (auto const& [answer, count] : tally) text += (text.empty() ? "" : ", ") + std::to_string(count) + " x " + answer;
    return text;
}

json::object sale(std::string const& id, std::string const& amount) {
    return {{"external_id", id}, {"assigned_partner", "acme"}, {"amount", money(amount, "GBP")}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(of_sales_with_one_id_and_other_amounts_one_is_recorded) {
    Shopfront shop;
    auto const tally = race(shop, 32, [](Session& session, int client) {
        return session.post_patiently(sales, json::serialize(sale("o1", std::to_string(client + 1) + ".00")));
    });
    BOOST_TEST(told(tally) == "1 x 201, 31 x 409 conversion_differs");
    BOOST_TEST(shop.database().number("select count(*) from conversion") == 1);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(of_the_same_sale_sent_at_once_one_is_recorded_and_the_others_are_repeats) {
    Shopfront shop;
    auto const tally =
        race(shop, 32, [](Session& session, int) { return session.post_patiently(sales, json::serialize(sale("o1", "10.00"))); });
    BOOST_TEST(told(tally) == "31 x 200, 1 x 201");
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(refunds_that_race_never_take_more_than_the_order) {
    Shopfront shop;
    BOOST_REQUIRE_EQUAL(shop.office().post(sales, sale("o1", "100.00")).status, 201);
    auto const tally = race(shop, 32, [](Session& session, int client) {
        return session.post_patiently(refunds, json::serialize(json::object{{"external_id", "o1"},
                                                                            {"adjustment_id", "r" + std::to_string(client)},
                                                                            {"type", "refund"},
                                                                            {"amount", money("10.00", "GBP")}}));
    });
    BOOST_TEST(told(tally) == "10 x 201, 22 x 422 refund_exceeds_order");
    BOOST_TEST(shop.database().number("select left_total_minor from conversion") == 0);
    BOOST_TEST(shop.database().number("select net_minor from commission") == 0);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(an_idempotency_key_raced_with_other_bodies_does_one_thing) {
    Shopfront shop;
    auto const tally = race(shop, 32, [](Session& session, int client) {
        return session.post_patiently(sales, json::serialize(sale("o" + std::to_string(client), "10.00")), "the-same-key");
    });
    BOOST_TEST(told(tally) == "1 x 201, 31 x 422 idempotency_key_reused");
    BOOST_TEST(shop.database().number("select count(*) from conversion") == 1);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(one_link_code_goes_to_one_partner) {
    Shopfront shop;
    auto const acme = create_key(shop.installation(), {"--kind", "partner", "--partner", "acme"}),
               zeta = create_key(shop.installation(), {"--kind", "partner", "--partner", "zeta"});
    auto const tally = race(shop, 16, [&](Session&, int client) {
        return Session(shop.server(), client % 2 == 0 ? acme : zeta).post("/v1/me/programs/retail/links", json::object{{"code", "best"}});
    });
    BOOST_TEST(told(tally) == "1 x 201, 15 x 409 code_taken");
    shop.check_verified();
}
