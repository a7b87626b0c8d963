#include "routing/router.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(router)

namespace {

Route read_route(std::string method, std::string path, std::string scopes = "public") {
    Route route;
    route.method = std::move(method);
    route.path = std::move(path);
    route.scopes = std::move(scopes);
    route.handle = [](storage::Tx&, Request&, Response&) -> Status { return {}; };
    return route;
}

Router sample() {
    Router router;
    for (auto const* path : {"/", "/r/{code}", "/v1/me", "/v1/programs/{program}/public", "/v1/programs/{program}/conversions",
                             "/v1/programs/{program}/conversions/{id}", "/v1/programs/demo/{thing}/x",
                             "/v1/programs/{program}/coupons/{code}/redeem", "/a/b/c", "/a/{x}/d"})
        router.add(read_route("GET", path)).value();
    router.add(read_route("POST", "/v1/programs/{program}/conversions")).value();
    router.add(read_route("DELETE", "/v1/programs/{program}/conversions/{id}")).value();
    return router;
}

std::string found(Router const& router, std::string_view method, std::string_view path) {
    auto const match = router.find(method, path);
    if (match.entry == nullptr) return std::string(code_name(match.error)) + (match.allow.empty() ? "" : " " + match.allow);
    auto text = match.entry->route.path;
    for (std::size_t i = 0; i < match.entry->parameters.size(); ++i)
        text += " " + match.entry->parameters[i] + "=" + std::string(match.raw[i]);
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(paths_that_lead_nowhere_are_refused) {
    auto const router = sample();
    struct Case {
        std::string path, refused;
    };
    std::string many;
    for (int i = 0; i < 40; ++i) many += "/a";
    for (auto const& c : std::vector<Case>{{"", "not_found"},
                                           {"*", "not_found"},
                                           {"r/abc", "not_found"},
                                           {"/r", "not_found"},
                                           {"/r/", "not_found"},
                                           {"/r/abc/", "not_found"},
                                           {"/r/abc/d", "not_found"},
                                           {"//r/abc", "not_found"},
                                           {"/R/abc", "not_found"},
                                           {"/v1//me", "not_found"},
                                           {"/v1/me/", "not_found"},
                                           {"/v1/Me", "not_found"},
                                           {"/v1/programs//public", "not_found"},
                                           {"/v1/programs/shop", "not_found"},
                                           {"/a/b/e", "not_found"},
                                           {many, "not_found"},
                                           {"/r/.", "malformed_request"},
                                           {"/r/..", "malformed_request"},
                                           {"/r/../v1/me", "malformed_request"},
                                           {"/r/%2e", "malformed_request"},
                                           {"/r/%2E%2e", "malformed_request"},
                                           {"/r/.%2e", "malformed_request"},
                                           {"/%2e%2e/r/abc", "malformed_request"},
                                           {"/r/%", "malformed_request"},
                                           {"/r/%4", "malformed_request"},
                                           {"/r/%zz", "malformed_request"},
                                           {"/r/%u0041", "malformed_request"},
                                           {"/r/a%00b", "malformed_request"},
                                           {"/r/a%0d%0ab", "malformed_request"},
                                           {"/r/%ff", "malformed_request"},
                                           {"/r/%c0%af", "malformed_request"},
                                           {"/r/%ed%a0%80", "malformed_request"},
                                           {"/r/\xff", "malformed_request"},
                                           {std::string("/r/a\0b", 6), "malformed_request"},
                                           {"/r/a\tb", "malformed_request"}}) {
        BOOST_TEST_CONTEXT(c.path) { BOOST_TEST(found(router, "GET", c.path) == c.refused); }
    }
}

BOOST_AUTO_TEST_CASE(paths_are_matched) {
    auto const router = sample();
    struct Case {
        char const *path, *matched;
    };
    for (auto const& c :
         {Case{"/", "/"}, Case{"/r/SAVE10", "/r/{code} code=SAVE10"}, Case{"/v1/me", "/v1/me"}, Case{"/v1/m%65", "/v1/me"},
          Case{"/v1/programs/shop/public", "/v1/programs/{program}/public program=shop"},
          Case{"/v1/programs/shop/coupons/A%2FB/redeem", "/v1/programs/{program}/coupons/{code}/redeem program=shop code=A%2FB"},
          Case{"/r/...", "/r/{code} code=..."}}) {
        BOOST_TEST_CONTEXT(c.path) { BOOST_TEST(found(router, "GET", c.path) == c.matched); }
    }
}

BOOST_AUTO_TEST_CASE(a_static_segment_wins_and_the_walk_goes_back_when_it_leads_nowhere) {
    auto const router = sample();
    BOOST_TEST(found(router, "GET", "/a/b/c") == "/a/b/c");
    BOOST_TEST(found(router, "GET", "/a/b/d") == "/a/{x}/d x=b");
    BOOST_TEST(found(router, "GET", "/v1/programs/demo/y/x") == "/v1/programs/demo/{thing}/x thing=y");
    BOOST_TEST(found(router, "GET", "/v1/programs/demo/conversions/cnv") == "/v1/programs/{program}/conversions/{id} program=demo id=cnv");
}

BOOST_AUTO_TEST_CASE(another_method_is_refused_with_those_that_are_allowed) {
    auto const router = sample();
    BOOST_TEST(found(router, "PUT", "/v1/programs/shop/conversions") == "method_not_allowed GET, HEAD, OPTIONS, POST");
    BOOST_TEST(found(router, "POST", "/v1/programs/shop/conversions/cnv") == "method_not_allowed DELETE, GET, HEAD, OPTIONS");
    BOOST_TEST(found(router, "OPTIONS", "/r/abc") == "method_not_allowed GET, HEAD, OPTIONS");
    BOOST_TEST(found(router, "get", "/r/abc") == "method_not_allowed GET, HEAD, OPTIONS");
    BOOST_TEST(found(router, "TRACE", "/r/abc") == "method_not_allowed GET, HEAD, OPTIONS");
    BOOST_TEST(found(router, "HEAD", "/r/abc") == "/r/{code} code=abc");
}

BOOST_AUTO_TEST_CASE(a_collision_is_refused_and_names_both_routes) {
    auto router = sample();
    auto colliding = read_route("GET", "/v1/programs/{p}/conversions/{conversion}");
    colliding.plugin = "coupons";
    auto const refused = router.add(colliding);
    BOOST_TEST_REQUIRE(refused.has_error());
    auto const& detail = refused.error().detail;
    BOOST_TEST(detail.find("/v1/programs/{p}/conversions/{conversion} of plugin coupons") != std::string::npos);
    BOOST_TEST(detail.find("/v1/programs/{program}/conversions/{id} of the core") != std::string::npos);
    BOOST_TEST(router.add(read_route("PATCH", "/v1/programs/{p}/conversions/{conversion}")).has_value());
}

BOOST_AUTO_TEST_CASE(routes_that_are_not_well_formed_are_refused) {
    Router router;
    std::string many;
    for (int i = 0; i < 30; ++i) many += "/a";
    for (auto const& path : {std::string(""), std::string("v1/me"), std::string("/v1//me"), std::string("/v1/me/"),
                             std::string("/v1/../me"), std::string("/v1/{a}{b}"), std::string("/v1/x{a}"), std::string("/v1/{}"),
                             std::string("/v1/{A}"), std::string("/v1/{a}/{a}"), std::string("/v1/%6de"), std::string("/v1/m e"), many}) {
        BOOST_TEST_CONTEXT(path) { BOOST_TEST(router.add(read_route("GET", path)).has_error()); }
    }
    for (auto const* scopes : {"", " ", "admin", "operator,partner", "public root"}) {
        BOOST_TEST_CONTEXT(scopes) { BOOST_TEST(router.add(read_route("GET", "/ok", scopes)).has_error()); }
    }
    for (auto const* method : {"", "get", "HEAD", "OPTIONS", "TRACE", "CONNECT"}) {
        BOOST_TEST_CONTEXT(method) { BOOST_TEST(router.add(read_route(method, "/ok")).has_error()); }
    }
    auto without = read_route("GET", "/ok");
    without.kind = RouteKind::io;
    BOOST_TEST(router.add(without).has_error());
    without.kind = RouteKind::worker;
    BOOST_TEST(router.add(without).has_error());
    auto writes = read_route("GET", "/ok");
    writes.kind = RouteKind::write;
    BOOST_TEST(router.add(writes).has_error());
    BOOST_TEST(router.routes().empty());
}

BOOST_AUTO_TEST_CASE(scopes_become_kinds_of_keys) {
    Router router;
    router.add(read_route("GET", "/a", "operator  partner")).value();
    auto const* entry = router.find("GET", "/a").entry;
    BOOST_TEST_REQUIRE(entry != nullptr);
    BOOST_TEST(!entry->open);
    BOOST_TEST(entry->kinds == ((1u << 1) | (1u << 3)));
}

BOOST_AUTO_TEST_CASE(segments_are_decoded) {
    std::string out;
    BOOST_TEST(decode_segment("A%2FB%20c", out));
    BOOST_TEST(out == "A/B c");
    BOOST_TEST(decode_segment("a+b", out));
    BOOST_TEST(out == "a+b");
    BOOST_TEST(!decode_segment("a%2", out));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
