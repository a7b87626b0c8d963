// The plugin coupons through the assembled server: what a body leaves out, lists and their CSV.
#include "unit/host/visit.hpp"

namespace partnerd::host {

namespace json = boost::json;

struct CouponShop : MadeApplication {
    CouponShop() {
        start();
        must("POST", "/v1/apply", shop);
    }
    std::string const base = "/v1/programs/shop/coupons/";

    json::object last(std::string const& list) { return must("GET", base + list).at("data").as_array().back().as_object(); }
    std::string csv(std::string const& target) {
        Visit visit("GET", target);
        auto const& response = visit.as_operator().to(*this);
        BOOST_TEST_REQUIRE(response.status == 200, response.body);
        BOOST_TEST(response.content_type == "text/csv; charset=utf-8");
        return response.body;
    }
};

BOOST_FIXTURE_TEST_SUITE(coupons, CouponShop)

BOOST_AUTO_TEST_CASE(a_campaign_keeps_what_the_body_leaves_out_and_null_clears_it) {
    must("POST", base + "campaigns",
         R"({"campaign":"spring","type":"seasonal","starts_on":"2026-03-01","ends_on":"2026-03-31","customer_limit":3,)"
         R"("discount":{"percent":"10%"}})");
    must("POST", base + "campaigns", R"({"campaign":"spring","ends_on":"2026-04-30"})");
    auto spring = last("campaigns");
    BOOST_TEST(spring.at("type") == "seasonal");
    BOOST_TEST(spring.at("starts_on") == "2026-03-01");
    BOOST_TEST(spring.at("ends_on") == "2026-04-30");
    BOOST_TEST(spring.at("customer_limit") == 3);
    BOOST_TEST(spring.at("discount").at("percent") == "10%");

    BOOST_TEST(code("POST", base + "campaigns", R"({"campaign":"spring","ends_on":"2026-02-01"})") == "invalid_field");
    BOOST_TEST(must("POST", base + "campaigns", R"({"campaign":"spring"})").at("change") == "unchanged");
    must("POST", base + "campaigns", R"({"campaign":"spring","type":null,"starts_on":null,"customer_limit":null,"discount":null})");
    spring = last("campaigns");
    BOOST_TEST(spring.at("type") == "");
    BOOST_TEST(!spring.contains("starts_on"));
    BOOST_TEST(spring.at("ends_on") == "2026-04-30");
    BOOST_TEST(spring.at("customer_limit") == 1);
    BOOST_TEST(spring.at("discount").as_object().empty());
}

BOOST_AUTO_TEST_CASE(a_code_keeps_what_the_body_leaves_out_and_null_clears_it) {
    must("POST", base + "campaigns", R"({"campaign":"spring"})");
    must("POST", base + "codes",
         R"({"code":"SAVE","campaign":"spring","partner":"acme","usage_limit":5,"payout":{"amount":"1.50","currency":"GBP"}})");
    auto const changed = must("POST", base + "codes", R"({"code":"save","campaign":"spring","usage_limit":7})");
    BOOST_TEST(changed.at("code") == "SAVE");
    BOOST_TEST(changed.at("partner") == "acme");
    BOOST_TEST(changed.at("usage_limit") == 7);
    BOOST_TEST(last("codes").at("partner") == "acme");
    BOOST_TEST(last("codes").at("payout").at("amount") == "1.50");

    must("POST", base + "codes", R"({"code":"SAVE","campaign":"spring","partner":null,"usage_limit":null,"payout":null})");
    auto const cleared = last("codes");
    BOOST_TEST(!cleared.contains("partner"));
    BOOST_TEST(!cleared.contains("payout"));
    BOOST_TEST(cleared.at("usage_limit") == 0);
    BOOST_TEST(code("POST", base + "codes", R"({"code":"SAVE","campaign":"spring","partner":"nobody"})") == "unknown_partner");
}

BOOST_AUTO_TEST_CASE(keep_makes_what_is_missing_and_changes_nothing) {
    must("POST", base + "campaigns", R"({"campaign":"spring","starts_on":"2026-03-01","keep":true})");
    BOOST_TEST(must("POST", base + "campaigns", R"({"campaign":"spring","starts_on":"2026-04-01","type":"B","keep":true})").at("duplicate") == true);
    BOOST_TEST(last("campaigns").at("starts_on") == "2026-03-01");
    must("POST", base + "codes", R"({"code":"SAVE","campaign":"spring","partner":"acme","keep":true})");
    BOOST_TEST(must("POST", base + "codes", R"({"code":"save","campaign":"spring","partner":"zeta","keep":true})").at("duplicate") == true);
    BOOST_TEST(last("codes").at("partner") == "acme");
}

BOOST_AUTO_TEST_CASE(a_code_of_nobody_is_redeemed_and_earns_nothing) {
    must("POST", base + "campaigns", R"({"campaign":"spring"})");
    must("POST", base + "codes", R"({"code":"FREE","campaign":"spring"})");
    auto const redeemed = must("POST", base + "redeem", R"({"redemption_id":"r1","code":"FREE","customer":"c1"})");
    BOOST_TEST(redeemed.at("commissions").as_array().empty());
    BOOST_TEST(!last("redemptions").contains("partner"));
    BOOST_TEST(last("codes").at("used") == 1);
    must("POST", base + "redemptions/r1/rollback");
    BOOST_TEST(last("codes").at("used") == 0);
}

BOOST_AUTO_TEST_CASE(a_limit_below_the_uses_taken_stops_more_and_is_no_fault_of_the_books) {
    must("POST", base + "campaigns", R"({"campaign":"spring","customer_limit":0})");
    must("POST", base + "codes", R"({"code":"MANY","campaign":"spring","partner":"acme","usage_limit":5})");
    for (auto const* const id : {"r1", "r2"}) must("POST", base + "redeem", R"({"redemption_id":")" + std::string(id) + R"(","code":"MANY"})");
    must("POST", base + "codes", R"({"code":"MANY","campaign":"spring","usage_limit":1})");
    BOOST_TEST(code("POST", base + "redeem", R"({"redemption_id":"r3","code":"MANY"})") == "limit_reached");
    BOOST_TEST(last("codes").at("used") == 2);
    BOOST_TEST(verify().holds(), reports::to_text(verify()));
}

BOOST_AUTO_TEST_CASE(answers_name_partners_by_handle) {
    must("POST", base + "campaigns", R"({"campaign":"spring"})");
    must("POST", base + "codes", R"({"code":"SAVE","campaign":"spring","partner":"zeta"})");
    auto const redeemed = must("POST", base + "redeem", R"({"redemption_id":"r1","code":"SAVE","customer":"c1"})");
    BOOST_TEST(redeemed.at("commissions").at(0).at("partner") == "zeta");
    BOOST_TEST(last("redemptions").at("partner") == "zeta");
}

BOOST_AUTO_TEST_CASE(lists_are_csv_on_demand_and_no_formula_gets_in) {
    must("POST", base + "campaigns", R"({"campaign":"=1+1","discount":{"percent":"10%"}})");
    must("POST", base + "codes", R"({"code":"A","campaign":"=1+1","partner":"acme","payout":{"amount":"1.50","currency":"GBP"}})");
    must("POST", base + "codes", R"({"code":"-B\",","campaign":"=1+1"})");
    auto const codes = csv(base + "codes?format=csv");
    BOOST_TEST(codes.starts_with("id,code,campaign,usage_limit,used,partner,payout,payout_currency\r\ncpn_"), codes);
    BOOST_TEST(codes.find(",A,\"'=1+1\",0,0,acme,1.50,GBP\r\n") != std::string::npos, codes);
    BOOST_TEST(codes.ends_with(",\"'-B\"\",\",\"'=1+1\",0,0,,,\r\n"), codes);
    auto const campaigns = csv(base + "campaigns?format=csv");
    BOOST_TEST(campaigns.ends_with(",\"'=1+1\",,,,1,\"{\"\"percent\"\":\"\"10%\"\"}\"\r\n"), campaigns);

