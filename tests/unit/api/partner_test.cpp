#include "refusal.hpp"

namespace partnerd::api {

BOOST_AUTO_TEST_SUITE(partner)

BOOST_AUTO_TEST_CASE(the_same_again_changes_nothing_and_another_content_does) {
    Shop shop;
    std::string const path = "/v1/programs/shop/partners";
    auto const body = quoted(
        "{'handle':'cy','name':'Cy','email':'Cy@Cy.example ','partner_type':'publisher','website':'https://cy.example/','facts':{'level':'gold'},'tags':['b','a'],'group':'vip'}");
    auto const made = shop.post(path, body, shop.op);
    BOOST_TEST(made.status == 201);
    BOOST_TEST(made.at("/duplicate") == "false");
    BOOST_TEST(made.at("/group") == "vip");
    auto const lines = shop.count("audit");
    auto const again = shop.post(path, body, shop.op);
    BOOST_TEST(again.status == 200);
    BOOST_TEST(again.at("/duplicate") == "true");
    BOOST_TEST(again.at("/id") == made.at("/id"));
    BOOST_TEST(shop.count("audit") == lines);
    auto const changed = shop.post(path, quoted("{'handle':'cy','group':'default','tags':['a']}"), shop.op);
    BOOST_TEST(changed.status == 200);
    BOOST_TEST(changed.at("/duplicate") == "false");
    auto const cy = shop.get("/v1/partners/cy", shop.op);
    BOOST_TEST(cy.at("/email") == "cy@cy.example");
    BOOST_TEST(cy.at("/facts/level") == "gold");
    BOOST_TEST(cy.at("/tags") == "[\"a\"]");
    BOOST_TEST(shop.get("/v1/partners/" + made.at("/id"), shop.op).text == cy.text);
    BOOST_TEST(shop.get("/v1/programs/shop/enrollments?partner=cy", shop.op).at("/data/0/group") == "default");
    auto const log = shop.get("/v1/audit?noun=partner&action=update", shop.op);
    BOOST_TEST(log.at("/data/0/before/group") == "vip");
    BOOST_TEST(log.at("/data/0/after/group") == "default");
    BOOST_TEST(log.at("/data/0/actor_kind") == "operator");
    BOOST_TEST(shop.get("/v1/audit?limit=100", shop.op).text.find("cy.example\"") == std::string::npos);  // no address
}

BOOST_AUTO_TEST_CASE(keep_enrolls_a_known_partner_and_changes_nothing_of_it) {
    Shop shop;
    std::string const path = "/v1/programs/shop/partners";
    BOOST_TEST(shop.post(path, quoted("{'handle':'cy','name':'Cy','tags':['a'],'group':'vip','keep':true}"), shop.op).status == 201);
    auto const again = shop.post(path, quoted("{'handle':'cy','name':'Other','email':'other@cy.example','tags':['b'],'facts':{'level':'gold'},'group':'default','keep':true}"), shop.op);
    BOOST_TEST(again.status == 200);
    BOOST_TEST(again.at("/duplicate") == "true");
    BOOST_TEST(again.at("/group") == "vip");
    auto const cy = shop.get("/v1/partners/cy", shop.op);
    BOOST_TEST(cy.at("/name") == "Cy");
    BOOST_TEST(cy.at("/email") == "");
    BOOST_TEST(cy.at("/tags") == "[\"a\"]");
    shop.post("/v1/programs", quoted("{'handle':'two','currency':'GBP'}"), shop.op);
    BOOST_TEST(shop.post("/v1/programs/two/partners", quoted("{'handle':'cy','name':'Other','keep':true}"), shop.op).status == 201);
    BOOST_TEST(shop.get("/v1/partners/cy", shop.op).at("/name") == "Cy");
}

BOOST_AUTO_TEST_CASE(a_partner_known_elsewhere_is_enrolled) {
    Shop shop;
    shop.post("/v1/programs", quoted("{'handle':'two','currency':'GBP'}"), shop.op);
    auto const enrolled = shop.post("/v1/programs/two/partners", quoted("{'handle':'ada'}"), shop.op);
    BOOST_TEST(enrolled.status == 201);
    BOOST_TEST(shop.count("partner") == 2);
    BOOST_TEST(shop.get("/v1/me/programs", shop.ada).at("/data/0/program") == "two");
}

BOOST_AUTO_TEST_CASE(partners_are_changed_and_filtered) {
    Shop shop;
    auto const changed = shop.call("PATCH", "/v1/partners/ada",
                                   quoted("{'partner_type':'reseller','tags':['top'],'facts':{'country':'GB'},'website':null}"), shop.op);
    BOOST_TEST(changed.status == 200);
    BOOST_TEST(changed.at("/tags") == "[\"top\"]");
    BOOST_TEST(changed.at("/name") == "Ada");
    for (auto const filter : {"type=reseller", "tag=top", "handle=ada"}) {
        BOOST_TEST_CONTEXT(filter) {
            auto const list = shop.get(std::string("/v1/partners?") + filter, shop.op);
            BOOST_TEST(list.at("/data/0/handle") == "ada");
            BOOST_TEST(list.at("/data/0/tags") == "[\"top\"]");
            BOOST_TEST(list.at("/data/1") == "");
        }
    }
    for (auto const filter : {"type=customer", "tag=to", "handle=ad", "status=suspended"})
        BOOST_TEST(shop.get(std::string("/v1/partners?") + filter, shop.op).at("/data") == "[]");
}

BOOST_AUTO_TEST_CASE(a_suspended_or_stopped_partner_earns_nothing_new) {
    Shop shop;
    BOOST_TEST(shop.post("/v1/partners/ada/suspend", quoted("{'reason':'spam'}"), shop.op).at("/status") == "suspended");
    auto const nothing = shop.sell("s-1", "10.00", "ada");
    BOOST_TEST(nothing.at("/state") == "unattributed");
    BOOST_TEST(nothing.at("/reason") == "partner_suspended");
    BOOST_TEST(shop.post("/v1/me/programs/shop/links", "{}", shop.ada).code() == "invalid_state");
    BOOST_TEST(shop.get("/v1/me", shop.ada).at("/reason") == "spam");
    BOOST_TEST(shop.post("/v1/partners/ada/reinstate", quoted("{'reason':'sorry'}"), shop.op).at("/status") == "active");
    BOOST_TEST(shop.sell("s-2", "10.00", "ada").at("/state") == "recorded");
    BOOST_TEST(shop.post("/v1/partners/ada/stop", "", shop.op).at("/stopped") == "true");
    BOOST_TEST(shop.sell("s-3", "10.00", "ada").at("/state") == "unattributed");
    BOOST_TEST(shop.post("/v1/partners/ada/resume", "", shop.op).at("/stopped") == "false");
    auto const id = shop.get("/v1/programs/shop/enrollments?partner=ada", shop.op).at("/data/0/id");
    BOOST_TEST(shop.post("/v1/enrollments/" + id + "/suspend", quoted("{'reason':'late'}"), shop.op).at("/reason") == "late");
    BOOST_TEST(shop.sell("s-4", "10.00", "ada").at("/state") == "unattributed");
    BOOST_TEST(shop.post("/v1/enrollments/" + id + "/reinstate", quoted("{'reason':'paid'}"), shop.op).at("/status") == "active");
    BOOST_TEST(shop.post("/v1/enrollments/" + id + "/close", quoted("{'reason':'left'}"), shop.op).at("/status") == "closed");
    BOOST_TEST(shop.post("/v1/enrollments/" + id + "/reinstate", quoted("{'reason':'back'}"), shop.op).code() == "invalid_state");
}

BOOST_AUTO_TEST_CASE(notes_are_private) {
    Shop shop;
    auto const note = shop.post("/v1/partners/ada/notes", quoted("{'text':'Met at the fair.'}"), shop.op);
    BOOST_TEST(note.status == 201);
    BOOST_TEST(note.at("/author").starts_with("operator key_"));
    BOOST_TEST(shop.get("/v1/partners/ada/notes", shop.op).at("/data/0/text") == "Met at the fair.");
    BOOST_TEST(shop.get("/v1/partners/bob/notes", shop.op).at("/data") == "[]");
    BOOST_TEST(shop.get("/v1/me", shop.ada).text.find("fair") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(purchases_of_a_known_identity_are_the_partners_own) {
    Shop shop;
    BOOST_TEST(shop.post("/v1/partners/ada/identities", quoted("{'customer':'c-7','program':'shop'}"), shop.op).status == 201);
    BOOST_TEST(shop.post("/v1/partners/ada/identities", quoted("{'customer':'c-7','program':'shop'}"), shop.op).at("/duplicate") == "true");
    BOOST_TEST(shop.post("/v1/partners/ada/identities", quoted("{'email':'ada@home.example'}"), shop.op).status == 201);
    BOOST_TEST(shop.sell("i-1", "10.00", "ada", "'customer':'c-7'").at("/state") == "declined");
    BOOST_TEST(shop.sell("i-2", "10.00", "ada", "'customer_email':'Ada@home.example'").at("/state") == "declined");
    BOOST_TEST(shop.sell("i-3", "10.00", "bob", "'customer':'c-7'").at("/state") == "recorded");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_about_a_partner_is_refused_with_its_pointer) {
    Shop shop;
    auto const enrollment = shop.get("/v1/programs/shop/enrollments?partner=ada", shop.op).at("/data/0/id");
    std::string const path = "/v1/programs/shop/partners";
    check_refused(shop, shop.op,
                  {{"POST", path, "{}", 422, "missing_field", "/handle"},
                   {"POST", path, "{'handle':'A'}", 422, "invalid_field", "/handle"},
                   {"POST", path, "{'handle':'cy','email':'cy'}", 422, "invalid_field", "/email"},
                   {"POST", path, "{'handle':'cy','website':'cy'}", 422, "invalid_field", "/website"},
                   {"POST", path, "{'handle':'cy','partner_type':'A B'}", 422, "invalid_field", "/partner_type"},
                   {"POST", path, "{'handle':'cy','facts':{'A b':'1'}}", 422, "invalid_field", "/facts"},
                   {"POST", path, "{'handle':'cy','facts':[]}", 422, "invalid_field", "/facts"},
                   {"POST", path, "{'handle':'cy','tags':'a'}", 422, "invalid_field", "/tags"},
                   {"POST", path, "{'handle':'cy','status':'active'}", 422, "unknown_field", "/status"},
                   {"PATCH", "/v1/partners/ada", "{'handle':'eve'}", 422, "unknown_field", "/handle"},
                   {"PATCH", "/v1/partners/nobody", "{}", 404, "not_found", ""},
                   {"GET", "/v1/partners/ptn_0000000000008", "", 404, "not_found", ""},
                   {"GET", "/v1/partners/nobody/notes", "", 404, "not_found", ""},
                   {"POST", "/v1/partners/ada/suspend", "{}", 422, "missing_field", "/reason"},
                   {"POST", "/v1/partners/ada/reinstate", "{'reason':'x'}", 409, "invalid_state", ""},
                   {"POST", "/v1/partners/ada/notes", "{'text':''}", 422, "invalid_field", "/text"},
                   {"POST", "/v1/partners/ada/identities", "{}", 422, "missing_field", "/email"},
                   {"POST", "/v1/partners/ada/identities", "{'customer':'c'}", 422, "missing_field", "/program"},
                   {"POST", "/v1/partners/ada/identities", "{'customer':'c','program':'none'}", 404, "unknown_program", "/program"},
                   {"POST", "/v1/partners/ada/identities", "{'email':'a@b.example','program':'shop'}", 422, "invalid_field", "/program"},
                   {"POST", "/v1/enrollments/" + enrollment + "/suspend", "{}", 422, "missing_field", "/reason"},
                   {"POST", "/v1/enrollments/" + enrollment + "/reinstate", "{'reason':'x'}", 409, "invalid_state", ""},
                   {"POST", "/v1/enrollments/enr_0000000000008/close", "{'reason':'x'}", 404, "not_found", ""},
                   {"GET", "/v1/enrollments/lnk_0000000000008", "", 404, "not_found", ""}});
    BOOST_TEST(shop.count("partner") == 2);
}

BOOST_AUTO_TEST_CASE(an_address_belongs_to_one_partner) {
    Shop shop;
    std::string const path = "/v1/programs/shop/partners";
    check_refused(
        shop, shop.op,
        {{"POST", path, "{'handle':'cy','email':'ada@ada.example'}", 409, "email_taken", "/email"},
         {"POST", path, "{'handle':'cy','email':' ADA@ada.example'}", 409, "email_taken", "/email"},
         {"POST", path, "{'handle':'bob','email':'ada@ada.example'}", 409, "email_taken", "/email"},
         {"PATCH", "/v1/partners/bob", "{'email':'Ada@ADA.example'}", 409, "email_taken", "/email"},
         {"POST", "/v1/apply", "{'program':{'handle':'shop'},'partners':[{'handle':'bob'},{'handle':'cy','email':'ada@ada.example'}]}", 409,
          "email_taken", "/partners/1/email"}});
    check_refused(shop, shop.bob, {{"PATCH", "/v1/me", "{'email':'ada@ada.example'}", 409, "email_taken", "/email"}});
    auto const answer = shop.call("PATCH", "/v1/me", quoted("{'email':'ada@ada.example'}"), shop.bob);
    BOOST_TEST(answer.at("/detail").find("address") != std::string::npos);
    for (auto const word : {"ptn_", "'ada'", "Ada"}) BOOST_TEST(answer.text.find(word) == std::string::npos);
    BOOST_TEST(shop.count("partner") == 2);
    BOOST_TEST(shop.get("/v1/partners/bob", shop.op).at("/email") == "bob@bob.example");
    // Its own again is no other's, and an address that was given up is free.
    BOOST_TEST(shop.call("PATCH", "/v1/me", quoted("{'email':'ada@ada.example','name':'A'}"), shop.ada).at("/name") == "A");
    BOOST_TEST(shop.call("PATCH", "/v1/partners/ada", quoted("{'email':null}"), shop.op).at("/email") == "");
    BOOST_TEST(shop.call("PATCH", "/v1/partners/bob", quoted("{'email':'ada@ada.example'}"), shop.op).at("/email") == "ada@ada.example");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::api
