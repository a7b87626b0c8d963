// Every operation of the core answers as /openapi.json says. That an answer fits is checked wherever the house is asked.
#include <boost/test/unit_test.hpp>

#include "contract.hpp"
#include "full_shop.hpp"

namespace partnerd::api {

BOOST_AUTO_TEST_SUITE(answers)

namespace {

struct Change {
    std::string method, target, body;  // ' for "; {x} is an id of the full shop
    int status = 200;
    bool by_partner = false;
};

std::string with_ids(FullShop const& shop, std::string target) {
    std::pair<std::string, std::string> const ids[] = {{"{application}", shop.application},
                                                       {"{enrollment}", shop.enrollment},
                                                       {"{link}", shop.link},
                                                       {"{conversion}", shop.conversion},
                                                       {"{key}", shop.ada_key}};
    for (auto const& [name, id] : ids)
        if (auto const at = target.find(name); at != std::string::npos) target.replace(at, name.size(), id);
    return target;
}

std::vector<Change> const changes = {
    {"POST", "/v1/programs", "{'handle':'fresh','currency':'EUR'}", 201},
    {"PATCH", "/v1/programs/fresh", "{'name':'Fresh','hosts':['fresh.example'],'exclusive_group':null}"},
    {"POST", "/v1/programs/fresh/terms", "{'text':'.','rules':[{'name':'base','rule':'percent','params':{'rate':'5%'}}]}", 201},
    {"POST", "/v1/programs/shop/status", "{'status':'paused'}"},
    {"POST", "/v1/programs/shop/status", "{'status':'live'}"},
    {"POST", "/v1/programs/shop/stop", ""},
    {"POST", "/v1/programs/shop/resume", ""},
    {"POST", "/v1/programs/shop/pilot-partners", "{'partner':'ada'}", 201},
    {"POST", "/v1/programs/shop/pilot-partners", "{'partner':'ada'}", 200},
    {"PUT", "/v1/programs/shop/plugins/greeter", "{'enabled':true,'config':{'text':'hi'}}"},
    {"PUT", "/v1/programs/shop/fx-rates/EUR/2026-02-01", "{'rate':'0.86'}", 201},
    {"PUT", "/v1/programs/shop/fx-rates/EUR/2026-02-01", "{'rate':'0.87'}", 200},
    {"POST", "/v1/programs/shop/partners", "{'handle':'eve','tags':['new'],'facts':{'size':3}}", 201},
    {"POST", "/v1/programs/shop/partners", "{'handle':'eve'}", 200},
    {"PATCH", "/v1/partners/eve", "{'website':'https://eve.example','email':null}"},
    {"POST", "/v1/partners/eve/suspend", "{'reason':'x'}"},
    {"POST", "/v1/partners/eve/reinstate", "{'reason':'x'}"},
    {"POST", "/v1/partners/eve/stop", ""},
    {"POST", "/v1/partners/eve/resume", ""},
    {"POST", "/v1/partners/eve/notes", "{'text':'A note.'}", 201},
    {"POST", "/v1/partners/eve/identities", "{'email':'eve@home.example'}", 201},
    {"POST", "/v1/partners/eve/identities", "{'email':'eve@home.example'}", 200},
    {"POST", "/v1/applications/{application}/approve", "{'handle':'cy'}"},
    {"POST", "/v1/enrollments/{enrollment}/suspend", "{'reason':'x'}"},
    {"POST", "/v1/enrollments/{enrollment}/reinstate", "{'reason':'x'}"},
    {"POST", "/v1/links/{link}/stop", ""},
    {"POST", "/v1/links/{link}/resume", ""},
    {"POST", "/v1/programs/shop/conversions",
     "{'external_id':'n-1','assigned_partner':'ada','items':[{'sku':'s','quantity':2,'amount':{'amount':'5.00','currency':'GBP'}}]}", 201},
    {"POST", "/v1/programs/shop/adjustments", "{'external_id':'n-1','adjustment_id':'a','type':'status','status':'declined'}", 201},
    {"POST", "/v1/programs/shop/adjustments", "{'external_id':'n-1','adjustment_id':'a','type':'status','status':'declined'}", 200},
    {"POST", "/v1/keys", "{'kind':'merchant','program':'shop','expires_at':'2027-01-01T00:00:00Z'}", 201},
    {"POST", "/v1/apply",
     "{'program':{'handle':'shop','name':'Shop 2'},'partners':[{'handle':'bob','name':'Rob'}],'plugins':{'greeter':false}}"},
    {"PATCH", "/v1/me", "{'name':'Ada L'}", 200, true},
    {"POST", "/v1/me/keys", "{'label':'second'}", 201, true},
    {"POST", "/v1/me/programs/shop/terms/1/accept", "", 200, true},
    {"POST", "/v1/me/programs/shop/links", "{'channel':'blog','sub1':'a'}", 201, true},
    {"POST", "/v1/enrollments/{enrollment}/close", "{'reason':'x'}"},
    {"DELETE", "/v1/keys/{key}", "", 204}};

// A second application, a version of terms that is still to come, and a sale that is held: what only needs answers of its own.
void change_the_rest(FullShop& shop) {
    auto const applied = shop.post("/v1/programs/shop/applications",
                                   quoted("{'name':'Di','email':'di@di.example','accepted_terms':1,'answers':{'why':'x'}}"));
    BOOST_TEST(applied.status == 202);
    BOOST_TEST(shop.post("/v1/applications/" + applied.at("/id") + "/reject", quoted("{'reason':'x'}"), shop.op).status == 200);
    BOOST_TEST(shop.call("GET", "/v1/applications/" + applied.at("/id") + "?token=" + applied.at("/token"), "", "").status == 200);
    auto const later =
        quoted("{'effective_at':'2026-09-01T00:00:00Z','text':'Later.','rules':[{'name':'base','rule':'percent','params':{'rate':'5%'}}]}");
    BOOST_TEST(shop.post("/v1/programs/shop/terms", later, shop.op).status == 201);
    BOOST_TEST(shop.get("/v1/programs/shop/public").at("/offered/version") == "2");
    BOOST_TEST(shop.call("DELETE", "/v1/programs/shop/terms/2", "", shop.op).status == 204);
    auto const held = shop.post("/v1/programs/shop/conversions",
                                quoted("{'external_id':'h-1','assigned_partner':'bob','amount':{'amount':'5.00','currency':'EUR'}}"), shop.op);
    BOOST_TEST(shop.post("/v1/conversions/" + held.at("/id") + "/review", quoted("{'decision':'decline','reason':'x'}"), shop.op).status == 200);
    auto const mine = shop.post("/v1/me/keys", "{}", shop.bob);
    BOOST_TEST(shop.call("DELETE", "/v1/me/keys/" + mine.at("/id"), "", shop.bob).status == 204);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_operation_answers_as_the_document_says) {
    FullShop shop;
    auto& contract = Contract::of(shop.routes);
    shop.sell("nobodys", "10.00", "");
    contract.forget();
    for (auto const& route : shop.routes) {
        if (route.method != "GET") continue;
        auto path = shop.filled(route);
        if (path.ends_with("/fx-rates")) path += "?currency=EUR";
        shop.get(path, route.scopes.find("partner") != std::string::npos ? shop.ada : shop.op);
    }
    for (auto const& [method, target, body, status, by_partner] : changes) {
        BOOST_TEST_CONTEXT(method << " " << target << " " << body) {
            auto const answer = shop.call(method, with_ids(shop, target), quoted(body), by_partner ? shop.ada : shop.op);
            BOOST_TEST(answer.status == status, answer.text);
        }
    }
    change_the_rest(shop);
    for (auto const& [operation, told] : contract.operations())
        BOOST_TEST(contract.seen().contains(operation), operation << " was not seen to succeed");
}

BOOST_AUTO_TEST_CASE(an_answer_that_breaks_the_document_is_noticed) {
    Shop shop;
    auto& contract = Contract::of(shop.routes);
    auto const target = std::string("/v1/programs/shop/conversions");
    auto const sold = shop.sell("o-1", "10.00", "ada").json;
    auto const breach = [&](int status, boost::json::value const& body, std::string const& type = "application/json") {
        return contract.breach("POST", target, status, type, body);
    };
    BOOST_TEST(breach(201, sold) == "");
    BOOST_TEST(breach(202, sold) != "");
    BOOST_TEST(breach(201, sold, "text/html") != "");
    BOOST_TEST(breach(404, sold) != "");
    for (auto const* const name : {"id", "state", "reason", "partner", "commissions", "duplicate"}) {
        auto less = sold.as_object();
        less.erase(name);
        BOOST_TEST(breach(201, less) != "", name << " may be missing");
    }
    auto changed = sold.as_object();
    changed["surprise"] = 1;
    BOOST_TEST(breach(201, changed) != "");
    changed = sold.as_object();
    changed["commissions"].at(0).as_object()["amount"] = "1.00";
    BOOST_TEST(breach(201, changed) != "");
    changed = sold.as_object();
    changed["partner"] = nullptr;
    BOOST_TEST(breach(201, changed) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::api
