// Requests that are wrong, each with the status and the code it gets; after all of them nothing has been recorded.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "e2e/shopfront.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;

namespace {

enum class Key { operators, merchant, foreign_merchant, partner, none, forged, not_bearer };

struct Row {
    std::string method, target, body;
    int status;
    std::string code;
    Key key = Key::operators;
    std::string content_type = "application/json";
};

std::string const sales = "/v1/programs/retail/conversions", refunds = "/v1/programs/retail/adjustments",
                  redeem = "/v1/programs/retail/coupons/redeem", links = "/v1/me/programs/retail/links";

// A sale that is right but for what is said.
std::string sale(std::string const& members, std::string const& amount = R"({"amount":"10.00","currency":"GBP"})") {
    return R"({"external_id":"bad-1","amount":)" + amount + (members.empty() ? "" : "," + members) + "}";
}
std::string sale_of(std::string const& amount) { return sale("", amount); }
std::string refund(std::string const& members) {
    return R"({"external_id":"known","type":"refund")" + (members.empty() ? "" : "," + members) + "}";
}

std::string pounds(std::string const& amount) { return R"({"amount":")" + amount + R"(","currency":"GBP"})"; }

// The bodies of a sale that is no JSON, or no object.
std::vector<Row> malformed_rows() {
    std::vector<Row> rows;
    for (auto const& body : std::vector<std::string>{
             "{", "", "nonsense", "[1,2", R"({"external_id":"x",})", R"({"external_id":"x"} x)", std::string("{\"external_id\":\"\x01\"}"),
             std::string("{\"external_id\":\"a\0b\"}", 21), std::string(2000, '[') + std::string(2000, ']')})
        rows.push_back({"POST", sales, body, 400, "malformed_json"});
    rows.push_back({"POST", sales, "{\"external_id\":\"\xff\xfe\"}", 400, "invalid_utf8"});
    rows.push_back({"POST", sales, "{\"external_id\":\"\xc0\xaf\"}", 400, "invalid_utf8"});
    rows.push_back(
        {"POST", sales, R"({"external_id":"a","external_id":"b","amount":{"amount":"1.00","currency":"GBP"}})", 400, "malformed_json"});
    for (auto const* const body : {"[]", "\"text\"", "null", "5"}) rows.push_back({"POST", sales, body, 422, "invalid_field"});
    return rows;
}

std::vector<Row> money_rows() {
    return {
        {"POST", sales, sale_of("10.00"), 422, "amount_not_a_string"},
        {"POST", sales, sale_of(R"({"amount":10.00,"currency":"GBP"})"), 422, "amount_not_a_string"},
        {"POST", sales, sale_of(R"({"amount":10,"currency":"GBP"})"), 422, "amount_not_a_string"},
        {"POST", sales, sale_of(pounds("10.005")), 422, "too_many_decimals"},
        {"POST", sales, sale_of(pounds("-10.00")), 422, "negative_amount"},
        {"POST", sales, sale_of(pounds("1e3")), 422, "invalid_amount"},
        {"POST", sales, sale_of(pounds("")), 422, "invalid_amount"},
        {"POST", sales, sale_of(pounds("ten")), 422, "invalid_amount"},
        {"POST", sales, sale_of(pounds("1,000.00")), 422, "invalid_amount"},
        {"POST", sales, sale_of(pounds(" 10.00")), 422, "invalid_amount"},
        {"POST", sales, sale_of(pounds("NaN")), 422, "invalid_amount"},
        {"POST", sales, sale_of(pounds("99999999999999999999.00")), 422, "amount_overflow"},
        {"POST", sales, sale_of(pounds("92233720368547758.08")), 422, "amount_overflow"},
        {"POST", sales, sale_of(R"({"amount":"10.00","currency":"USD"})"), 422, "currency_not_accepted"},
        {"POST", sales, sale_of(R"({"amount":"10.00","currency":"ZZZ"})"), 422, "unknown_currency"},
        {"POST", sales, sale_of(R"({"amount":"10.00"})"), 422, "missing_field"},
        {"POST", sales, R"({"external_id":"bad-1"})", 422, "missing_field"},
        {"POST", sales,
         R"({"external_id":"bad-1","subtotal":{"amount":"10.00","currency":"GBP"},"tax":{"amount":"1.00","currency":"EUR"}})", 422,
         "currency_mismatch"},
        {"POST", sales, sale(R"("items":[{"amount":5.5}])"), 422, "amount_not_a_string"},
    };
}

std::vector<Row> noun_rows() {
    return {
        {"POST", "/v1/programs/nowhere/conversions", sale(""), 404, "unknown_program"},
        {"GET", "/v1/programs/nowhere", "", 404, "unknown_program"},
        {"POST", sales, sale(R"("assigned_partner":"nobody")"), 422, "unknown_partner"},
        {"POST", sales, sale(R"("assigned_partner":"outsider")"), 422, "unknown_partner"},
        {"POST", sales, sale(R"("link":"lnk_0dw4de53r002y")"), 422, "unknown_link"},
        {"POST", sales, sale(R"("click_id":"00000000000000000000000000")"), 422, "invalid_click_id"},
        {"POST", sales, sale(R"("at":"2099-01-01T00:00:00Z")"), 422, "at_in_future"},
        {"POST", sales, sale(R"("at":"yesterday")"), 422, "invalid_field"},
        {"POST", sales, sale(R"("at":"2026-02-30T00:00:00Z")"), 422, "invalid_field"},
        {"POST", sales, sale(R"("colour":"red")"), 422, "unknown_field"},
        {"POST", sales, sale(R"("customer":5)"), 422, "invalid_field"},
        {"POST", sales, sale(R"("customer":")" + std::string(300, 'x') + R"(")"), 422, "invalid_field"},
        {"POST", sales, R"({"external_id":"","amount":{"amount":"1.00","currency":"GBP"}})", 422, "invalid_field"},
        {"POST", sales, R"({"amount":{"amount":"1.00","currency":"GBP"}})", 422, "missing_field"},
        {"POST", sales, R"({"external_id":"known","amount":{"amount":"51.00","currency":"GBP"},"assigned_partner":"acme"})", 409,
         "conversion_differs"},
        {"POST", sales, R"({"external_id":"known","amount":{"amount":"50.00","currency":"GBP"},"assigned_partner":"zeta"})", 409,
         "conversion_differs"},
        {"POST", refunds, R"({"external_id":"unknown","adjustment_id":"a1","type":"refund","amount":{"amount":"1.00","currency":"GBP"}})",
         422, "unknown_order"},
        {"POST", refunds, refund(R"("adjustment_id":"a1","amount":{"amount":"50.01","currency":"GBP"})"), 422, "refund_exceeds_order"},
        {"POST", refunds, refund(R"("adjustment_id":"a1","amount":{"amount":"-1.00","currency":"GBP"})"), 422, "negative_amount"},
        {"POST", refunds, refund(R"("adjustment_id":"a1","amount":{"amount":"1.00","currency":"USD"})"), 422, "currency_mismatch"},
        {"POST", refunds, refund(R"("adjustment_id":"known-refund","amount":{"amount":"2.00","currency":"GBP"})"), 409,
         "adjustment_differs"},
        {"POST", refunds, refund(R"("amount":{"amount":"1.00","currency":"GBP"})"), 422, "missing_field"},
        {"POST", refunds, R"({"external_id":"known","adjustment_id":"a1","type":"gift"})", 422, "invalid_field"},
        {"POST", redeem, R"({"redemption_id":"r1","code":"NOTHING","customer":"c"})", 422, "unknown_code"},
        {"POST", redeem, R"({"code":"NOTHING","customer":"c"})", 422, "missing_field"},
        {"POST", redeem, R"({"redemption_id":"r1","code":"NOTHING","customer":"c","colour":"red"})", 422, "unknown_field"},
        {"GET", "/v1/conversions/cnv_0000000000001", "", 404, "not_found"},
        {"GET", "/v1/conversions/nonsense", "", 404, "not_found"},
        {"GET", sales + "?limit=0", "", 400, "invalid_query"},
        {"GET", sales + "?colour=red", "", 400, "invalid_query"},
        {"GET", sales + "?starting_after=cnv_x", "", 400, "invalid_cursor"},
        {"GET", "/nowhere", "", 404, "not_found"},
        {"DELETE", sales, "", 405, "method_not_allowed"},
    };
}

std::vector<Row> key_rows(std::string const& conversion, std::string const& link) {
    return {
        {"POST", sales, sale(""), 401, "missing_key", Key::none},
        {"POST", sales, sale(""), 401, "invalid_key", Key::forged},
        {"POST", sales, sale(""), 401, "invalid_key", Key::not_bearer},
        {"GET", sales, "", 401, "missing_key", Key::none},
        {"POST", sales, sale(""), 403, "forbidden", Key::partner},
        {"POST", sales, sale(""), 404, "unknown_program", Key::foreign_merchant},
        {"GET", "/v1/conversions/" + conversion, "", 404, "not_found", Key::foreign_merchant},
        {"POST", "/v1/programs", "{}", 403, "forbidden", Key::merchant},
        {"GET", "/v1/keys", "", 403, "forbidden", Key::merchant},
        {"GET", "/v1/me", "", 403, "forbidden", Key::merchant},
        // What is another partner's is not there.
        {"GET", "/v1/me/programs/retail/conversions/" + conversion, "", 404, "not_found", Key::partner},
        {"GET", "/v1/me/programs/retail/conversions/" + conversion + "/explain", "", 404, "not_found", Key::partner},
        {"GET", links + "/" + link, "", 404, "not_found", Key::partner},
        {"GET", "/v1/me/programs/other/links", "", 404, "unknown_program", Key::partner},
        {"GET", "/v1/conversions/" + conversion, "", 403, "forbidden", Key::partner},
        {"POST", sales, sale(""), 415, "unsupported_media_type", Key::operators, "text/plain"},
        {"POST", sales, sale(""), 415, "unsupported_media_type", Key::operators, ""},
        {"POST", sales, sale(""), 415, "unsupported_media_type", Key::operators, "application/x-www-form-urlencoded"},
        {"POST", sales, sale(R"("customer":")" + std::string(300 * 1024, 'x') + R"(")"), 413, "body_too_large"},
    };
}

struct Bench : Shopfront {
    Bench() {
        apply(
            "[program]\nhandle = \"other\"\nname = \"Other\"\ncurrency = \"GBP\"\nhosts = [\"other.example\"]\ndestination = \"https://other.example/\"\nstatus = \"live\"\n[terms]\n"
            "[[terms.rules]]\nname = \"base\"\nrule = \"percent@1\"\non = \"sale\"\nparams = { rate = \"10%\" }\n");
        enroll("outsider", {}, "other");
        make_link("acme", "acme-link");
        link = std::string(partner("acme").get(links).body.at("data").at(0).at("id").as_string());
        auto const known = office().post(
            sales, std::string(R"({"external_id":"known","amount":{"amount":"50.00","currency":"GBP"},"assigned_partner":"acme"})"));
        BOOST_REQUIRE_EQUAL(known.status, 201);
        conversion = known.text("id");
        BOOST_REQUIRE_EQUAL(
            office().post(refunds, refund(R"("adjustment_id":"known-refund","amount":{"amount":"1.00","currency":"GBP"})")).status, 201);
        keys = {{Key::operators, create_key(installation())},
                {Key::merchant, create_key(installation(), {"--kind", "merchant", "--program", "retail"})},
                {Key::foreign_merchant, create_key(installation(), {"--kind", "merchant", "--program", "other"})},
                {Key::partner, create_key(installation(), {"--kind", "partner", "--partner", "zeta"})}};
        auto forged = keys.at(Key::operators);
        forged[20] = forged[20] == 'a' ? 'b' : 'a';
        keys[Key::forged] = forged;
    }

