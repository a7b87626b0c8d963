#include "refusal.hpp"

namespace partnerd::api {

BOOST_AUTO_TEST_SUITE(conversion)

BOOST_AUTO_TEST_CASE(a_sale_is_answered_with_its_commission_and_the_same_again_is_a_duplicate) {
    Shop shop;
    auto const sold = shop.sell("o-1", "139.12", "ada");
    BOOST_TEST(sold.status == 201);
    BOOST_TEST(sold.at("/state") == "recorded");
    BOOST_TEST(sold.at("/partner") == "ada");
    BOOST_TEST(sold.at("/duplicate") == "false");
    BOOST_TEST(sold.at("/commissions/0/amount/amount") == "13.91");
    BOOST_TEST(sold.at("/commissions/0/amount/currency") == "GBP");
    BOOST_TEST(sold.at("/commissions/0/payable_on") == "2026-03-31");
    BOOST_TEST(sold.at("/commissions/0/payable_at") == "2026-03-31T12:00:00Z");
    BOOST_TEST(sold.at("/commissions/0/state") == "pending");
    auto const again = shop.sell("o-1", "139.12", "ada");
    BOOST_TEST(again.status == 200);
    BOOST_TEST(again.at("/duplicate") == "true");
    BOOST_TEST(again.at("/state") == "recorded");
    BOOST_TEST(again.at("/id") == sold.at("/id"));
    BOOST_TEST(again.at("/commissions") == sold.at("/commissions"));
    BOOST_TEST(shop.sell("o-1", "139.13", "ada").code() == "conversion_differs");
    auto const read = shop.get("/v1/conversions/" + sold.at("/id"), shop.merchant);
    BOOST_TEST(read.at("/amount/amount") == "139.12");
    BOOST_TEST(read.at("/commissions/0/id") == sold.at("/commissions/0/id"));
    auto const why = shop.get("/v1/conversions/" + sold.at("/id") + "/explain", shop.op);
    BOOST_TEST(why.status == 200);
    BOOST_TEST(why.at("/attribution/source") == "assigned");
}

BOOST_AUTO_TEST_CASE(parts_of_an_order_and_items_give_the_base) {
    Shop shop;
    auto const parts = shop.post(
        "/v1/programs/shop/conversions",
        quoted(
            "{'external_id':'p-1','assigned_partner':'ada','subtotal':{'amount':'100.00','currency':'GBP'},'discount':{'amount':'20.00','currency':'GBP'},"
            "'tax':{'amount':'16.00','currency':'GBP'},'shipping':{'amount':'4.99','currency':'GBP'}}"),
        shop.op);
    BOOST_TEST(parts.at("/commissions/0/amount/amount") == "8.00");
    auto const items = shop.post(
        "/v1/programs/shop/conversions",
        quoted(
            "{'external_id':'p-2','assigned_partner':'ada','items':[{'sku':'a','quantity':2,'amount':{'amount':'30.00','currency':'GBP'}},"
            "{'sku':'b','amount':{'amount':'20.00','currency':'GBP'}}]}"),
        shop.op);
    BOOST_TEST(items.at("/commissions/0/amount/amount") == "5.00");
    auto const by_id = shop.sell("p-3", "10.00", shop.get("/v1/partners/bob", shop.op).at("/id"));
    BOOST_TEST(by_id.at("/partner") == "bob");
}

BOOST_AUTO_TEST_CASE(a_refund_takes_its_part_and_the_same_again_is_a_duplicate) {
    Shop shop;
    shop.sell("o-1", "100.00", "ada");
    auto const body = quoted(
        "{'external_id':'o-1','adjustment_id':'r-1','type':'refund','amount':{'amount':'40.00','currency':'GBP'},'reason':'too small'}");
    auto const refunded = shop.post("/v1/programs/shop/adjustments", body, shop.merchant);
    BOOST_TEST(refunded.status == 201);
    BOOST_TEST(refunded.at("/commissions/0/amount/amount") == "6.00");
    auto const again = shop.post("/v1/programs/shop/adjustments", body, shop.merchant);
    BOOST_TEST(again.status == 200);
    BOOST_TEST(again.at("/duplicate") == "true");
    BOOST_TEST(shop.get("/v1/programs/shop/adjustments?external_id=o-1", shop.op).at("/data/0/amount/amount") == "40.00");
    auto const amended = shop.post(
        "/v1/programs/shop/adjustments",
        quoted("{'external_id':'o-1','adjustment_id':'e-1','type':'amend','amount':{'amount':'90.00','currency':'GBP'}}"), shop.op);
    BOOST_TEST(amended.at("/commissions/0/amount/amount") == "5.00");
    auto const declined =
        shop.post("/v1/programs/shop/adjustments",
                  quoted("{'external_id':'o-1','adjustment_id':'s-1','type':'status','status':'declined','reason':'fraud'}"), shop.op);
    BOOST_TEST(declined.at("/state") == "declined");
    BOOST_TEST(shop.get("/v1/me/programs/shop/balance", shop.ada).at("/data/0/pending/amount") == "0.00");
}

BOOST_AUTO_TEST_CASE(what_a_merchant_reports_wrongly_is_refused_and_leaves_nothing) {
    Shop shop;
    shop.sell("o-1", "100.00", "ada");
    auto const before = shop.count("conversion");
    auto const entries = shop.count("entry");
    std::string const path = "/v1/programs/shop/conversions";
    auto const gbp = [](std::string const& amount) { return "{'amount':'" + amount + "','currency':'GBP'}"; };
    check_refused(
        shop, shop.merchant,
        {{"POST", path, "{'external_id':'x'", 400, "malformed_json", ""},
         {"POST", path, "{}", 422, "missing_field", "/external_id"},
         {"POST", path, "{'external_id':7}", 422, "invalid_field", "/external_id"},
         {"POST", path, "{'external_id':'x'}", 422, "missing_field", "/amount"},
         {"POST", path, "{'external_id':'x','amount':139.12}", 422, "amount_not_a_string", "/amount"},
         {"POST", path, "{'external_id':'x','amount':{'amount':139.12,'currency':'GBP'}}", 422, "amount_not_a_string", "/amount/amount"},
         {"POST", path, "{'external_id':'x','amount':" + gbp("1e2") + "}", 422, "invalid_amount", "/amount/amount"},
         {"POST", path, "{'external_id':'x','amount':" + gbp("1.005") + "}", 422, "too_many_decimals", "/amount/amount"},
         {"POST", path, "{'external_id':'x','amount':" + gbp("-1.00") + "}", 422, "negative_amount", "/amount/amount"},
         {"POST", path, "{'external_id':'x','amount':" + gbp("99999999999999999999.00") + "}", 422, "amount_overflow", "/amount/amount"},
         {"POST", path, "{'external_id':'x','amount':{'amount':'1.00','currency':'QQQ'}}", 422, "unknown_currency", "/amount/currency"},
         {"POST", path, "{'external_id':'x','amount':{'amount':'1.00','currency':'USD'}}", 422, "currency_not_accepted",
          "/amount/currency"},
         {"POST", path, "{'external_id':'x','amount':{'amount':'1.00'}}", 422, "missing_field", "/amount/currency"},
         {"POST", path, "{'external_id':'x','amount':" + gbp("1.00") + ",'subtotal':" + gbp("1.00") + "}", 422, "invalid_field",
          "/subtotal"},
         {"POST", path, "{'external_id':'x','tax':" + gbp("1.00") + "}", 422, "missing_field", "/subtotal"},
         {"POST", path, "{'external_id':'x','subtotal':" + gbp("1.00") + ",'discount':" + gbp("2.00") + "}", 422, "invalid_field",
          "/discount"},
         {"POST", path, "{'external_id':'x','subtotal':" + gbp("1.00") + ",'tax':{'amount':'1.00','currency':'EUR'}}", 422,
          "currency_mismatch", "/tax"},
         {"POST", path,
          "{'external_id':'x','items':[{'sku':'a','amount':" + gbp("1.00") + "},{'sku':'b','amount':{'amount':'1.00','currency':'EUR'}}]}",
          422, "currency_mismatch", "/items/1/amount"},
         {"POST", path, "{'external_id':'x','items':[{'sku':'a','quantity':0}]}", 422, "invalid_field", "/items/0/quantity"},
         {"POST", path, "{'external_id':'x','items':{}}", 422, "invalid_field", "/items"},
         {"POST", path, "{'external_id':'x','assigned_partner':'nobody','amount':" + gbp("1.00") + "}", 422, "unknown_partner",
          "/assigned_partner"},
         {"POST", path, "{'external_id':'x','click_id':'forged','amount':" + gbp("1.00") + "}", 422, "invalid_click_id", "/click_id"},
         {"POST", path, "{'external_id':'x','link':'lnk_1','amount':" + gbp("1.00") + "}", 422, "invalid_field", "/link"},
         {"POST", path, "{'external_id':'x','link':'lnk_0000000000008','amount':" + gbp("1.00") + "}", 422, "unknown_link", "/link"},
         {"POST", path, "{'external_id':'x','at':'2026-03-01T13:00:00Z','amount':" + gbp("1.00") + "}", 422, "at_in_future", "/at"},
         {"POST", path, "{'external_id':'x','at':'yesterday','amount':" + gbp("1.00") + "}", 422, "invalid_field", "/at"},
         {"POST", path, "{'external_id':'x','kind':'A B'}", 422, "invalid_field", "/kind"},
         {"POST", path, "{'external_id':'x','customer_email':'x'}", 422, "invalid_field", "/customer_email"},
         {"POST", path, "{'external_id':'x','plugin':'cpa','amount':" + gbp("1.00") + "}", 422, "unknown_field", "/plugin"},
         {"POST", path, "{'external_id':'o-1','amount':" + gbp("1.00") + "}", 409, "conversion_differs", ""},
         {"POST", "/v1/programs/none/conversions", "{'external_id':'x'}", 404, "unknown_program", ""},
         {"GET", "/v1/conversions/cnv_0000000000008", "", 404, "not_found", ""},
         {"GET", "/v1/conversions/x/explain", "", 404, "not_found", ""}});
    BOOST_TEST(shop.count("conversion") == before);
    BOOST_TEST(shop.count("entry") == entries);
}

BOOST_AUTO_TEST_CASE(adjustments_that_do_not_fit_are_refused) {
    Shop shop;
    shop.sell("o-1", "100.00", "ada");
    std::string const path = "/v1/programs/shop/adjustments", of = "{'external_id':'o-1','adjustment_id':'r-1',";
    check_refused(
        shop, shop.merchant,
        {{"POST", path, "{}", 422, "missing_field", "/external_id"},
         {"POST", path, "{'external_id':'o-1'}", 422, "missing_field", "/adjustment_id"},
         {"POST", path, "{'external_id':'o-1','adjustment_id':'r-1'}", 422, "missing_field", "/type"},
         {"POST", path, of + "'type':'gift'}", 422, "invalid_field", "/type"},
         {"POST", path, of + "'type':'refund','amount':{'amount':'100.01','currency':'GBP'}}", 422, "refund_exceeds_order", "/amount"},
         {"POST", path, of + "'type':'refund','amount':{'amount':'1.00','currency':'EUR'}}", 422, "currency_mismatch", "/amount/currency"},
         {"POST", path, of + "'type':'refund','amount':{'amount':'-1.00','currency':'GBP'}}", 422, "negative_amount", "/amount/amount"},
         {"POST", path, of + "'type':'refund','status':'declined'}", 422, "invalid_field", "/status"},
         {"POST", path, of + "'type':'status'}", 422, "missing_field", "/status"},
         {"POST", path, of + "'type':'status','status':'recorded'}", 422, "invalid_field", "/status"},
         {"POST", path, of + "'type':'amend'}", 422, "missing_field", "/amount"},
         {"POST", path, of + "'type':'refund','at':'2027-01-01T00:00:00Z'}", 422, "at_in_future", "/at"},
         {"POST", path, "{'external_id':'o-9','adjustment_id':'r-1','type':'refund'}", 422, "unknown_order", "/external_id"},
         {"POST", path, "{'external_id':'o-1','kind':'lead','adjustment_id':'r-1','type':'refund'}", 422, "unknown_order",
          "/external_id"}});
    BOOST_TEST(shop.count("adjustment") == 0);
}

BOOST_AUTO_TEST_CASE(test_conversions_post_nothing) {
    Shop shop;
    auto const tester = shop.key(auth::KeyKind::merchant, shop.id_of_program("shop"), true);
    auto const body = quoted("{'external_id':'t-1','assigned_partner':'ada','amount':{'amount':'100.00','currency':'GBP'}}");
    auto const tested = shop.post("/v1/programs/shop/conversions", body, tester);
    BOOST_TEST(tested.status == 201);
    BOOST_TEST(tested.at("/commissions/0/amount/amount") == "10.00");
    BOOST_TEST(tested.at("/commissions/0/state") == "test");
    auto const flagged = shop.post(
        "/v1/programs/shop/conversions",
        quoted("{'external_id':'t-2','assigned_partner':'ada','test':true,'amount':{'amount':'5.00','currency':'GBP'}}"), shop.merchant);
    BOOST_TEST(flagged.status == 201);
    auto const refund = quoted("{'external_id':'t-1','adjustment_id':'r-1','type':'refund'}");
    BOOST_TEST(shop.post("/v1/programs/shop/adjustments", refund, shop.merchant).code() == "unknown_order");  // the live order is another
    BOOST_TEST(shop.post("/v1/programs/shop/adjustments", refund, tester).status == 201);
    BOOST_TEST(shop.count("entry") == 0);
    BOOST_TEST(shop.count("rollup_sales") == 0);
    BOOST_TEST(shop.get("/v1/me/programs/shop/conversions", shop.ada).at("/data") == "[]");
    BOOST_TEST(shop.get("/v1/me/programs/shop/commissions", shop.ada).at("/data") == "[]");
    auto const ada_tests = shop.key(auth::KeyKind::partner, shop.id_of_partner("ada"), true);
    BOOST_TEST(shop.get("/v1/me/programs/shop/conversions", ada_tests).at("/data/1/test") == "true");
    BOOST_TEST(shop.post("/v1/programs/shop/conversions", body, shop.merchant).status == 201);  // the same key, live
    BOOST_TEST(shop.count("entry") == 1);
}

BOOST_AUTO_TEST_CASE(who_nearly_earned_is_shown_to_the_operator) {
    Shop shop;
    shop.sell("n-1", "10.00", "");
    shop.post("/v1/partners/bob/suspend", quoted("{'reason':'x'}"), shop.op);
    shop.sell("n-2", "10.00", "bob");
    shop.sell("n-3", "10.00", "ada");
    auto const list = shop.get("/v1/programs/shop/unattributed", shop.op);
    BOOST_TEST(list.at("/data/0/external_id") == "n-2");
    BOOST_TEST(list.at("/data/0/near_misses/0/source") == "assigned");
    BOOST_TEST(list.at("/data/1/near_misses") == "[]");
    BOOST_TEST(list.at("/data/2") == "");
    BOOST_TEST(list.at("/data/0/trace") == "");
    BOOST_TEST(shop.get("/v1/programs/shop/unattributed?reason=partner_suspended", shop.op).at("/data/1") == "");
}

BOOST_AUTO_TEST_CASE(a_held_conversion_is_decided) {
    Shop shop;
    auto const euro = [&](std::string const& id) {
        return shop.post("/v1/programs/shop/conversions",
                         quoted("{'external_id':'" + id + "','assigned_partner':'ada','amount':{'amount':'50.00','currency':'EUR'}}"),
                         shop.op);
    };
    auto const held = euro("h-1");
    BOOST_TEST(held.at("/state") == "held");
    BOOST_TEST(held.at("/reason") == "fx_rate_missing");
    auto const review = "/v1/conversions/" + held.at("/id") + "/review";
    BOOST_TEST(shop.post(review, quoted("{'decision':'approve'}"), shop.op).code() == "fx_rate_missing");
    shop.call("PUT", "/v1/programs/shop/fx-rates/EUR/2026-03-01", quoted("{'rate':'0.8'}"), shop.op);
    auto const approved = shop.post(review, quoted("{'decision':'approve'}"), shop.op);
    BOOST_TEST(approved.status == 200);
    BOOST_TEST(approved.at("/state") == "recorded");
    BOOST_TEST(approved.at("/commissions/0/amount/amount") == "4.00");
    BOOST_TEST(shop.get("/v1/audit?noun=conversion", shop.op).at("/data/0/action") == "approve");
    check_refused(shop, shop.op,
                  {{"POST", review, "{'decision':'approve'}", 409, "invalid_state", ""},
                   {"POST", review, "{}", 422, "missing_field", "/decision"},
                   {"POST", review, "{'decision':'maybe'}", 422, "invalid_field", "/decision"},
                   {"POST", review, "{'decision':'decline'}", 422, "missing_field", "/reason"},
                   {"POST", "/v1/conversions/cnv_0000000000008/review", "{'decision':'approve'}", 404, "not_found", ""}});
}

BOOST_AUTO_TEST_CASE(the_books_of_a_program_balance) {
    Shop shop;
    shop.sell("o-1", "100.00", "ada");
    shop.sell("o-2", "50.00", "ada");
    auto const accounts = shop.get("/v1/programs/shop/accounts", shop.op);
    BOOST_TEST(shop.get("/v1/programs/shop/accounts?name=expense", shop.op).at("/data/0/balance/amount") == "-15.00");
    BOOST_TEST(shop.get("/v1/programs/shop/accounts?partner=ada", shop.op).at("/data/0/balance/amount") == "15.00");
    auto const entries = shop.get("/v1/programs/shop/entries?kind=accrue", shop.op);
    BOOST_TEST(entries.at("/data/0/legs/0/amount/amount") == "-5.00");
    BOOST_TEST(entries.at("/data/0/legs/1/amount/amount") == "5.00");
    BOOST_TEST(shop.get("/v1/programs/shop/entries/" + entries.at("/data/1/id"), shop.op).at("/legs/1/amount/amount") == "10.00");
    auto const own = shop.get("/v1/programs/shop/accounts?partner=ada", shop.op).at("/data/0/name");
    BOOST_TEST(own.starts_with("partner:ptn_"), own);
    BOOST_TEST(entries.at("/data/0/legs/1/name") == own);
    BOOST_TEST(shop.get("/v1/programs/shop/accounts?name=" + own, shop.op).at("/data/0/balance/amount") == "15.00");
    auto const key = entries.at("/data/0/key");
    BOOST_TEST(key.starts_with("accrue:com_"), key);
    BOOST_TEST(shop.get("/v1/programs/shop/entries?key=" + key, shop.op).at("/data/0/id") == entries.at("/data/0/id"));
    auto const csv = shop.call("GET", "/v1/programs/shop/accounts?format=csv", "", shop.op).text;
    BOOST_TEST(csv.find("," + own + ",ada,15.00,GBP") != std::string::npos, csv);
    auto const head = shop.get("/v1/ledger/head", shop.op);
    BOOST_TEST(head.at("/data/0/handle") == "shop");
    BOOST_TEST(head.at("/data/0/unsealed") == "2");
    BOOST_TEST(shop.get("/v1/programs/shop/commissions?partner=ada", shop.merchant).at("/data/1/payable_on") == "2026-03-31");
}

BOOST_AUTO_TEST_CASE(an_idempotency_key_gives_the_first_answer_again) {
    Shop shop;
    auto const body = quoted("{'external_id':'k-1','assigned_partner':'ada','amount':{'amount':'10.00','currency':'GBP'}}");
    auto const first = shop.call("POST", "/v1/programs/shop/conversions", body, shop.merchant, {{"idempotency-key", "k"}});
    auto const again = shop.call("POST", "/v1/programs/shop/conversions", body, shop.merchant, {{"idempotency-key", "k"}});
    BOOST_TEST(again.status == 201);
    BOOST_TEST(again.text == first.text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::api
