#include "imports/record_call.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::imports {

namespace {

struct Table {
    Kind kind;
    std::vector<std::string> columns;
};
Table const orders{Kind::orders, {"order_id", "placed_at", "customer_id", "partner", "currency", "amount"}};
Table const refunds{Kind::refunds, {"refund_id", "refunded_at", "order_id", "currency", "amount"}};
Table const redemptions{Kind::redemptions, {"redemption_id", "redeemed_on", "campaign_id", "coupon_upc", "customer_id"}};
Table const partners{Kind::partners, {"partner", "name", "email", "partner_type"}};
Table const coupons{Kind::coupons, {"coupon_upc", "campaign_id", "partner"}};
Table const campaigns{Kind::campaigns, {"campaign_id", "type", "start_date", "end_date"}};

Result<RecordCall> call_of(Table const& table, std::vector<std::string> cells, bool dry_run = false) {
    return make_call(table.kind, "shop", ColumnMap::make(table.kind, table.columns, {}).value(), {2, std::move(cells), ""}, dry_run);
}

Status check_of(Table const& table, std::vector<std::string> cells) {
    return check_record(table.kind, ColumnMap::make(table.kind, table.columns, {}).value(), {2, std::move(cells), ""});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record_call)

BOOST_AUTO_TEST_CASE(each_kind_has_its_request) {
    struct Case {
        Table const& table;
        std::vector<std::string> cells;
        char const* target;
        char const* body;
        char const* key;
    };
    for (
        auto const& c : {
            Case{
                orders,
                {"536365", "2010-12-01T08:26:00Z", "17850", "emma", "GBP", "139.12"},
                "/v1/programs/shop/conversions",
                R"({"kind":"sale","external_id":"536365","order_id":"536365",)"
                R"("at":"2010-12-01T08:26:00Z","customer":"17850",)"
                R"("assigned_partner":"emma","amount":{"amount":"139.12","currency":"GBP"}})",
                "536365"},
            Case{orders,
                 {"536365", "2010-12-01T08:26:00Z", "17850", "", "GBP", "139.120"},
                 "/v1/programs/shop/conversions",
                 R"({"kind":"sale","external_id":"536365","order_id":"536365",)"
                 R"("at":"2010-12-01T08:26:00Z","customer":"17850","amount":{"amount":"139.120","currency":"GBP"}})",
                 "536365"},
            Case{orders,
                 {"a\"b", "x", "", "", "gbp", "-1e5"},
                 "/v1/programs/shop/conversions",
                 R"({"kind":"sale","external_id":"a\"b","order_id":"a\"b","at":"x","amount":{"amount":"-1e5","currency":"gbp"}})",
                 "a\"b"},
            Case{refunds,
                 {"C1", "2010-12-01T12:38:00Z", "536488", "GBP", "25.50"},
                 "/v1/programs/shop/adjustments",
                 R"({"kind":"sale","external_id":"536488","adjustment_id":"C1","type":"refund",)"
                 R"("at":"2010-12-01T12:38:00Z","amount":{"amount":"25.50","currency":"GBP"}})",
                 "536488"},
            Case{redemptions,
                 {"r00000", "2017-01-01", "26", "51380041013", "h1029"},
                 "/v1/programs/shop/coupons/redeem",
                 R"({"redemption_id":"r00000","code":"51380041013","campaign":"26","customer":"h1029","day":"2017-01-01"})",
                 "51380041013\nh1029"},
            Case{redemptions,
                 {"r00000", "2017-01-01T15:00:00Z", "", "51380041013", ""},
                 "/v1/programs/shop/coupons/redeem",
                 R"({"redemption_id":"r00000","code":"51380041013","at":"2017-01-01T15:00:00Z"})",
                 "51380041013\n"},
            Case{partners,
                 {"emma", "Emma Stone", "emma@example.com", "affiliate"},
                 "/v1/programs/shop/partners",
                 R"({"handle":"emma","name":"Emma Stone","email":"emma@example.com","partner_type":"affiliate","keep":true})",
                 "emma"},
            Case{partners, {"emma", "", "", ""}, "/v1/programs/shop/partners", R"({"handle":"emma","keep":true})", "emma"},
            Case{coupons,
                 {"10000085207", "26", "maker-317"},
                 "/v1/programs/shop/coupons/codes",
                 R"({"code":"10000085207","campaign":"26","partner":"maker-317","keep":true})",
                 "10000085207"},
            Case{campaigns,
                 {"1", "B", "2017-03-03", "2017-04-09"},
                 "/v1/programs/shop/coupons/campaigns",
                 R"({"campaign":"1","starts_on":"2017-03-03","ends_on":"2017-04-09","type":"B","keep":true})",
                 "1"},
        })
        BOOST_TEST_CONTEXT(c.body) {
            auto const made = call_of(c.table, c.cells).value();
            BOOST_TEST(made.call.method == "POST");
            BOOST_TEST(made.call.target == c.target);
            BOOST_TEST(made.call.body == c.body);
            BOOST_TEST(made.key == c.key);
            BOOST_TEST(call_of(c.table, c.cells, true).value().call.target == std::string(c.target) + "?dry_run=1");
        }
}