    Answer send(Row const& row) {
        partnerd::http::ClientRequest request{row.method, row.target, {}, row.body};
        if (auto const key = keys.find(row.key); key != keys.end()) request.headers.push_back({"Authorization", "Bearer " + key->second});
        if (row.key == Key::not_bearer) request.headers.push_back({"Authorization", "Basic b3BlcmF0b3I6c2VjcmV0"});
        if (row.method == "POST" && !row.content_type.empty()) request.headers.push_back({"Content-Type", row.content_type});
        Answer answer;
        answer.raw = server().client().send(request);
        answer.status = answer.raw.status;
        boost::system::error_code ec;
        auto value = json::parse(answer.raw.body, ec);
        if (!ec) answer.body = value;
        return answer;
    }

    // The rows of everything that a request could leave behind.
    std::vector<std::int64_t> counts() const {
        std::vector<std::int64_t> found;
        auto const file = database();
        for (auto const* const table : {"conversion",
                                        "conversion_trace",
                                        "commission",
                                        "commission_change",
                                        "adjustment",
                                        "entry",
                                        "posting",
                                        "order_claim",
                                        "customer",
                                        "binding",
                                        "link",
                                        "partner",
                                        "enrollment",
                                        "program",
                                        "api_key",
                                        "coupons_redemption",
                                        "coupons_customer",
                                        "click",
                                        "audit",
                                        "idempotency",
                                        "outbox"})
            found.push_back(file.number(std::string("select count(*) from ") + table));
        return found;
    }

