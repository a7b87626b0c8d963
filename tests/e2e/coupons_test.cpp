// Coupons over HTTP: limits under a crowd, campaigns that share a code, what a rollback frees, and the sale a coupon leads to.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>

#include "e2e/crowd.hpp"
#include "e2e/shopfront.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;

namespace {

std::string const here = "/v1/programs/retail/coupons";

struct Counter : Shopfront {
    void campaign(json::object const& body) { BOOST_REQUIRE_EQUAL(office().post(here + "/campaigns", body).status, 201); }
    void code(json::object const& body) { BOOST_REQUIRE_EQUAL(office().post(here + "/codes", body).status, 201); }
    Answer redeem(json::object const& body) { return office().post(here + "/redeem", body); }
    Answer sale(json::object body) {
        if (!body.contains("amount")) body["amount"] = money("100.00", "GBP");
        return office().post("/v1/programs/retail/conversions", body);
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(two_thousand_redeems_at_once_of_a_code_with_a_hundred_uses_left_grant_a_hundred) {
    constexpr int redeems = 2000, uses = 100, clients = 64;
    Counter shop;
    shop.campaign({{"campaign", "rush"}});
    shop.code({{"campaign", "rush"}, {"code", "RUSH"}, {"partner", "acme"}, {"usage_limit", uses}});
    auto const key = create_key(shop.installation(), {"--kind", "merchant", "--program", "retail"});
    std::atomic<int> next{0}, granted{0}, refused{0};
    Complaints complaints;
    in_parallel(clients, complaints, [&](int) {
        Session session(shop.server(), key);
        for (int i = 0; (i = next++) < redeems;) {
            auto const id = "rush-" + std::to_string(i);
            auto const answer = session.post_patiently(
                here + "/redeem", json::serialize(json::object{{"redemption_id", id}, {"code", "RUSH"}, {"customer", id}}));
            if (answer.status == 201) ++granted;
            else if (answer.status == 409 && answer.code() == "limit_reached") ++refused;
            else complaints.add(id + " -> " + answer.raw.body);
        }
    });
    BOOST_TEST(complaints.text() == "");
    BOOST_TEST(granted == uses);
    BOOST_TEST(refused == redeems - uses);
    BOOST_TEST(shop.database().number("select used from coupons_code") == uses);
    BOOST_TEST(shop.database().number("select count(*) from coupons_redemption") == uses);
    BOOST_TEST(shop.database().number("select count(*) from conversion where kind = 'redemption'") == uses);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_redemption_sent_again_by_many_is_one_use) {
    Counter shop;
    shop.campaign({{"campaign", "spring"}});
    shop.code({{"campaign", "spring"}, {"code", "ONCE"}, {"usage_limit", 5}});
    auto const key = create_key(shop.installation());
    std::atomic<int> created{0};
    Complaints complaints;
    in_parallel(16, complaints, [&](int) {
        auto const answer = Session(shop.server(), key)
                                .post(here + "/redeem", json::object{{"redemption_id", "same"}, {"code", "once"}, {"customer", "c"}});
        if (answer.status == 201) ++created;
        else if (answer.status != 200 || !answer.body.at("duplicate").as_bool()) complaints.add(answer.raw.body);
    });
    BOOST_TEST(complaints.text() == "");
    BOOST_TEST(created == 1);
    BOOST_TEST(shop.database().number("select used from coupons_code") == 1);
    auto const other = shop.redeem({{"redemption_id", "same"}, {"code", "once"}, {"customer", "somebody else"}});
    BOOST_TEST(other.status == 409);
    BOOST_TEST(other.code() == "redemption_differs");
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_code_of_several_campaigns_is_the_one_valid_that_day) {
    Counter shop;
    shop.campaign({{"campaign", "march"}, {"starts_on", "2026-03-01"}, {"ends_on", "2026-03-20"}});
    shop.campaign({{"campaign", "late-march"}, {"starts_on", "2026-03-20"}, {"ends_on", "2026-03-31"}});
    for (auto const* const campaign : {"march", "late-march"}) shop.code({{"campaign", campaign}, {"code", "SAVE"}});
    struct Row {
        char const *day, *campaign;
        int status;
        char const* said;  // the campaign, or the code of the refusal
    };
    int number = 0;
    for (auto const& row :
         {Row{"2026-03-01", "", 201, "march"}, Row{"2026-03-19", "", 201, "march"}, Row{"2026-03-20", "", 409, "ambiguous_code"},
          Row{"2026-03-20", "march", 201, "march"}, Row{"2026-03-20", "late-march", 201, "late-march"},
          Row{"2026-03-21", "", 201, "late-march"}, Row{"2026-03-31", "", 201, "late-march"}, Row{"2026-03-21", "march", 409, "expired"},
          Row{"2026-03-19", "late-march", 409, "not_started"}, Row{"2026-03-10", "april", 422, "unknown_code"}}) {
        json::object body{{"redemption_id", "r" + std::to_string(++number)},
                          {"code", "save"},
                          {"customer", "c" + std::to_string(number)},
                          {"day", row.day}};
        if (*row.campaign != '\0') body["campaign"] = row.campaign;
        auto const answer = shop.redeem(body);
        BOOST_TEST_CONTEXT(json::serialize(body) << " -> " << answer.raw.body) {
            BOOST_TEST(answer.status == row.status);
            BOOST_TEST((row.status == 201 ? answer.text("campaign") : answer.code()) == row.said);
        }
    }
    BOOST_TEST(shop.database().number("select sum(used) from coupons_code") == 6);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_customer_redeems_as_often_as_the_campaign_allows) {
    Counter shop;
    shop.campaign({{"campaign", "once"}});
    shop.campaign({{"campaign", "twice"}, {"customer_limit", 2}});
    shop.code({{"campaign", "once"}, {"code", "ONE"}});
    shop.code({{"campaign", "twice"}, {"code", "TWO"}});
    auto const redeem = [&](char const* id, char const* code, char const* customer) {
        json::object body{{"redemption_id", id}, {"code", code}};
        if (*customer != '\0') body["customer"] = customer;
        return shop.redeem(body);
    };
    BOOST_TEST(redeem("a1", "ONE", "ann").status == 201);
    BOOST_TEST(redeem("a2", "ONE", "ann").code() == "already_redeemed");
    BOOST_TEST(redeem("a3", "ONE", "bob").status == 201);
    BOOST_TEST(redeem("b1", "TWO", "ann").status == 201);
    BOOST_TEST(redeem("b2", "TWO", "ann").status == 201);
    BOOST_TEST(redeem("b3", "TWO", "ann").code() == "customer_limit_reached");
    auto const nobody = redeem("b4", "TWO", "");
    BOOST_TEST(nobody.status == 422);
    BOOST_TEST(nobody.code() == "customer_required");
    BOOST_TEST(shop.database().number("select count(*) from coupons_redemption") == 4);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_rollback_frees_the_use_and_declines_the_redemption) {
    Counter shop;
    shop.campaign({{"campaign", "spring"}});
    shop.code({{"campaign", "spring"}, {"code", "LAST"}, {"partner", "acme"}, {"usage_limit", 1}});
    BOOST_TEST(shop.redeem({{"redemption_id", "r1"}, {"code", "LAST"}, {"customer", "ann"}}).status == 201);
    BOOST_TEST(shop.redeem({{"redemption_id", "r2"}, {"code", "LAST"}, {"customer", "bob"}}).code() == "limit_reached");
    BOOST_TEST(shop.office().post(here + "/redemptions/r1/rollback", json::object{{"reason", "the order was cancelled"}}).status == 200);
    BOOST_TEST(shop.office().post(here + "/redemptions/r1/rollback", std::string()).status == 200);
    BOOST_TEST(shop.database().number("select used from coupons_code") == 0);
    BOOST_TEST(shop.database().texts("select state from conversion where external_id = 'r1'").front() == "declined");
    BOOST_TEST(shop.redeem({{"redemption_id", "r3"}, {"code", "LAST"}, {"customer", "ann"}}).status == 201);
    BOOST_TEST(shop.redeem({{"redemption_id", "r4"}, {"code", "LAST"}, {"customer", "bob"}}).code() == "limit_reached");
    BOOST_TEST(shop.office().post(here + "/redemptions/nothing/rollback", std::string()).status == 404);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_sale_whose_order_redeemed_a_coupon_belongs_to_its_partner) {
    Counter shop;
    shop.make_link("zeta", "zeta-link");
    shop.campaign({{"campaign", "spring"}});
    shop.code({{"campaign", "spring"}, {"code", "ACME10"}, {"partner", "acme"}});
    shop.code({{"campaign", "spring"}, {"code", "NOBODY"}});

    BOOST_TEST(shop.redeem({{"redemption_id", "r1"}, {"code", "ACME10"}, {"customer", "ann"}, {"order_id", "o1"}}).status == 201);
    auto const by_order =
        shop.sale({{"external_id", "o1"}, {"order_id", "o1"}, {"customer", "ann"}, {"click_id", shop.click("zeta-link")}});
    BOOST_TEST(by_order.status == 201, by_order.raw.body);
    BOOST_TEST(by_order.text("partner") == "acme");
    BOOST_TEST(by_order.body.at("commissions").at(0).at("amount").at("amount") == "10.00");
    auto const explained = shop.office().get("/v1/conversions/" + by_order.text("id") + "/explain");
    BOOST_TEST(explained.status == 200);
    auto const& candidates = explained.body.at("attribution").at("candidates").as_array();
    BOOST_REQUIRE_EQUAL(candidates.size(), 2u);
    for (auto const& candidate : candidates) BOOST_TEST(candidate.at("chosen").as_bool() == (candidate.at("source") == "coupon"));

    auto const by_code = shop.sale({{"external_id", "o2"}, {"code", "acme10"}, {"customer", "bob"}});
    BOOST_TEST(by_code.text("partner") == "acme", by_code.raw.body);
    auto const of_nobody =
        shop.sale({{"external_id", "o3"}, {"code", "NOBODY"}, {"customer", "cid"}, {"click_id", shop.click("zeta-link")}});
    BOOST_TEST(of_nobody.text("partner") == "zeta", of_nobody.raw.body);
    auto const alone = shop.sale({{"external_id", "o4"}, {"code", "NOBODY"}, {"customer", "dan"}});
    BOOST_TEST(alone.text("state") == "unattributed", alone.raw.body);
    // The redemption with an order is evidence for the sale, not a conversion of its own.
    BOOST_TEST(shop.database().number("select count(*) from conversion") == 4);
    shop.check_verified();
}