    Visit accepting("GET", base + "redemptions", {{"accept", "text/csv"}});
    BOOST_TEST(accepting.as_operator().to(*this).body == "id,redemption_id,code,partner,customer,order_id,state,conversion\r\n");
    Visit limited("GET", base + "codes?format=csv&limit=1");
    limited.as_operator().to(*this);
    BOOST_TEST(limited.header("next-cursor").starts_with("cpn_"));
    auto const rest = csv(base + "codes?format=csv&starting_after=" + limited.header("next-cursor"));
    BOOST_TEST(rest.find("'-B") != std::string::npos, rest);
    BOOST_TEST(rest.find(",A,") == std::string::npos, rest);
}

BOOST_AUTO_TEST_CASE(lists_refuse_what_they_do_not_know) {
    for (auto const* const list : {"coupons/campaigns", "coupons/codes", "coupons/redemptions", "referrals/signups"})
        for (auto const* const query : {"limt=5", "limit=0", "limit=101", "limit=5x", "limit=", "limit=-1", "limit=1&limit=2",
                                        "format=xml", "format=", "program=shop", "%6cimt=1", "format=csv&limit=10001"})
            BOOST_TEST_CONTEXT(list << "?" << query)
                BOOST_TEST(code("GET", "/v1/programs/shop/" + std::string(list) + "?" + query) == "invalid_query");
    BOOST_TEST(code("GET", base + "codes?starting_after=cpg_1") == "invalid_cursor");
    must("GET", base + "codes?%6cimit=1&campaign=none");
}