    std::map<Key, std::string> keys;
    std::string conversion, link;
};

std::string shortened(std::string const& text) { return text.size() > 200 ? text.substr(0, 200) + "..." : text; }

void check_rows(Bench& bench, std::vector<Row> const& rows) {
    auto const before = bench.counts();
    for (auto const& row : rows) BOOST_TEST_CONTEXT(row.method << " " << row.target << " " << shortened(row.body)) {
            auto const answer = bench.send(row);
            BOOST_TEST_CONTEXT(shortened(answer.raw.body)) {
                BOOST_TEST(answer.status == row.status);
                BOOST_TEST(answer.code() == row.code);
                BOOST_TEST(answer.raw.header("content-type") == "application/problem+json");
                BOOST_TEST(answer.text("title") != "");
                BOOST_TEST(answer.raw.header("x-request-id") != "");
            }
        }
    BOOST_TEST(bench.counts() == before, boost::test_tools::per_element());
    bench.check_verified();
    BOOST_TEST(bench.server().stop().exit_code == 0);
    bench.check_verified();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_body_that_is_no_json_is_refused) {
    Bench bench;
    check_rows(bench, malformed_rows());
}

BOOST_AUTO_TEST_CASE(money_that_is_no_money_is_refused) {
    Bench bench;
    check_rows(bench, money_rows());
}

BOOST_AUTO_TEST_CASE(what_is_not_there_or_does_not_fit_is_refused) {
    Bench bench;
    check_rows(bench, noun_rows());
}

BOOST_AUTO_TEST_CASE(keys_that_may_not_and_bodies_that_are_too_large_are_refused) {
    Bench bench;
    check_rows(bench, key_rows(bench.conversion, bench.link));
}

BOOST_AUTO_TEST_CASE(an_idempotency_key_with_another_body_is_refused_and_a_refusal_is_kept_too) {
    Bench bench;
    auto const body = sale(R"("assigned_partner":"acme")");
    auto const first = bench.office().post(sales, body, "key-1");
    BOOST_TEST(first.status == 201, first.raw.body);
    auto const again = bench.office().post(sales, body, "key-1");
    BOOST_TEST(again.status == 201);
    BOOST_TEST(again.raw.body == first.raw.body);
    auto const other = bench.office().post(sales, sale(R"("assigned_partner":"zeta")"), "key-1");
    BOOST_TEST(other.status == 422);
    BOOST_TEST(other.code() == "idempotency_key_reused");
    std::string const wrong = R"({"external_id":"bad-2","amount":{"amount":"10.00","currency":"GBP"},"assigned_partner":"newcomer"})";
    BOOST_TEST(bench.office().post(sales, wrong, "key-2").code() == "unknown_partner");
    bench.enroll("newcomer");
    BOOST_TEST(bench.office().post(sales, wrong, "key-2").code() == "unknown_partner");
    BOOST_TEST(bench.office().post(sales, body, std::string(256, 'k')).code() == "invalid_idempotency_key");
    BOOST_TEST(bench.database().number("select count(*) from conversion") == 2);
    bench.check_verified();
}
