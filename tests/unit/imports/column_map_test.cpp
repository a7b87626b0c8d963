#include "imports/column_map.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::imports {

namespace {

using Names = std::vector<std::string>;

Names const order_columns{"order_id", "placed_at", "customer_id", "country", "partner", "currency", "amount", "items"};

CsvRecord record_of(std::vector<std::string> cells) { return {2, std::move(cells), ""}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(column_map)

BOOST_AUTO_TEST_CASE(the_kinds_have_names) {
    for (auto kind : {Kind::orders, Kind::refunds, Kind::redemptions, Kind::partners, Kind::coupons, Kind::campaigns})
        BOOST_TEST((parse_kind(kind_name(kind)).value() == kind));
    for (auto const* name : {"", "order", "Orders", "clicks"}) {
        auto kind = parse_kind(name);
        BOOST_TEST_REQUIRE(kind.has_error());
        BOOST_TEST(kind.error().detail.find("orders, refunds, redemptions, partners, coupons, campaigns") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(the_files_of_the_data_sets_need_no_mapping) {
    BOOST_TEST(ColumnMap::make(Kind::orders, order_columns, {}).has_value());
    BOOST_TEST(ColumnMap::make(Kind::refunds, {"refund_id", "refunded_at", "order_id", "currency", "amount"}, {}).has_value());
    BOOST_TEST(
        ColumnMap::make(Kind::redemptions, {"redemption_id", "redeemed_on", "campaign_id", "coupon_upc", "customer_id"}, {}).has_value());
    BOOST_TEST(ColumnMap::make(Kind::coupons, {"coupon_upc", "campaign_id", "partner"}, {}).has_value());
    BOOST_TEST(ColumnMap::make(Kind::campaigns, {"campaign_id", "type", "start_date", "end_date"}, {}).has_value());
    BOOST_TEST(ColumnMap::make(Kind::partners, {"coupon_upc", "campaign_id", "partner"}, {}).has_value());
}

BOOST_AUTO_TEST_CASE(a_field_comes_from_its_column_trimmed) {
    auto const map =
        ColumnMap::make(Kind::orders, {" Order_ID ", "AT", "customer", "net", "gross", "total"}, {"amount=gross", "currency:= GBP "})
            .value();
    auto const record = record_of({" 536365 ", "2010-12-01T08:26:00Z", "", "1", "2", "3"});
    BOOST_TEST(map.get(record, "order_id") == "536365");
    BOOST_TEST(map.get(record, "placed_at") == "2010-12-01T08:26:00Z");
    BOOST_TEST(map.get(record, "amount") == "2");
    BOOST_TEST(map.get(record, "currency") == "GBP");
    BOOST_TEST(map.get(record, "customer") == "");
    BOOST_TEST(map.get(record, "partner") == "");
    BOOST_TEST(map.get(record, "nonsense") == "");
    BOOST_TEST(map.check_filled(record).has_value());
    auto const empty = map.check_filled(record_of({"", "x", "", "", "2", ""}));
    BOOST_TEST(code_name(empty.error().code) == "missing_field");
    BOOST_TEST(empty.error().field == "order_id");
}

BOOST_AUTO_TEST_CASE(a_refund_without_an_order_is_of_an_unknown_order) {
    auto const map = ColumnMap::make(Kind::refunds, {"refund_id", "refunded_at", "order_id", "currency", "amount"}, {}).value();
    BOOST_TEST(code_name(map.check_filled(record_of({"C536379", "2010-12-01T09:41:00Z", "", "GBP", "27.50"})).error().code) ==
               "unknown_order");
}

BOOST_AUTO_TEST_CASE(mappings_that_are_refused) {
    struct Case {
        char const* what;
        Names columns, options;
        char const* code;
        char const* detail;
    };
    for (auto const& c :
         {Case{"no columns", {}, {}, "missing_column", "order_id"},
          Case{"a column missing",
               {"order_id", "placed_at", "sum", "currency"},
               {},
               "missing_column",
               "orders need a column 'amount'; the file has: order_id, placed_at, sum, currency. "
               "Say where it is with --column amount=<column>"},
          Case{"semicolons",
               {"order_id;placed_at;amount;currency"},
               {},
               "missing_column",
               "the file has: order_id;placed_at;amount;currency."},
          Case{"mapped to nothing", order_columns, {"amount=sum"}, "missing_column", "there is no column 'sum'"},
          Case{"mapped to an empty name", order_columns, {"amount="}, "missing_column", "there is no column ''"},
          Case{"no equals", order_columns, {"amount"}, "invalid_field", "'amount' is not a column mapping"},
          Case{"no field", order_columns, {"=amount"}, "invalid_field", "is not a column mapping"},
          Case{"an empty constant field", order_columns, {":=GBP"}, "invalid_field", "no field ''"},
          Case{"an unknown field",
               order_columns,
               {"sum=amount"},
               "invalid_field",
               "orders have no field 'sum'; known are: order_id, placed_at, customer, partner, amount, currency"},
          Case{"mapped twice", order_columns, {"amount=amount", "amount=items"}, "invalid_field", "mapped twice"},
          Case{"a column twice", {"order_id", "placed_at", "amount", "currency", "Amount"}, {}, "invalid_field", "'Amount' twice"}})
        BOOST_TEST_CONTEXT(c.what) {
            auto map = ColumnMap::make(Kind::orders, c.columns, c.options);
            BOOST_TEST_REQUIRE(map.has_error());
            BOOST_TEST(code_name(map.error().code) == c.code);
            BOOST_TEST_CONTEXT(map.error().detail) BOOST_TEST((map.error().detail.find(c.detail) != std::string::npos));
        }
    BOOST_TEST(ColumnMap::make(Kind::orders, {"order_id", "placed_at", "amount", "currency", "note", "note"}, {}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::imports
