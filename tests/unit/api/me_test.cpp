#include "refusal.hpp"

namespace partnerd::api {

BOOST_AUTO_TEST_SUITE(me)

BOOST_AUTO_TEST_CASE(a_partner_changes_what_is_its_own) {
    Shop shop;
    shop.call("PATCH", "/v1/partners/ada", quoted("{'facts':{'level':'gold'},'tags':['watch']}"), shop.op);
    auto const me = shop.get("/v1/me", shop.ada);
    BOOST_TEST(me.at("/handle") == "ada");
    BOOST_TEST(me.text.find("gold") == std::string::npos);
    BOOST_TEST(me.text.find("watch") == std::string::npos);
    auto const changed = shop.call("PATCH", "/v1/me", quoted("{'name':'Ada L.','website':'https://ada.example/'}"), shop.ada);
    BOOST_TEST(changed.at("/name") == "Ada L.");
    BOOST_TEST(changed.at("/email") == "ada@ada.example");
    BOOST_TEST(shop.get("/v1/partners/ada", shop.op).at("/facts/level") == "gold");
    auto const log = shop.get("/v1/audit?actor_kind=partner", shop.op);
    BOOST_TEST(log.at("/data/0/noun") == "partner");
    BOOST_TEST(log.text.find("Ada L.") == std::string::npos);
    check_refused(shop, shop.ada,
                  {{"PATCH", "/v1/me", "{'handle':'x'}", 422, "unknown_field", "/handle"},
                   {"PATCH", "/v1/me", "{'tags':[]}", 422, "unknown_field", "/tags"},
                   {"PATCH", "/v1/me", "{'facts':{}}", 422, "unknown_field", "/facts"},
                   {"PATCH", "/v1/me", "{'partner_type':'vip'}", 422, "unknown_field", "/partner_type"},
                   {"PATCH", "/v1/me", "{'status':'active'}", 422, "unknown_field", "/status"},
                   {"PATCH", "/v1/me", "{'email':'x'}", 422, "invalid_field", "/email"},
                   {"PATCH", "/v1/me", "{'website':'x'}", 422, "invalid_field", "/website"}});
}

BOOST_AUTO_TEST_CASE(a_partner_makes_and_revokes_its_keys) {
    Shop shop;
    auto const made = shop.post("/v1/me/keys", quoted("{'label':'site'}"), shop.ada);
    BOOST_TEST(made.status == 201);
    BOOST_TEST(made.header("cache-control") == "no-store");
    BOOST_TEST(shop.get("/v1/me", made.at("/key")).at("/handle") == "ada");
    auto const keys = shop.get("/v1/me/keys", shop.ada);
    BOOST_TEST(keys.at("/data/0/label") == "site");
    BOOST_TEST(keys.text.find(made.at("/key")) == std::string::npos);
    BOOST_TEST(shop.call("DELETE", "/v1/me/keys/" + made.at("/id"), "", shop.bob).status == 404);
    BOOST_TEST(shop.call("DELETE", "/v1/me/keys/" + made.at("/id"), "", shop.ada).status == 204);
    BOOST_TEST(shop.get("/v1/me", made.at("/key")).code() == "invalid_key");
    auto const tester = shop.key(auth::KeyKind::partner, shop.id_of_partner("ada"), true);
    BOOST_TEST(shop.post("/v1/me/keys", quoted("{'test':false}"), tester).at("/test") == "true");
    auto const foreign = shop.get("/v1/keys?kind=merchant", shop.op).at("/data/0/id");
    check_refused(shop, shop.ada,
                  {{"POST", "/v1/me/keys", "{'kind':'operator'}", 422, "unknown_field", "/kind"},
                   {"POST", "/v1/me/keys", "{'partner':'bob'}", 422, "unknown_field", "/partner"},
                   {"POST", "/v1/me/keys", "{'scopes':'all'}", 422, "invalid_field", "/scopes"},
                   {"POST", "/v1/me/keys", "{'expires_at':'2020-01-01T00:00:00Z'}", 422, "invalid_field", "/expires_at"},
                   {"DELETE", "/v1/me/keys/" + foreign, "", 404, "not_found", ""},
                   {"DELETE", "/v1/me/keys/key_0000000000008", "", 404, "not_found", ""}});
}

BOOST_AUTO_TEST_CASE(an_operator_makes_keys_for_everybody) {
    Shop shop;
    BOOST_TEST(
        shop.get("/v1/programs/shop", shop.post("/v1/keys", quoted("{'kind':'merchant','program':'shop'}"), shop.op).at("/key")).status ==
        200);
    BOOST_TEST(shop.get("/v1/me", shop.post("/v1/keys", quoted("{'kind':'partner','partner':'bob'}"), shop.op).at("/key")).at("/handle") ==
               "bob");
    BOOST_TEST(shop.get("/v1/programs", shop.post("/v1/keys", quoted("{'kind':'operator','scopes':'read'}"), shop.op).at("/key")).status ==
               200);
    check_refused(shop, shop.op,
                  {{"POST", "/v1/keys", "{}", 422, "missing_field", "/kind"},
                   {"POST", "/v1/keys", "{'kind':'root'}", 422, "invalid_field", "/kind"},
                   {"POST", "/v1/keys", "{'kind':'merchant'}", 422, "invalid_field", "/program"},
                   {"POST", "/v1/keys", "{'kind':'operator','program':'shop'}", 422, "invalid_field", "/program"},
                   {"POST", "/v1/keys", "{'kind':'partner'}", 422, "invalid_field", "/partner"},
                   {"POST", "/v1/keys", "{'kind':'partner','partner':'nobody'}", 422, "unknown_partner", "/partner"},
                   {"POST", "/v1/keys", "{'kind':'merchant','program':'none'}", 404, "unknown_program", "/program"},
                   {"DELETE", "/v1/keys/key_0000000000008", "", 404, "not_found", ""}});
    auto const kept = shop.call("POST", "/v1/keys", quoted("{'kind':'operator'}"), shop.op, {{"idempotency-key", "k"}});
    auto const replayed = shop.call("POST", "/v1/keys", quoted("{'kind':'operator'}"), shop.op, {{"idempotency-key", "k"}});
    BOOST_TEST(kept.status == 201);
    BOOST_TEST(replayed.status == 409);  // a secret is shown once
}

BOOST_AUTO_TEST_CASE(a_partner_makes_links_to_allowed_places) {
    Shop shop;
    std::string const path = "/v1/me/programs/shop/links";
    auto const made = shop.post(
        path, quoted("{'destination':'https://shop.example/tea?x=1','code':'Tea-Time','channel':'blog','sub1':'spring'}"), shop.ada);
    BOOST_TEST(made.status == 201);
    BOOST_TEST(made.at("/code") == "tea-time");
    BOOST_TEST(made.at("/url") == "https://partners.example/r/tea-time");
    BOOST_TEST(made.at("/sub1") == "spring");
    BOOST_TEST(shop.get(path + "/" + made.at("/id"), shop.ada).text == made.text);
    auto const plain = shop.post(path, "{}", shop.ada);
    BOOST_TEST(plain.at("/destination") == "https://shop.example/");
    BOOST_TEST(shop.get(path + "?channel=blog", shop.ada).at("/data/1") == "");
    BOOST_TEST(shop.get("/v1/programs/shop/links?partner=ada", shop.op).at("/data/1/partner") == "ada");
    BOOST_TEST(shop.post("/v1/links/" + made.at("/id") + "/stop", "", shop.op).at("/stopped") == "true");
    BOOST_TEST(shop.post("/v1/links/" + made.at("/id") + "/resume", "", shop.op).at("/stopped") == "false");
    check_refused(shop, shop.bob,
                  {{"POST", path, "{'code':'TEA-TIME'}", 409, "code_taken", "/code"},
                   {"POST", path, "{'code':'a'}", 422, "invalid_field", "/code"},
                   {"POST", path, "{'code':'a b'}", 422, "invalid_field", "/code"},
                   {"POST", path, "{'destination':'https://evil.example/'}", 422, "host_not_allowed", "/destination"},
                   {"POST", path, "{'destination':'https://shop.example.evil.example/'}", 422, "host_not_allowed", "/destination"},
                   {"POST", path, "{'destination':'https://shop.example@evil.example/'}", 422, "invalid_destination", "/destination"},
                   {"POST", path, "{'destination':'javascript:alert(1)'}", 422, "invalid_destination", "/destination"},
                   {"POST", path, "{'destination':'//evil.example/'}", 422, "invalid_destination", "/destination"},
                   {"POST", path, "{'partner':'ada'}", 422, "unknown_field", "/partner"},
                   {"POST", path, "{'sub6':'x'}", 422, "unknown_field", "/sub6"},
                   {"POST", path, "{'sub1':7}", 422, "invalid_field", "/sub1"},
                   {"GET", path + "/lnk_0000000000008", "", 404, "not_found", ""},
                   {"GET", path + "/tea-time", "", 404, "not_found", ""}});
    check_refused(shop, shop.op, {{"POST", "/v1/links/lnk_0000000000008/stop", "", 404, "not_found", ""}});
    BOOST_TEST(shop.count("link") == 2);
}

BOOST_AUTO_TEST_CASE(terms_are_accepted_by_version) {
    Shop shop;
    shop.post("/v1/programs/shop/terms", quoted("{'rules':[{'name':'base','rule':'percent','params':{'rate':'12%'}}]}"), shop.op);
    std::string const path = "/v1/me/programs/shop/terms";
    BOOST_TEST(shop.get(path, shop.ada).at("/data/0/version") == "2");
    BOOST_TEST(shop.post(path + "/2/accept", "", shop.ada).at("/accepted_terms") == "2");
    BOOST_TEST(shop.get("/v1/me/programs", shop.ada).at("/data/0/accepted_terms") == "2");
    BOOST_TEST(shop.get("/v1/me/programs", shop.bob).at("/data/0/accepted_terms") == "0");
    check_refused(shop, shop.ada,
                  {{"POST", path + "/1/accept", "", 409, "invalid_state", ""},
                   {"POST", path + "/9/accept", "", 404, "not_found", ""},
                   {"POST", path + "/x/accept", "", 404, "not_found", ""},
                   {"POST", path + "/-1/accept", "", 404, "not_found", ""}});
}

BOOST_AUTO_TEST_CASE(figures_of_a_partner_agree_with_each_other) {
    Shop shop;
    auto const first = shop.sell("o-1", "100.00", "ada", "'customer':'c-1','at':'2026-01-10T09:00:00Z'");
    shop.sell("o-2", "50.00", "ada", "'customer':'c-2'");
    shop.sell("o-3", "70.00", "bob");
    shop.release();
    auto const balance = shop.get("/v1/me/programs/shop/balance", shop.ada);
    BOOST_TEST(balance.at("/data/0/pending/amount") == "5.00");
    BOOST_TEST(balance.at("/data/0/payable/amount") == "10.00");
    auto const summary = shop.get("/v1/me/programs/shop/summary?from=2026-01-01&to=2026-03-01", shop.ada);
    BOOST_TEST(summary.at("/total/conversions") == "2");
    BOOST_TEST(summary.at("/total/revenue/amount") == "150.00");
    BOOST_TEST(summary.at("/total/pending/amount") == "5.00");
    BOOST_TEST(summary.at("/total/approved/amount") == "10.00");
    auto const by_day = shop.get("/v1/me/programs/shop/summary?from=2026-01-01&to=2026-03-01&group_by=day", shop.ada);
    BOOST_TEST(by_day.at("/data/0/key") == "2026-01-10");
    BOOST_TEST(by_day.at("/data/1/revenue/amount") == "50.00");
    auto const conversions = shop.get("/v1/me/programs/shop/conversions", shop.ada);
    BOOST_TEST(conversions.at("/data/0/amount/amount") == "50.00");
    BOOST_TEST(conversions.at("/data/2") == "");
    auto const commissions = shop.get("/v1/me/programs/shop/commissions?state=approved", shop.ada);
    BOOST_TEST(commissions.at("/data/0/payable_on") == "2026-02-09");
    BOOST_TEST(commissions.at("/data/0/amount/amount") == "10.00");
    auto const why = shop.get("/v1/me/programs/shop/conversions/" + first.at("/id") + "/explain", shop.ada);
    BOOST_TEST(why.status == 200);
    for (auto const& answer : {summary, by_day, conversions, commissions, why})
        for (auto const word : {"c-1", "c-2", "bob", "o-1", "70.00"}) BOOST_TEST(answer.text.find(word) == std::string::npos);
    std::string const path = "/v1/me/programs/shop/summary";
    check_refused(shop, shop.ada,
                  {{"GET", path + "?group_by=customer", "", 400, "invalid_query", "group_by"},
                   {"GET", path + "?from=2026-03-02&to=2026-03-01", "", 400, "invalid_query", "from"},
                   {"GET", path + "?from=2000-01-01&to=2026-03-01", "", 400, "invalid_query", "from"},
                   {"GET", path + "?from=March", "", 400, "invalid_query", "from"},
                   {"GET", path + "?as_of=x", "", 400, "invalid_query", "as_of"},
                   {"GET", path + "?from=2026-02-01T00:00:00Z", "", 400, "invalid_query", "from"},
                   {"GET", path + "?to=2026-03-01T00:00:00Z", "", 400, "invalid_query", "to"},
                   {"GET", path + "?as_of=2026-03-01T00:00:00%2B01:00", "", 400, "invalid_query", "as_of"},
                   {"GET", path + "?from=2026-02-01&from=2026-02-02", "", 400, "invalid_query", "from"},
                   {"GET", path + "?to=2026-02-01&to=2026-02-01", "", 400, "invalid_query", "to"},
                   {"GET", path + "?group_by=day&group_by=link", "", 400, "invalid_query", "group_by"},
                   {"GET", path + "?partner=bob", "", 400, "invalid_query", "partner"},
                   {"GET", "/v1/me/programs/shop/commissions?partner=bob", "", 400, "invalid_query", "partner"}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::api
