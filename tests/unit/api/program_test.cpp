#include "refusal.hpp"

namespace partnerd::api {

BOOST_AUTO_TEST_SUITE(program)

namespace {
std::string const terms = "{'rules':[{'name':'base','rule':'percent','params':{'rate':'10%'}}]}";
}

BOOST_AUTO_TEST_CASE(a_program_is_made_changed_and_moved_along) {
    House house;
    auto const made =
        house.post("/v1/programs",
                   quoted("{'handle':'shop','name':'Shop','currency':'JPY','zone':'Asia/Tokyo','hosts':['*.shop.example']}"), house.op);
    BOOST_TEST(made.status == 201);
    BOOST_TEST(made.at("/status") == "draft");
    BOOST_TEST(made.header("location") == "/v1/programs/shop");
    BOOST_TEST(made.at("/id").starts_with("prg_"));
    BOOST_TEST(house.get("/v1/programs/shop/public").status == 404);  // a draft
    BOOST_TEST(house.post("/v1/programs/shop/terms", quoted(terms), house.op).at("/version") == "1");
    BOOST_TEST(house.post("/v1/programs/shop/status", quoted("{'status':'live'}"), house.op).at("/status") == "live");
    auto const changed = house.call("PATCH", "/v1/programs/" + made.at("/id"),
                                    quoted("{'name':'The Shop','destination':'https://a.shop.example/'}"), house.op);
    BOOST_TEST(changed.at("/name") == "The Shop");
    BOOST_TEST(changed.at("/zone") == "Asia/Tokyo");
    BOOST_TEST(house.get("/v1/programs/shop", house.op).text == changed.text);
    BOOST_TEST(house.post("/v1/programs/shop/stop", "", house.op).at("/stopped") == "true");
    BOOST_TEST(house.post("/v1/programs/shop/resume", "", house.op).at("/stopped") == "false");
    auto const list = house.get("/v1/programs?status=live", house.op);
    BOOST_TEST(list.at("/data/0/handle") == "shop");
    BOOST_TEST(list.at("/has_more") == "false");
    BOOST_TEST(house.get("/v1/programs?status=paused", house.op).at("/data") == "[]");
}

BOOST_AUTO_TEST_CASE(a_program_leads_only_to_its_own_hosts) {
    House house;
    std::string const path = "/v1/programs/shop";
    house.post("/v1/programs", quoted("{'handle':'shop','currency':'GBP','destination':'https://anywhere.example/'}"), house.op);
    check_refused(
        house, house.op,
        {{"POST", "/v1/programs", "{'handle':'x','currency':'GBP','hosts':['a.example'],'destination':'https://b.example/'}", 422,
          "host_not_allowed", "/destination"},
         {"PATCH", path, "{'hosts':['a.example']}", 422, "host_not_allowed", "/destination"},
         {"PATCH", path, "{'hosts':['*.a.example'],'destination':'https://a.example/'}", 422, "host_not_allowed", "/destination"},
         {"POST", "/v1/apply", "{'program':{'handle':'shop','hosts':['a.example']}}", 422, "host_not_allowed", "/program/destination"}});
    BOOST_TEST(house.get(path, house.op).at("/hosts") == "[]");
    auto const moved = house.call("PATCH", path, quoted("{'hosts':['a.example'],'destination':'https://a.example/x'}"), house.op);
    BOOST_TEST(moved.status == 200);
    check_refused(house, house.op, {{"PATCH", path, "{'destination':'https://b.example/'}", 422, "host_not_allowed", "/destination"}});
    BOOST_TEST(house.call("PATCH", path, quoted("{'hosts':[]}"), house.op).status == 200);
}

BOOST_AUTO_TEST_CASE(what_makes_no_program_is_refused_with_its_pointer) {
    House house;
    house.post("/v1/programs", quoted("{'handle':'shop','currency':'GBP'}"), house.op);
    check_refused(house, house.op,
                  {{"POST", "/v1/programs", "{", 400, "malformed_json", ""},
                   {"POST", "/v1/programs", "[]", 422, "invalid_field", ""},
                   {"POST", "/v1/programs", "{}", 422, "missing_field", "/handle"},
                   {"POST", "/v1/programs", "{'handle':'x'}", 422, "missing_field", "/currency"},
                   {"POST", "/v1/programs", "{'handle':'X Y','currency':'GBP'}", 422, "invalid_field", "/handle"},
                   {"POST", "/v1/programs", "{'handle':'x','currency':'XXQ'}", 422, "unknown_currency", "/currency"},
                   {"POST", "/v1/programs", "{'handle':'x','currency':'GBP','zone':'Mars/Base'}", 422, "invalid_field", "/zone"},
                   {"POST", "/v1/programs", "{'handle':'x','currency':'GBP','hosts':['a b']}", 422, "invalid_field", "/hosts"},
                   {"POST", "/v1/programs", "{'handle':'x','currency':'GBP','destination':'javascript:1'}", 422, "invalid_destination",
                    "/destination"},
                   {"POST", "/v1/programs", "{'handle':'x','currency':'GBP','colour':'red'}", 422, "unknown_field", "/colour"},
                   {"POST", "/v1/programs", "{'handle':'shop','currency':'GBP'}", 409, "handle_taken", "/handle"},
                   {"PATCH", "/v1/programs/shop", "{'handle':'other'}", 422, "unknown_field", "/handle"},
                   {"PATCH", "/v1/programs/shop", "{'currency':'EUR'}", 422, "invalid_field", "/currency"},
                   {"PATCH", "/v1/programs/shop", "{'order_currencies':['QQQ']}", 422, "unknown_currency", "/order_currencies"},
                   {"PATCH", "/v1/programs/none", "{}", 404, "unknown_program", ""},
                   {"GET", "/v1/programs/prg_0000000000008", "", 404, "unknown_program", ""},
                   {"POST", "/v1/programs/shop/status", "{'status':'live'}", 409, "invalid_state", "/status"},  // no terms
                   {"POST", "/v1/programs/shop/status", "{'status':'gone'}", 422, "invalid_field", "/status"},
                   {"POST", "/v1/programs/shop/status", "{'status':'ended'}", 409, "invalid_state", "/status"},
                   {"POST", "/v1/programs/shop/pilot-partners", "{'partner':'nobody'}", 422, "unknown_partner", "/partner"},
                   {"DELETE", "/v1/programs/shop", "", 405, "method_not_allowed", ""}});
    BOOST_TEST(house.count("program") == 1);
    BOOST_TEST(house.count("audit") == 1);
}

BOOST_AUTO_TEST_CASE(terms_are_versions_and_are_never_edited) {
    Shop shop;
    auto const second = shop.post(
        "/v1/programs/shop/terms",
        quoted("{'hold_days':14,'minimum_payout':'25.00','rules':[{'name':'base','rule':'flat','params':{'amount':'5.00'}}]}"), shop.op);
    BOOST_TEST(second.status == 201);
    BOOST_TEST(second.at("/version") == "2");
    BOOST_TEST(second.at("/settings/hold_days") == "14");
    BOOST_TEST(second.at("/plan/rules/0/rule") == "flat@1");
    BOOST_TEST(shop.get("/v1/programs/shop/terms/2", shop.op).text == second.text);
    BOOST_TEST(shop.get("/v1/programs/shop/terms/" + second.at("/id"), shop.merchant).text == second.text);
    BOOST_TEST(shop.get("/v1/programs/shop/terms", shop.op).at("/data/1/version") == "1");
    std::string const path = "/v1/programs/shop/terms";
    check_refused(
        shop, shop.op,
        {{"POST", path, "{}", 422, "missing_field", "/rules"},
         {"POST", path, "{'rules':{}}", 422, "invalid_field", "/rules"},
         {"POST", path, "{'rules':[{'name':'base','rule':'gift','params':{}}]}", 422, "unknown_rule", "/rules/0/rule"},
         {"POST", path, "{'rules':[{'name':'base','rule':'percent@9','params':{'rate':'1%'}}]}", 422, "unknown_rule", "/rules/0/rule"},
         {"POST", path, "{'rules':[{'name':'base','rule':'percent','params':{}}]}", 422, "missing_field", "/rules/0/params/rate"},
         {"POST", path, "{'rules':[{'name':'base','rule':'percent','params':{'rate':'ten'}}]}", 422, "invalid_rate",
          "/rules/0/params/rate"},
         {"POST", path, "{'hold_days':-1,'rules':[]}", 422, "invalid_field", "/hold_days"},
         {"POST", path, "{'hold_days':'30','rules':[]}", 422, "invalid_field", "/hold_days"},
         {"POST", path, "{'model':'linear','rules':[]}", 422, "invalid_field", "/model"},
         {"POST", path, "{'minimum_payout':25,'rules':[]}", 422, "amount_not_a_string", "/minimum_payout"},
         {"POST", path, "{'version':3,'rules':[]}", 422, "unknown_field", "/version"},
         {"POST", path, "{'holdd':3,'rules':[]}", 422, "unknown_field", "/holdd"},
         {"POST", path, "{'effective_at':'2020-01-01T00:00:00Z','rules':[{'name':'base','rule':'percent','params':{'rate':'1%'}}]}", 422,
          "notice_too_short", "/effective_at"},
         {"GET", path + "/9", "", 404, "not_found", ""},
         {"GET", path + "/x", "", 404, "not_found", ""}});
    BOOST_TEST(shop.count("terms") == 2);
}

BOOST_AUTO_TEST_CASE(the_public_page_says_what_is_paid_in_words) {
    Shop shop;
    auto const page = shop.get("/v1/programs/shop/public");
    BOOST_TEST(page.status == 200);
    BOOST_TEST(page.at("/name") == "The Shop");
    BOOST_TEST(page.at("/terms/version") == "1");
    BOOST_TEST(page.at("/terms/text") == "Be fair.");
    BOOST_TEST(page.at("/window_days") == "45");
    BOOST_TEST(page.at("/hold_days") == "30");
    BOOST_TEST(page.at("/rates/0/words") == "10% of the order");
    BOOST_TEST(page.at("/rates/0/on/0") == "sale");
    BOOST_TEST(page.text.find("ada") == std::string::npos);
    shop.post(
        "/v1/programs/shop/terms",
        quoted("{'rules':[{'name':'a','rule':'percent','lane':'a','params':{'rate':'5%','max':'9.00','categories':['tea','cups']}},"
               "{'name':'b','rule':'flat','on':'lead','params':{'amount':'2.50'},'when':{'fact':'order.base','op':'>=','value':'1.00'}},"
               "{'name':'c','rule':'tiers','lane':'c','params':{'tiers':[{'from':'0','rate':'1%'},{'from':'50','amount':'3'}]}}]}"),
        shop.op);
    shop.clock.advance(second_us);
    auto const later = shop.get("/v1/programs/shop/public");
    BOOST_TEST(later.at("/rates/0/words") == "5% of items of tea, cups, at most 9.00 GBP");
    BOOST_TEST(later.at("/rates/1/words") == "2.50 GBP each, under conditions");
    BOOST_TEST(later.at("/rates/2/words") == "1% of orders from 0.00 GBP; 3.00 GBP of orders from 50.00 GBP");
}

BOOST_AUTO_TEST_CASE(a_plugin_is_switched_on_with_a_configuration_it_accepts) {
    Shop shop;
    auto const on = shop.call("PUT", "/v1/programs/shop/plugins/greeter", quoted("{'enabled':true,'config':{'text':'hello'}}"), shop.op);
    BOOST_TEST(on.status == 200);
    BOOST_TEST(on.at("/config/text") == "hello");
    auto const lines = shop.count("audit");
    shop.call("PUT", "/v1/programs/shop/plugins/greeter", quoted("{'enabled':true,'config':{'text':'hello'}}"), shop.op);
    BOOST_TEST(shop.count("audit") == lines);  // nothing changed
    auto const off = shop.call("PUT", "/v1/programs/shop/plugins/greeter", quoted("{'enabled':false}"), shop.op);
    BOOST_TEST(off.at("/config/text") == "hello");
    BOOST_TEST(shop.get("/v1/programs/shop/plugins", shop.op).at("/data/0/enabled") == "false");
    BOOST_TEST(shop.get("/v1/plugins", shop.op).at("/data/0/id") == "greeter");
    std::string const path = "/v1/programs/shop/plugins/";
    check_refused(shop, shop.op,
                  {{"PUT", path + "mailer", "{'enabled':true}", 422, "unknown_plugin", ""},
                   {"PUT", path + "greeter", "{}", 422, "missing_field", "/enabled"},
                   {"PUT", path + "greeter", "{'enabled':'yes'}", 422, "invalid_field", "/enabled"},
                   {"PUT", path + "greeter", "{'enabled':true,'config':[]}", 422, "invalid_field", ""},
                   {"PUT", path + "greeter", "{'enabled':true,'config':{'sound':'on'}}", 422, "unknown_field", "/config/sound"}});
}

BOOST_AUTO_TEST_CASE(exchange_rates_are_kept_by_day) {
    Shop shop;
    auto const set = shop.call("PUT", "/v1/programs/shop/fx-rates/EUR/2026-02-28", quoted("{'rate':'0.8734'}"), shop.op);
    BOOST_TEST(set.status == 201);
    BOOST_TEST(shop.call("PUT", "/v1/programs/shop/fx-rates/EUR/2026-02-28", quoted("{'rate':'0.9'}"), shop.op).status == 200);
    BOOST_TEST(shop.get("/v1/programs/shop/fx-rates?currency=EUR", shop.op).at("/data/0/rate") == "0.9");
    std::string const path = "/v1/programs/shop/fx-rates/";
    check_refused(shop, shop.op,
                  {{"PUT", path + "EUR/2026-02-30", "{'rate':'1'}", 422, "invalid_field", "day"},
                   {"PUT", path + "QQQ/2026-02-28", "{'rate':'1'}", 422, "unknown_currency", "currency"},
                   {"PUT", path + "USD/2026-02-28", "{'rate':'1'}", 422, "currency_not_accepted", "currency"},
                   {"PUT", path + "GBP/2026-02-28", "{'rate':'1'}", 422, "currency_not_accepted", "currency"},
                   {"PUT", path + "EUR/2026-02-28", "{'rate':'0'}", 422, "invalid_rate", "/rate"},
                   {"PUT", path + "EUR/2026-02-28", "{'rate':'-1'}", 422, "invalid_rate", "/rate"},
                   {"PUT", path + "EUR/2026-02-28", "{'rate':1.5}", 422, "invalid_field", "/rate"},
                   {"GET", "/v1/programs/shop/fx-rates", "", 400, "invalid_query", "currency"}});
}

BOOST_AUTO_TEST_CASE(rules_are_offered_with_their_schema) {
    House house;
    auto const rules = house.get("/v1/rules", house.op);
    BOOST_TEST(rules.status == 200);
    BOOST_TEST(rules.at("/data/0/rule") == "flat@1");
    BOOST_TEST(rules.at("/data/0/params_schema/type") == "object");
}

BOOST_AUTO_TEST_CASE(a_dry_run_changes_nothing) {
    Shop shop;
    auto const shown = shop.call("PATCH", "/v1/programs/shop?dry_run=1", quoted("{'name':'Another'}"), shop.op);
    BOOST_TEST(shown.at("/name") == "Another");
    BOOST_TEST(shop.get("/v1/programs/shop", shop.op).at("/name") == "The Shop");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::api
