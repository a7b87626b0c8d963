#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "full_shop.hpp"

namespace partnerd::api {

BOOST_AUTO_TEST_SUITE(access)

namespace {

bool names(std::string const& scopes, std::string const& word) { return scopes.find(word) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_CASE(every_route_takes_the_keys_of_its_scopes_and_no_others) {
    FullShop shop;
    std::pair<std::string, std::string> const keys[] = {{"operator", shop.op}, {"merchant", shop.merchant}, {"partner", shop.bob}};
    int refused = 0;
    for (auto const& route : shop.routes) {
        auto const path = shop.filled(route);
        BOOST_TEST_CONTEXT(route.method << " " << path) {
            BOOST_TEST(path.find('{') == std::string::npos);
            if (names(route.scopes, "public")) continue;
            // An unsuitable body: whoever is let in changes nothing.
            std::string const body = route.method == "GET" ? "" : "[]";
            auto const nobody = shop.call(route.method, path, body, "");
            BOOST_TEST(nobody.status == 401);
            BOOST_TEST(nobody.code() == "missing_key");
            for (auto const& [kind, key] : keys) {
                if (names(route.scopes, kind)) continue;
                auto const answer = shop.call(route.method, path, body, key);
                BOOST_TEST_CONTEXT(kind) {
                    BOOST_TEST(answer.status == 403);
                    BOOST_TEST(answer.code() == "forbidden");
                }
                ++refused;
            }
        }
    }
    BOOST_TEST(refused > 100);
}

BOOST_AUTO_TEST_CASE(a_key_that_may_only_read_changes_nothing) {
    FullShop shop;
    auto const reader = shop.key(auth::KeyKind::operator_, 0, false, "read");
    auto const partner_reader = shop.key(auth::KeyKind::partner, shop.id_of_partner("ada"), false, "read");
    for (auto const& route : shop.routes) {
        if (route.method == "GET" || names(route.scopes, "public")) continue;
        auto const& key = names(route.scopes, "partner") ? partner_reader : reader;
        BOOST_TEST_CONTEXT(route.method << " " << route.path) {
            auto const answer = shop.call(route.method, shop.filled(route), "{}", key);
            BOOST_TEST(answer.status == 403);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_read_is_answered_to_whom_it_is_for) {
    FullShop shop;
    for (auto const& route : shop.routes) {
        if (route.method != "GET" || names(route.scopes, "public")) continue;
        auto const& key = names(route.scopes, "partner") ? shop.ada : shop.op;
        auto path = shop.filled(route);
        if (path.ends_with("/fx-rates")) path += "?currency=EUR";
        BOOST_TEST_CONTEXT(path) {
            auto const answer = shop.get(path, key);
            BOOST_TEST(answer.status == 200);
            if (answer.status != 200) BOOST_TEST_MESSAGE(answer.text);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_adas_is_not_there_for_bob) {
    FullShop shop;
    std::string const texts[] = {shop.link, shop.conversion, shop.ada_key, "ada-link", "ada@ada.example"};
    int hidden = 0;
    for (auto const& route : shop.routes) {
        if (!names(route.scopes, "partner")) continue;
        auto const path = shop.filled(route);
        BOOST_TEST_CONTEXT(route.method << " " << path) {
            bool const of_ada = route.path.find("{id}") != std::string::npos;
            if (route.method != "GET" && !of_ada) continue;
            auto const answer = shop.call(route.method, path, "", shop.bob);
            if (of_ada) BOOST_TEST(answer.status == 404);
            if (of_ada) BOOST_TEST(answer.code() == "not_found");
            for (auto const& text : texts) BOOST_TEST(answer.text.find(text) == std::string::npos);
            ++hidden;
        }
    }
    BOOST_TEST(hidden >= 12);
    BOOST_TEST(shop.get("/v1/me", shop.ada).status == 200);  // her key was not revoked
}

BOOST_AUTO_TEST_CASE(a_program_in_which_a_partner_is_not_enrolled_is_unknown) {
    FullShop shop;
    for (auto const& route : shop.routes) {
        if (route.path.find("/v1/me/programs/{program}") == std::string::npos) continue;
        auto path = shop.filled(route);
        path.replace(path.find("/shop"), 5, "/other");
        auto const unknown = [&] {
            auto elsewhere = path;
            return elsewhere.replace(elsewhere.find("/other"), 6, "/nothing");
        }();
        BOOST_TEST_CONTEXT(route.method << " " << path) {
            auto const there = shop.call(route.method, path, route.method == "GET" ? "" : "{}", shop.ada);
            auto const nowhere = shop.call(route.method, unknown, route.method == "GET" ? "" : "{}", shop.ada);
            BOOST_TEST(there.status == 404);
            BOOST_TEST(there.text == nowhere.text);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_merchant_sees_no_other_program) {
    FullShop shop;
    for (auto const& route : shop.routes) {
        if (!names(route.scopes, "merchant")) continue;
        auto const path = shop.filled(route);
        std::string const body = route.method == "GET" ? "" : "{}";
        BOOST_TEST_CONTEXT(route.method << " " << path) {
            BOOST_TEST(shop.call(route.method, path, body, shop.other_merchant).status == 404);
            if (route.method == "GET") BOOST_TEST(shop.get(path, shop.merchant).status == 200);
        }
    }
}

BOOST_AUTO_TEST_CASE(revoked_and_made_up_keys_are_refused) {
    FullShop shop;
    BOOST_TEST(shop.call("DELETE", "/v1/keys/" + shop.ada_key, "", shop.op).status == 204);
    for (std::string const& key : {shop.ada, std::string("pd_pt_live_x"), shop.op + "x", std::string("x")}) {
        auto const answer = shop.get("/v1/me", key);
        BOOST_TEST(answer.status == 401);
        BOOST_TEST(answer.code() == "invalid_key");
    }
}

BOOST_AUTO_TEST_CASE(a_parameter_that_a_resource_does_not_have_is_refused) {
    FullShop shop;
    for (auto const& route : shop.routes) {
        if (route.method != "GET") continue;
        auto const& key = names(route.scopes, "partner") ? shop.ada : shop.op;
        BOOST_TEST_CONTEXT(route.path) {
            auto const answer = shop.get(shop.filled(route) + "?nonsense=1", key);
            BOOST_TEST(answer.status == 400);
            BOOST_TEST(answer.code() == "invalid_query");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::api
