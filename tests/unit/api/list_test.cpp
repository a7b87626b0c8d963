#include <algorithm>

#include "refusal.hpp"

namespace partnerd::api {

BOOST_AUTO_TEST_SUITE(lists)

namespace {

std::vector<std::string> lines_of(std::string const& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        auto const end = text.find("\r\n", at);
        lines.push_back(text.substr(at, end - at));
        at = end + 2;
    }
    return lines;
}

// Routes that answer {"data": [...]} of one noun with a cursor.
bool is_listing(Answer const& answer) { return answer.json.is_object() && answer.json.as_object().contains("has_more"); }

std::string const uncursored[] = {
    "/v1/programs/{program}/plugins",   "/v1/programs/{program}/fx-rates", "/v1/plugins", "/v1/rules", "/v1/ledger/head",
    "/v1/me/programs/{program}/balance"};

}  // namespace

BOOST_AUTO_TEST_CASE(pages_follow_each_other_without_gap_or_repeat) {
    Shop shop;
    for (int i = 0; i < 7; ++i) shop.sell("o-" + std::to_string(i), "10.00", i % 2 == 0 ? "ada" : "bob");
    std::vector<std::string> seen;
    std::string cursor;
    do {
        auto const page =
            shop.get("/v1/programs/shop/conversions?limit=3" + (cursor.empty() ? "" : "&starting_after=" + cursor), shop.merchant);
        for (auto const& row : page.json.at("data").as_array()) seen.emplace_back(row.at("external_id").as_string());
        cursor = page.at("/has_more") == "true" ? page.at("/next_cursor") : "";
    } while (!cursor.empty());
    std::vector<std::string> const newest_first = {"o-6", "o-5", "o-4", "o-3", "o-2", "o-1", "o-0"};
    BOOST_TEST(seen == newest_first, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(filters_select_and_what_is_no_filter_is_refused) {
    Shop shop;
    shop.sell("o-1", "10.00", "ada", "'at':'2026-02-01T00:00:00Z','order_id':'A7'");
    shop.sell("o-2", "20.00", "bob", "'kind':'lead'");
    shop.sell("o-3", "30.00", "");
    std::pair<std::string, std::string> const cases[] = {{"partner=ada", "o-1"},
                                                         {"kind=lead", "o-2"},
                                                         {"state=unattributed", "o-3"},
                                                         {"external_id=o-2", "o-2"},
                                                         {"order_id=A7", "o-1"},
                                                         {"to=2026-02-02T00:00:00Z", "o-1"},
                                                         {"from=2026-02-02T00:00:00Z&partner=bob", "o-2"}};
    for (auto const& [filter, id] : cases) {
        BOOST_TEST_CONTEXT(filter) {
            auto const list = shop.get("/v1/programs/shop/conversions?" + filter, shop.op);
            BOOST_TEST(list.at("/data/0/external_id") == id);
            BOOST_TEST(list.at("/data/1") == "");
        }
    }
    std::string const path = "/v1/programs/shop/conversions";
    check_refused(shop, shop.op,
                  {{"GET", path + "?color=red", "", 400, "invalid_query", "color"},
                   {"GET", path + "?limit=0", "", 400, "invalid_query", "limit"},
                   {"GET", path + "?limit=101", "", 400, "invalid_query", "limit"},
                   {"GET", path + "?limit=x", "", 400, "invalid_query", "limit"},
                   {"GET", path + "?starting_after=prg_0000000000002", "", 400, "invalid_cursor", "starting_after"},
                   {"GET", path + "?from=yesterday", "", 400, "invalid_query", "from"},
                   {"GET", path + "?test=maybe", "", 400, "invalid_query", "test"},
                   {"GET", path + "?kind=sale&kind=lead", "", 400, "invalid_query", "kind"},
                   {"GET", path + "?format=xml", "", 400, "invalid_query", "format"}});
}

BOOST_AUTO_TEST_CASE(filters_that_no_row_can_pass_are_refused_with_what_can) {
    Shop shop;
    shop.post("/v1/programs", quoted("{'handle':'two','currency':'GBP'}"), shop.op);
    shop.post("/v1/programs/two/partners", quoted("{'handle':'cy'}"), shop.op);  // not of the shop
    struct Case {
        std::string target, words;
    };
    std::string const here = "/v1/programs/shop";
    std::vector<Case> const cases = {{"/v1/programs?status", "draft, pilot, live, paused, ended"},
                                     {"/v1/partners?status", "active, suspended"},
                                     {here + "/enrollments?status", "active, suspended, closed"},
                                     {here + "/applications?status", "pending, approved, rejected"},
                                     {here + "/conversions?state", "recorded, held, declined, unattributed"},
                                     {here + "/adjustments?type", "refund, chargeback, amend, status"},
                                     {here + "/commissions?state", "pending, approved, reversed, held, declined, test"},
                                     {"/v1/keys?kind", "operator, merchant, partner"},
                                     {here + "/conversions?partner", ""},
                                     {here + "/commissions?partner", ""},
                                     {here + "/enrollments?partner", ""},
                                     {here + "/links?partner", ""},
                                     {here + "/accounts?partner", ""}};
    for (auto const& [target, words] : cases) {
        for (auto const* const value : {"nonsense", "cy", ""}) {
            BOOST_TEST_CONTEXT(target << "=" << value) {
                auto const answer = shop.get(target + "=" + value, shop.op);
                BOOST_TEST(answer.status == 400);
                BOOST_TEST(answer.code() == "invalid_query");
                BOOST_TEST(answer.at("/pointer") == target.substr(target.find('?') + 1));
                BOOST_TEST(answer.at("/detail").find(words.empty() ? "there is no partner '" + std::string(value) + "'" : words) !=
                           std::string::npos);
            }
        }
        for (std::size_t at = 0; at < words.size();) {
            auto const end = std::min(words.find(", ", at), words.size());
            BOOST_TEST(shop.get(target + "=" + words.substr(at, end - at), shop.op).status == 200, target << words.substr(at, end - at));
            at = end + 2;
        }
        if (words.empty()) BOOST_TEST(shop.get(target + "=bob", shop.op).status == 200, target);
    }
    check_refused(shop, shop.ada,
                  {{"GET", "/v1/me/programs?status=nonsense", "", 400, "invalid_query", "status"},
                   {"GET", "/v1/me/programs/shop/conversions?state=paid", "", 400, "invalid_query", "state"},
                   {"GET", "/v1/me/programs/shop/commissions?state=paid", "", 400, "invalid_query", "state"}});
}

BOOST_AUTO_TEST_CASE(every_noun_is_got_by_its_id) {
    Shop shop;
    shop.post("/v1/programs", quoted("{'handle':'two','currency':'GBP'}"), shop.op);
    shop.sell("o-1", "100.00", "ada");
    BOOST_TEST_REQUIRE(
        shop.post("/v1/programs/shop/adjustments",
                  quoted("{'external_id':'o-1','adjustment_id':'r-1','type':'refund','amount':{'amount':'40.00','currency':'GBP'}}"),
                  shop.merchant)
            .ok());
    struct Case {
        std::string noun;
        bool merchants;
    };
    for (auto const& [noun, merchants] : {Case{"adjustments", true}, Case{"commissions", true}, Case{"accounts", false}}) {
        BOOST_TEST_CONTEXT(noun) {
            auto const listed = shop.get("/v1/programs/shop/" + noun, shop.op);
            auto const id = listed.at("/data/0/id");
            auto const one = shop.get("/v1/programs/shop/" + noun + "/" + id, shop.op);
            BOOST_TEST(one.status == 200);
            BOOST_TEST(one.text == listed.at("/data/0"));
            BOOST_TEST(shop.get("/v1/programs/shop/" + noun + "/" + id, shop.merchant).status == (merchants ? 200 : 403));
            BOOST_TEST(shop.get("/v1/programs/shop/" + noun + "/" + id, shop.ada).status == 403);
            BOOST_TEST(shop.get("/v1/programs/two/" + noun + "/" + id, shop.op).status == 404);
            BOOST_TEST(shop.get("/v1/programs/shop/" + noun + "/prg_0000000000008", shop.op).status == 404);
            BOOST_TEST(shop.get("/v1/programs/shop/" + noun + "/" + id + "?x=1", shop.op).code() == "invalid_query");
        }
    }
    for (auto const* const list : {"/v1/audit", "/v1/keys"}) {
        BOOST_TEST_CONTEXT(list) {
            auto const listed = shop.get(list, shop.op);
            auto const path = std::string(list) + "/" + listed.at("/data/1/id");
            BOOST_TEST(shop.get(path, shop.op).text == listed.at("/data/1"));
            BOOST_TEST(shop.get(path, shop.merchant).status == 403);
            BOOST_TEST(shop.get(std::string(list) + "/x", shop.op).status == 404);
        }
    }
}

BOOST_AUTO_TEST_CASE(exchange_rates_are_csv_too) {
    Shop shop;
    shop.call("PATCH", "/v1/programs/shop", quoted("{'order_currencies':['USD']}"), shop.op);
    std::string const path = "/v1/programs/shop/fx-rates";
    for (auto const* const day : {"2026-02-01", "2026-02-02"})
        BOOST_TEST_REQUIRE(shop.call("PUT", path + "/USD/" + day, quoted("{'rate':'0.79'}"), shop.op).status == 201);
    auto const csv = shop.get(path + "?currency=USD&format=csv", shop.op);
    BOOST_TEST(csv.content_type == "text/csv; charset=utf-8");
    BOOST_TEST(csv.text == "currency,day,rate\r\nUSD,2026-02-02,0.79\r\nUSD,2026-02-01,0.79\r\n");
    BOOST_TEST(shop.call("GET", path + "?currency=USD", "", shop.op, {{"accept", "text/csv"}}).text == csv.text);
    BOOST_TEST(shop.get(path + "?currency=USD&format=json", shop.op).at("/data/0/day") == "2026-02-02");
    check_refused(shop, shop.op,
                  {{"GET", path + "?currency=USD&format=xml", "", 400, "invalid_query", "format"},
                   {"GET", path + "?currency=USD&currency=EUR", "", 400, "invalid_query", "currency"},
                   {"GET", path + "?format=csv", "", 400, "invalid_query", "currency"}});
}

BOOST_AUTO_TEST_CASE(every_list_is_csv_too) {
    Shop shop;
    shop.sell("o-1", "100.00", "ada");
    shop.post("/v1/me/programs/shop/links", quoted("{'code':'ada-link'}"), shop.ada);
    shop.post("/v1/partners/ada/notes", quoted("{'text':'=1+1'}"), shop.op);
    int lists = 0;
    for (auto const& route : shop.routes) {
        if (route.method != "GET" || std::find(std::begin(uncursored), std::end(uncursored), route.path) != std::end(uncursored)) continue;
        auto path = route.path;
        if (auto const at = path.find("{program}"); at != std::string::npos) path.replace(at, 9, "shop");
        if (auto const at = path.find("partners/{id}/notes"); at != std::string::npos) path.replace(at + 9, 4, "ada");
        if (path.find('{') != std::string::npos) continue;
        auto const& key = route.scopes == "partner" ? shop.ada : shop.op;
        auto const json = shop.get(path, key);
        if (!is_listing(json)) continue;
        BOOST_TEST_CONTEXT(path) {
            auto const csv = shop.get(path + "?format=csv", key);
            BOOST_TEST(csv.status == 200);
            BOOST_TEST(csv.content_type == "text/csv; charset=utf-8");
            auto const lines = lines_of(csv.text);
            BOOST_TEST(lines.at(0).starts_with("id,"));
            BOOST_TEST(lines.size() == json.json.at("data").as_array().size() + 1);
        }
        ++lists;
    }
    BOOST_TEST(lists >= 20);
    BOOST_TEST(shop.get("/v1/partners/ada/notes?format=csv", shop.op).text.find("'=1+1") != std::string::npos);
    auto const money = lines_of(shop.get("/v1/programs/shop/commissions?format=csv", shop.op).text);
    BOOST_TEST(money.at(1).find("10.00,GBP") != std::string::npos);
    BOOST_TEST(money.at(1).find("2026-03-31,2026-03-31T12:00:00Z") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_change_of_an_operator_is_in_the_audit_log) {
    Shop shop;
    auto const before = shop.count("audit");
    shop.post("/v1/programs/shop/stop", "", shop.op);
    shop.post("/v1/programs/shop/resume", "", shop.op);
    shop.post("/v1/programs/shop/pilot-partners", quoted("{'partner':'ada'}"), shop.op);
    shop.post("/v1/programs/shop/pilot-partners", quoted("{'partner':'ada'}"), shop.op);  // the same again
    shop.post("/v1/partners/bob/suspend", quoted("{'reason':'x'}"), shop.op);
    shop.post("/v1/keys", quoted("{'kind':'operator'}"), shop.op);
    BOOST_TEST(shop.count("audit") == before + 5);
    auto const log = shop.get("/v1/audit", shop.op);
    BOOST_TEST(log.at("/data/1/action") == "suspend");
    BOOST_TEST(log.at("/data/1/before/status") == "active");
    BOOST_TEST(log.at("/data/1/after/status") == "suspended");
    BOOST_TEST(log.at("/data/1/request_id") == "test");
    BOOST_TEST(log.at("/data/0/after/kind") == "operator");
    BOOST_TEST(log.text.find("pd_op_") == std::string::npos);
    BOOST_TEST(shop.get("/v1/programs/shop/pilot-partners", shop.op).at("/data/0/handle") == "ada");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::api
