#include "refusal.hpp"

namespace partnerd::api {

BOOST_AUTO_TEST_SUITE(application)

namespace {
std::string body_of(std::string const& name, std::string const& email) {
    return quoted("{'name':'" + name + "','email':'" + email + "','accepted_terms':1,'answers':{'why':'love'}}");
}
}  // namespace

BOOST_AUTO_TEST_CASE(an_approved_applicant_gets_a_key_once) {
    Shop shop;
    auto const applied = shop.post("/v1/programs/shop/applications", body_of("Cy Young", "cy@cy.example"));
    BOOST_TEST(applied.status == 202);
    auto const id = applied.at("/id"), token = applied.at("/token");
    auto const status = "/v1/applications/" + id + "?token=" + token;
    BOOST_TEST(shop.get(status).at("/status") == "pending");
    BOOST_TEST(shop.get(status).at("/key") == "");
    auto const listed = shop.get("/v1/programs/shop/applications?status=pending", shop.op);
    BOOST_TEST(listed.at("/data/0/email") == "cy@cy.example");
    BOOST_TEST(listed.at("/data/0/answers/why") == "love");
    auto const approved = shop.post("/v1/applications/" + id + "/approve", quoted("{'group':'new'}"), shop.op);
    BOOST_TEST(approved.status == 200);
    BOOST_TEST(approved.at("/partner") == "cy-young");
    BOOST_TEST(approved.at("/group") == "new");
    BOOST_TEST(approved.at("/accepted_terms") == "1");
    shop.call("HEAD", status, "", "");                             // takes no key
    auto const first = shop.get("/v1/applications/" + id, token);  // the token as Bearer
    BOOST_TEST(first.at("/status") == "approved");
    auto const key = first.at("/key");
    BOOST_TEST(key.starts_with("pd_pt_live_"));
    BOOST_TEST(first.header("cache-control") == "no-store");
    BOOST_TEST(shop.get("/v1/me", key).at("/handle") == "cy-young");
    BOOST_TEST(shop.get(status).at("/key") == "");
    BOOST_TEST(shop.get("/v1/keys?kind=partner", shop.op).text.find(key) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_known_address_gets_the_same_answer_and_no_key) {
    Shop shop;
    auto const known = shop.post("/v1/programs/shop/applications", body_of("Ada", "ADA@ada.example"));
    auto const fresh = shop.post("/v1/programs/shop/applications", body_of("Eve", "eve@eve.example"));
    BOOST_TEST(known.status == fresh.status);
    BOOST_TEST(known.text.size() == fresh.text.size());
    BOOST_TEST(known.at("/status") == fresh.at("/status"));
    BOOST_TEST(known.headers.size() == fresh.headers.size());
    auto const id = known.at("/id");
    BOOST_TEST(shop.post("/v1/applications/" + id + "/approve", "{}", shop.op).at("/partner") == "ada");
    auto const after = shop.get("/v1/applications/" + id + "?token=" + known.at("/token"));
    BOOST_TEST(after.at("/status") == "approved");
    BOOST_TEST(after.at("/key") == "");
    BOOST_TEST(shop.count("partner") == 2);
}

// ADR 0013: the answers are alike, what becomes of them is not.
BOOST_AUTO_TEST_CASE(a_program_that_approves_by_itself_answers_alike_and_leaves_a_known_address_to_the_operator) {
    Shop shop;
    shop.call("PATCH", "/v1/programs/shop", quoted("{'auto_approve':true}"), shop.op);
    auto const fresh = shop.post("/v1/programs/shop/applications", body_of("Eve", "eve@eve.example"));
    auto const known = shop.post("/v1/programs/shop/applications", body_of("Ada", "ada@ada.example"));
    BOOST_TEST(fresh.at("/status") == "pending");
    BOOST_TEST(known.at("/status") == "pending");
    BOOST_TEST(shop.get("/v1/applications/" + fresh.at("/id") + "?token=" + fresh.at("/token")).at("/key").starts_with("pd_pt_live_"));
    auto const left = shop.get("/v1/applications/" + known.at("/id") + "?token=" + known.at("/token"));
    BOOST_TEST(left.at("/status") == "pending");
    BOOST_TEST(left.at("/key") == "");
}

BOOST_AUTO_TEST_CASE(a_rejected_applicant_reads_why) {
    Shop shop;
    auto const applied = shop.post("/v1/programs/shop/applications", body_of("Cy", "cy@cy.example"));
    auto const id = applied.at("/id");
    auto const rejected = shop.post("/v1/applications/" + id + "/reject", quoted("{'reason':'no site'}"), shop.op);
    BOOST_TEST(rejected.at("/status") == "rejected");
    BOOST_TEST(rejected.at("/decided_by").starts_with("operator key_"));
    auto const read = shop.get("/v1/applications/" + id + "?token=" + applied.at("/token"));
    BOOST_TEST(read.at("/reason") == "no site");
    BOOST_TEST(read.text.find("operator") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_application_is_refused) {
    Shop shop;
    shop.post("/v1/programs", quoted("{'handle':'draft','currency':'GBP'}"), shop.op);
    auto const applied = shop.post("/v1/programs/shop/applications", body_of("Cy", "cy@cy.example"));
    auto const id = applied.at("/id");
    shop.post("/v1/applications/" + id + "/reject", quoted("{'reason':'no'}"), shop.op);
    std::string const path = "/v1/programs/shop/applications";
    check_refused(
        shop, "",
        {{"POST", path, "{}", 422, "missing_field", "/name"},
         {"POST", path, "{'name':'Cy'}", 422, "missing_field", "/email"},
         {"POST", path, "{'name':'Cy','email':'cy@cy.example'}", 422, "missing_field", "/accepted_terms"},
         {"POST", path, "{'name':'Cy','email':'cy@cy.example','accepted_terms':true}", 422, "invalid_field", "/accepted_terms"},
         {"POST", path, "{'name':'Cy','email':'cy@cy.example','accepted_terms':2}", 422, "terms_not_accepted", "/accepted_terms"},
         {"POST", path, "{'name':'Cy','email':'cy','accepted_terms':1}", 422, "invalid_field", "/email"},
         {"POST", path, "{'name':'','email':'cy@cy.example','accepted_terms':1}", 422, "invalid_field", "/name"},
         {"POST", path, "{'name':'Cy','email':'cy@cy.example','accepted_terms':1,'website':'ftp:x'}", 422, "invalid_field", "/website"},
         {"POST", path, "{'name':'Cy','email':'cy@cy.example','accepted_terms':1,'status':'approved'}", 422, "unknown_field", "/status"},
         {"POST", "/v1/programs/draft/applications", body_of("Cy", "cy@cy.example"), 404, "unknown_program", ""},
         {"POST", "/v1/programs/none/applications", body_of("Cy", "cy@cy.example"), 404, "unknown_program", ""},
         {"GET", "/v1/applications/" + id, "", 404, "not_found", ""},
         {"GET", "/v1/applications/" + id + "?token=wrong", "", 404, "not_found", ""},
         {"GET", "/v1/applications/app_0000000000008?token=x", "", 404, "not_found", ""},
         {"GET", "/v1/applications/x", "", 404, "not_found", ""},
         {"GET", path, "", 401, "missing_key", "Authorization"}});
    check_refused(shop, shop.op,
                  {{"POST", "/v1/applications/" + id + "/approve", "{}", 409, "invalid_state", ""},
                   {"POST", "/v1/applications/" + id + "/reject", "{'reason':'x'}", 409, "invalid_state", ""},
                   {"POST", "/v1/applications/" + id + "/reject", "{}", 422, "missing_field", "/reason"},
                   {"POST", "/v1/applications/app_0000000000008/approve", "{}", 404, "not_found", ""}});
    auto const taken = shop.post(path, body_of("Eve", "eve@eve.example")).at("/id");
    check_refused(shop, shop.op, {{"POST", "/v1/applications/" + taken + "/approve", "{'handle':'ada'}", 409, "handle_taken", "/handle"}});
    BOOST_TEST(shop.count("partner") == 2);
    shop.post("/v1/programs/shop/status", quoted("{'status':'paused'}"), shop.op);
    check_refused(shop, "", {{"POST", path, body_of("Cy", "cy@cy.example"), 409, "program_not_open", ""}});
}

BOOST_AUTO_TEST_CASE(the_same_address_over_and_over_gets_the_same_answer_and_few_rows) {
    Shop shop;
    auto const first = shop.post("/v1/programs/shop/applications", body_of("Cy", "cy@cy.example"));
    for (int i = 0; i < 8; ++i) {
        auto const again = shop.post("/v1/programs/shop/applications", body_of("Cy", "cy@cy.example"));
        BOOST_TEST(again.status == 202);
        BOOST_TEST(again.text.size() == first.text.size());
        BOOST_TEST(again.at("/id") != first.at("/id"));
        BOOST_TEST(shop.get("/v1/applications/" + again.at("/id") + "?token=" + again.at("/token")).at("/status") == "pending");
    }
    BOOST_TEST(shop.count("application") == 5);
    BOOST_TEST(shop.count("application_person") == 5);
    BOOST_TEST(shop.get("/v1/applications/" + first.at("/id") + "?token=" + first.at("/token")).at("/status") == "pending");
}

BOOST_AUTO_TEST_CASE(terms_that_come_are_shown_and_may_be_accepted) {
    Shop shop;
    std::string const path = "/v1/programs/shop/applications", shown = "/v1/programs/shop/public";
    auto const with = [](int version, std::string const& name) {
        return quoted("{'name':'" + name + "','email':'" + name + "@x.example','accepted_terms':" + std::to_string(version) + "}");
    };
    auto const before = shop.get(shown);
    BOOST_TEST(before.at("/offered_terms") == "1");
    BOOST_TEST(before.at("/offered") == "");
    auto const added =
        shop.post("/v1/programs/shop/terms",
                  quoted("{'effective_at':'2026-04-10T00:00:00Z','text':'Spring.','hold_days':20,'window_days':9,'minimum_payout':'15.00',"
                         "'rules':[{'name':'base','rule':'percent','params':{'rate':'12%'}}]}"),
                  shop.op);
    BOOST_TEST_REQUIRE(added.status == 201);
    auto const now = shop.get(shown);
    BOOST_TEST(now.at("/terms/version") == "1");
    BOOST_TEST(now.at("/hold_days") == "30");
    BOOST_TEST(now.at("/offered_terms") == "2");
    BOOST_TEST(now.at("/offered/version") == "2");
    BOOST_TEST(now.at("/offered/text") == "Spring.");
    BOOST_TEST(now.at("/offered/effective_at") == "2026-04-10T00:00:00Z");
    BOOST_TEST(now.at("/offered/hold_days") == "20");
    BOOST_TEST(now.at("/offered/window_days") == "9");
    BOOST_TEST(now.at("/offered/minimum_payout/amount") == "15.00");
    BOOST_TEST(now.at("/offered/rates/0/words").find("12%") != std::string::npos);
    BOOST_TEST(now.at("/rates/0/words").find("10%") != std::string::npos);
    BOOST_TEST(shop.post(path, with(1, "eve")).status == 202);
    BOOST_TEST(shop.post(path, with(2, "flo")).status == 202);
    check_refused(shop, "", {{"POST", path, with(3, "gus"), 422, "terms_not_accepted", "/accepted_terms"}});
    shop.advance_days(60);
    auto const later = shop.get(shown);
    BOOST_TEST(later.at("/terms/version") == "2");
    BOOST_TEST(later.at("/offered") == "");
    check_refused(shop, "", {{"POST", path, with(1, "gus"), 422, "terms_not_accepted", "/accepted_terms"}});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::api
