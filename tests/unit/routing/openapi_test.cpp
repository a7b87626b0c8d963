#include "routing/openapi.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

namespace partnerd::routing {

namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(openapi)

namespace {

Router sample() {
    Router router;
    TxHandler const nothing = [](storage::Tx&, Request&, Response&) -> Status { return {}; };
    router
        .add({.kind = RouteKind::read,
              .method = "GET",
              .path = "/v1/programs/{program}/public",
              .scopes = "public",
              .handle = nothing,
              .summary = "A program"})
        .value();
    router
        .add({.kind = RouteKind::write,
              .method = "POST",
              .path = "/v1/programs/{program}/coupons/redeem",
              .scopes = "operator merchant",
              .plugin = "coupons",
              .handle = nothing})
        .value();
    return router;
}

json::value document(std::vector<OpenapiFragment> const& fragments = {}) {
    return json::parse(openapi_document(sample(), "0.1.0", fragments).value());
}

std::string text_at(json::value const& value, std::string_view pointer) {
    json::error_code failed;
    auto const* found = value.find_pointer(pointer, failed);
    return found == nullptr ? "nothing" : json::serialize(*found);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_route_is_described) {
    auto const all = document();
    BOOST_TEST(text_at(all, "/openapi") == "\"3.1.0\"");
    BOOST_TEST(text_at(all, "/paths/~1v1~1programs~1{program}~1public/get/summary") == "\"A program\"");
    BOOST_TEST(text_at(all, "/paths/~1v1~1programs~1{program}~1public/get/security") == "[{}]");
    BOOST_TEST(text_at(all, "/paths/~1v1~1programs~1{program}~1public/get/parameters/0") ==
               R"({"name":"program","in":"path","required":true,"schema":{"type":"string"}})");
    BOOST_TEST(text_at(all, "/paths/~1v1~1programs~1{program}~1coupons~1redeem/post/security") == R"([{"key":[]}])");
    BOOST_TEST(text_at(all, "/paths/~1v1~1programs~1{program}~1coupons~1redeem/post/parameters/1/name") == "\"Idempotency-Key\"");
    BOOST_TEST(text_at(all, "/paths/~1v1~1programs~1{program}~1coupons~1redeem/post/responses/default/$ref") ==
               "\"#/components/responses/Problem\"");
    BOOST_TEST(text_at(all, "/components/schemas/Problem/required") == R"(["type","title","status","code"])");
    BOOST_TEST(text_at(all, "/components/securitySchemes/key/scheme") == "\"bearer\"");
    BOOST_TEST(all.at("paths").as_object().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_plugin_describes_its_own_routes_and_nothing_that_is_not_there) {
    auto const all = document(
        {{"coupons",
          R"({"paths":{"/redeem":{"post":{"summary":"Redeem a code","parameters":[{"name":"dry_run","in":"query","description":"ours"}]}},
        "/ghost":{"get":{}}},"components":{"schemas":{"Redemption":{"type":"object"},"Problem":{"type":"string"}}}})"}});
    BOOST_TEST(text_at(all, "/paths/~1v1~1programs~1{program}~1coupons~1redeem/post/summary") == "\"Redeem a code\"");
    BOOST_TEST(text_at(all, "/paths/~1v1~1programs~1{program}~1coupons~1redeem/post/security") == R"([{"key":[]}])");
    BOOST_TEST(all.at_pointer("/paths/~1v1~1programs~1{program}~1coupons~1redeem/post/parameters").as_array().size() == 3u);
    BOOST_TEST(text_at(all, "/components/schemas/Redemption/type") == "\"object\"");
    BOOST_TEST(text_at(all, "/components/schemas/Problem/type") == "\"object\"");
    BOOST_TEST(all.at("paths").as_object().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_body_and_a_success_that_a_plugin_describes_stand_alone) {
    auto const post = [](std::string const& told) {
        return document({{"coupons", R"({"paths":{"/redeem":{"post":)" + told + "}}}"}})
            .at_pointer("/paths/~1v1~1programs~1{program}~1coupons~1redeem/post");
    };
    auto const whole = post(R"({"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/x"}}}},"responses":{"201":{}}})");
    BOOST_TEST(text_at(whole, "/requestBody/content/application~1json/schema") == R"({"$ref":"#/x"})");
    BOOST_TEST(text_at(whole, "/responses") == R"({"201":{},"default":{"$ref":"#/components/responses/Problem"}})");
    auto const refusals_only = post(R"({"responses":{"404":{}}})");
    BOOST_TEST(text_at(refusals_only, "/requestBody/content/application~1json/schema") == R"({"type":"object"})");
    BOOST_TEST(text_at(refusals_only, "/responses/2XX/description") == R"("It was done.")");
    BOOST_TEST(text_at(post("{}"), "/responses/2XX/description") == R"("It was done.")");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_json_object_is_refused_by_name) {
    for (auto const* text : {"", "{", "[]", "7", "{}x"}) {
        BOOST_TEST_CONTEXT(text) {
            auto const refused = openapi_document(sample(), "0.1.0", {{"coupons", text}});
            BOOST_TEST_REQUIRE(refused.has_error());
            BOOST_TEST(refused.error().detail.find("plugin coupons") != std::string::npos);
        }
    }
    Router router;
    Route bad{.kind = RouteKind::read, .method = "GET", .path = "/x", .scopes = "public", .openapi = "[]"};
    bad.handle = [](storage::Tx&, Request&, Response&) -> Status { return {}; };
    router.add(bad).value();
    BOOST_TEST(openapi_document(router, "0.1.0").has_error());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