BOOST_AUTO_TEST_CASE(bodies_that_are_no_utf8_and_no_json_are_told_apart) {
    BOOST_TEST(code("POST", base + "campaigns", "{\"campaign\":\"\xff\"}") == "invalid_utf8");
    BOOST_TEST(code("POST", base + "campaigns", R"({"campaign":"\ud800"})") == "invalid_utf8");
    for (auto const* const body : {"{", "[]", "{\"campaign\":\"\xff\""}) BOOST_TEST(code("POST", base + "campaigns", body) == "malformed_json", body);
}

BOOST_AUTO_TEST_CASE(a_partner_sees_its_own_codes_and_no_others) {
    must("POST", base + "campaigns", R"({"campaign":"spring"})");
    must("POST", base + "codes", R"({"code":"MINE","campaign":"spring","partner":"acme","payout":{"amount":"2.00","currency":"GBP"}})");
    must("POST", base + "codes", R"({"code":"OTHERS","campaign":"spring","partner":"zeta"})");
    must("POST", base + "codes", R"({"code":"NOBODYS","campaign":"spring"})");
    auto const key = must("POST", "/v1/keys", R"({"kind":"partner","partner":"acme"})").at("key");
    auto const bearer = "Bearer " + std::string(key.as_string());
    Visit own("GET", "/v1/me/programs/shop/codes", {{"authorization", bearer}});
    auto const rows = json::parse(own.to(*this).body).as_object().at("data").as_array();
    BOOST_TEST_REQUIRE(rows.size() == 1u);
    BOOST_TEST(rows[0].at("code") == "MINE");
    BOOST_TEST(rows[0].at("payout").at("amount") == "2.00");
    Visit unknown("GET", "/v1/me/programs/shop/codes?partner=zeta", {{"authorization", bearer}});
    BOOST_TEST(unknown.to(*this).status == 400);
    Visit all("GET", base + "codes", {{"authorization", bearer}});
    BOOST_TEST(all.to(*this).status == 403);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::host