BOOST_AUTO_TEST_CASE(the_program_is_encoded_in_the_path) {
    auto const map = ColumnMap::make(Kind::partners, {"partner"}, {}).value();
    BOOST_TEST(make_call(Kind::partners, "a/b?c", map, {2, {"emma"}, ""}, false).value().call.target == "/v1/programs/a%2Fb%3Fc/partners");
}

BOOST_AUTO_TEST_CASE(empty_cells_of_required_fields_are_refused) {
    struct Case {
        Table const& table;
        std::vector<std::string> cells;
        char const* code;
        char const* field;
    };
    for (auto const& c :
         {Case{orders, {"", "x", "", "", "GBP", "1"}, "missing_field", "order_id"},
          Case{orders, {"1", " ", "", "", "GBP", "1"}, "missing_field", "placed_at"},
          Case{orders, {"1", "x", "", "", "GBP", ""}, "missing_field", "amount"},
          Case{orders, {"1", "x", "", "", "", "1"}, "missing_field", "currency"},
          Case{refunds, {"C536379", "2010-12-01T09:41:00Z", "", "GBP", "27.50"}, "unknown_order", "order_id"},
          Case{refunds, {"", "x", "1", "GBP", "27.50"}, "missing_field", "refund_id"},
          Case{redemptions, {"r1", "", "26", "5", "h"}, "missing_field", "redeemed_on"},
          Case{redemptions, {"r1", "2017-01-01", "26", "", "h"}, "missing_field", "code"},
          Case{partners, {"", "Emma", "", ""}, "missing_field", "partner"}, Case{coupons, {"1", "", "m"}, "missing_field", "campaign"},
          Case{campaigns, {"1", "", "", "2017-01-01"}, "missing_field", "starts_on"}})
        BOOST_TEST_CONTEXT(c.field) {
            auto made = call_of(c.table, c.cells);
            BOOST_TEST_REQUIRE(made.has_error());
            BOOST_TEST(code_name(made.error().code) == c.code);
            BOOST_TEST(made.error().field == c.field);
        }
}

BOOST_AUTO_TEST_CASE(what_a_dry_run_judges_without_a_server) {
    struct Case {
        Table const& table;
        std::vector<std::string> cells;
        char const* code;
        char const* field;
    };
    for (auto const& c : {Case{orders, {"1", "yesterday", "", "", "GBP", "1.00"}, "invalid_field", "placed_at"},
                          Case{orders, {"1", "2010-12-01", "", "", "GBP", "1.00"}, "invalid_field", "placed_at"},
                          Case{orders, {"1", "2010-12-01T08:26:00Z", "", "", "gbp", "1.00"}, "unknown_currency", "currency"},
                          Case{orders, {"1", "2010-12-01T08:26:00Z", "", "", "GBP", "1.000"}, "too_many_decimals", "amount"},
                          Case{orders, {"1", "2010-12-01T08:26:00Z", "", "", "GBP", "-1.00"}, "negative_amount", "amount"},
                          Case{orders, {"1", "2010-12-01T08:26:00Z", "", "", "GBP", "1,00"}, "invalid_amount", "amount"},
                          Case{orders, {"1", "2010-12-01T08:26:00Z", "", "", "GBP", "99999999999999999999"}, "amount_overflow", "amount"},
                          Case{refunds, {"C1", "2010-12-01T08:26", "1", "GBP", "1.00"}, "invalid_field", "refunded_at"},
                          Case{redemptions, {"r1", "2017-02-29", "", "5", ""}, "invalid_field", "redeemed_on"},
                          Case{campaigns, {"1", "B", "2017-13-01", "2017-04-09"}, "invalid_field", "starts_on"},
                          Case{campaigns, {"1", "B", "2017-03-01", "soon"}, "invalid_field", "ends_on"},
                          Case{coupons, {"", "1", "m"}, "missing_field", "code"}})
        BOOST_TEST_CONTEXT(c.cells[1] << " " << c.code) {
            auto status = check_of(c.table, c.cells);
            BOOST_TEST_REQUIRE(status.has_error());
            BOOST_TEST(code_name(status.error().code) == c.code);
            BOOST_TEST(status.error().field == c.field);
        }
    BOOST_TEST(check_of(orders, {"1", "2010-12-01T08:26:00+01:00", "", "", "JPY", "100"}).has_value());
    BOOST_TEST(check_of(redemptions, {"r1", "2017-01-01", "", "5", ""}).has_value());
    BOOST_TEST(check_of(redemptions, {"r1", "2017-01-01T10:00:00Z", "", "5", ""}).has_value());
    BOOST_TEST(check_of(campaigns, {"1", "B", "2017-03-03", "2017-04-09"}).has_value());
    BOOST_TEST(check_of(partners, {"emma", "", "", ""}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::imports
