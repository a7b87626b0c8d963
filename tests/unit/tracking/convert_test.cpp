#include <boost/test/unit_test.hpp>

#include "domain/click_id.hpp"
#include "programs/fx_rate.hpp"
#include "unit/tracking/house.hpp"

namespace partnerd::tracking {

using testing::code;
using testing::House;
using testing::sale;

namespace {

std::string state(Result<Outcome> const& outcome) {
    if (!outcome) return "refused " + std::string(outcome.error().name());
    return std::string(state_name(outcome->state)) + (outcome->reason.empty() ? "" : " " + outcome->reason);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convert)

BOOST_AUTO_TEST_CASE(a_sale_earns_its_partner_ten_percent_after_the_hold) {
    House house;
    auto const shop = house.program("shop");
    auto const ada = house.enrolled(shop, "ada");
    auto const outcome = house.convert(sale(shop, "o-1", 13912, "ada"));
    BOOST_TEST_REQUIRE(state(outcome) == "recorded");
    BOOST_TEST_REQUIRE(outcome->lines.size() == 1U);
    BOOST_TEST(outcome->lines[0].amount.minor == 1391);
    BOOST_TEST(outcome->lines[0].payable_at_us == testing::start_us + 30 * day_us);
    BOOST_TEST(house.pending(shop.id, ada.partner) == 1391);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(reports_that_are_refused) {
    House house;
    auto const shop = house.program("shop");
    house.enrolled(shop, "ada");
    auto const before = house.count("conversion");
    struct Case {
        char const* name;
        std::function<void(ConversionReport&)> with;
        char const* code;
    };
    std::vector<Case> const cases = {
        {"unknown program", [](auto& r) { r.program = 4711; }, "unknown_program"},
        {"no external id", [](auto& r) { r.external_id.clear(); }, "missing_field"},
        {"a blank external id", [](auto& r) { r.external_id = "  "; }, "missing_field"},
        {"a kind that is no word", [](auto& r) { r.kind = "A Sale"; }, "invalid_field"},
        {"an order id that is too long", [](auto& r) { r.order_id.assign(201, 'x'); }, "invalid_field"},
        {"a control character", [](auto& r) { r.external_id = "a\nb"; }, "invalid_field"},
        {"broken UTF-8", [](auto& r) { r.customer = "\xc3("; }, "invalid_field"},
        {"below zero", [](auto& r) { r.amount_minor = -1; }, "negative_amount"},
        {"another currency", [](auto& r) { r.currency = find_currency("USD").value(); }, "currency_not_accepted"},
        {"a microsecond more than five minutes ahead", [](auto& r) { r.at_us = testing::start_us + 5 * minute_us + 1; }, "at_in_future"},
        {"an unknown partner", [](auto& r) { r.assigned_partner = "eve"; }, "unknown_partner"},
        {"a forged click id", [](auto& r) { r.click_id = "0000000000000000000000000a"; }, "invalid_click_id"},
        {"a link that is not there", [](auto& r) { r.link = 4711; }, "unknown_link"},
        {"an e-mail that is none", [](auto& r) { r.customer_email = "ada"; }, "invalid_field"},
        {"an order whose commission cannot be counted", [](auto& r) { r.amount_minor = INT64_MAX; r.items = {{"a", "", 1, INT64_MAX}, {"b", "", 1, 1}}; }, "amount_overflow"},
    };
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            auto report = sale(shop, "o-1", 1000, "ada");
            c.with(report);
            BOOST_TEST(code(house.convert(report)) == c.code);
        }
    }
    BOOST_TEST(house.count("conversion") == before);
    BOOST_TEST(house.count("entry") == 0);
    auto at_the_edge = sale(shop, "edge", 1000, "ada");
    at_the_edge.at_us = testing::start_us + 5 * minute_us;
    BOOST_TEST(state(house.convert(at_the_edge)) == "recorded");
}

BOOST_AUTO_TEST_CASE(an_account_that_cannot_hold_more_refuses_the_sale_and_nothing_is_half_done) {
    House house;
    auto const shop = house.program("shop");
    auto const ada = house.enrolled(shop, "ada");
    BOOST_TEST(state(house.convert(sale(shop, "o-1", 1000, "ada"))) == "recorded");
    house.execute("update account set balance_minor = 9223372036854775797 where balance_minor = 100");
    BOOST_TEST(code(house.convert(sale(shop, "o-2", 110, "ada"))) == "amount_overflow");
    house.storage->write([&](storage::Tx& tx) { return house.tracker.convert(tx, sale(shop, "o-3", 110, "ada")).has_value(); });
    BOOST_TEST(house.pending(shop.id, ada.partner) == INT64_MAX - 10);
    BOOST_TEST(house.count("conversion where external_id = 'o-3'") == 0);
}

BOOST_AUTO_TEST_CASE(an_order_has_a_largest_amount_so_that_sums_of_many_stay_exact) {
    House house;
    auto const shop = house.program("shop");
    house.enrolled(shop, "ada");
    BOOST_TEST(state(house.convert(sale(shop, "o-1", 10'000'000'000'000, "ada"))) == "recorded");
    BOOST_TEST(code(house.convert(sale(shop, "o-2", 10'000'000'000'001, "ada"))) == "amount_overflow");
    BOOST_TEST(code(house.convert(sale(shop, "o-3", INT64_MAX, "ada"))) == "amount_overflow");
}

// A commission that no report could sum would stay in the books for ever.
BOOST_AUTO_TEST_CASE(a_line_of_a_commission_has_a_largest_amount_too) {
    House house;
    auto const plan = R"({"rules":[{"name":"base","rule":"per_item@1","params":{"amount":"100000000000.00"}}]})";
    auto const shop = house.program("shop", plan);
    house.enrolled(shop, "ada");
    auto one = sale(shop, "o-1", 1000, "ada");
    one.items = {{"tea", "", 1, 1000}};
    BOOST_TEST(state(house.convert(one)) == "recorded");
    auto two = sale(shop, "o-2", 1000, "ada");
    two.items = {{"tea", "", 2, 1000}};
    BOOST_TEST(code(house.convert(two)) == "amount_overflow");
    BOOST_TEST(house.count("conversion") == 1);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(the_lines_of_a_discounted_order_earn_on_what_was_paid_for_them) {
    House house;
    auto const plan = R"({"rules":[{"name":"base","rule":"percent@1","params":{"rate":"12%","categories":["x","y"]}}]})";
    auto const shop = house.program("shop", plan);
    auto const ada = house.enrolled(shop, "ada");
    auto order = sale(shop, "o-1", 0, "ada");
    order.amount_minor.reset();
    order.breakdown = Breakdown{10'000, 9'000, 200, 0};
    order.items = {{"a", "x", 1, 10'000}};
    BOOST_TEST(state(house.convert(order)) == "recorded");
    BOOST_TEST(house.pending(shop.id, ada.partner) == 120);
    auto back = testing::refund("r", 1'200);
    back.items = {{"a", "", 1, 1'000}};
    BOOST_TEST(code(house.adjust(order, back)) == "ok");
    BOOST_TEST(house.pending(shop.id, ada.partner) == 0);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(a_refund_beyond_its_items_leaves_no_commission_above_the_order) {
    House house;
    auto const plan = R"({"rules":[{"name":"base","rule":"percent@1","params":{"rate":"12%","categories":["x","y"]}}]})";
    auto const shop = house.program("shop", plan);
    auto const ada = house.enrolled(shop, "ada");
    auto order = sale(shop, "o-1", 10'000, "ada");
    order.items = {{"a", "x", 1, 3'000}, {"b", "y", 1, 7'000}};
    BOOST_TEST(state(house.convert(order)) == "recorded");
    BOOST_TEST(house.pending(shop.id, ada.partner) == 1'200);
    auto back = testing::refund("r", 9'000);
    back.items = {{"a", "", 1, 1'000}};
    BOOST_TEST(code(house.adjust(order, back)) == "ok");
    BOOST_TEST(house.pending(shop.id, ada.partner) == 120);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(a_repeat_is_the_first_answer_also_when_the_program_takes_no_such_order_any_more) {
    House house;
    auto shop = house.program("shop", testing::ten_percent, {}, [](programs::Program& p) { p.order_currencies = {"USD"}; });
    house.enrolled(shop, "ada");
    auto in_dollars = sale(shop, "usd", 10'000, "ada");
    in_dollars.currency = find_currency("USD").value();
    BOOST_TEST(state(house.convert(in_dollars)) == "held fx_rate_missing");
    shop.order_currencies.clear();
    house.write([&](storage::Tx& tx) { programs::update_program(tx, house.kernel, shop); });
    BOOST_TEST(state(house.convert(in_dollars)) == "duplicate fx_rate_missing");
    in_dollars.external_id = "another";
    BOOST_TEST(code(house.convert(in_dollars)) == "currency_not_accepted");
}

BOOST_AUTO_TEST_CASE(a_code_of_nobody_is_shown_as_a_near_miss) {
    House house;
    auto const shop = house.program("shop");
    auto report = sale(shop, "o-1", 1000, "");
    report.code = "NOPE";
    BOOST_TEST(state(house.convert(report)) == "unattributed no_candidate");
    BOOST_TEST(house.count("conversion_trace where trace like '%code NOPE belongs to no partner%'") == 1);
}

BOOST_AUTO_TEST_CASE(a_repeat_is_the_first_answer_and_other_content_is_refused) {
    House house;
    auto const shop = house.program("shop");
    auto const ada = house.enrolled(shop, "ada");
    auto const first = house.convert(sale(shop, "o-1", 1000, "ada"));
    auto const again = house.convert(sale(shop, "o-1", 1000, "ada"));
    BOOST_TEST(state(again) == "duplicate");
    BOOST_TEST(again->conversion == first->conversion);
    BOOST_TEST(again->lines.size() == 1U);
    BOOST_TEST(code(house.convert(sale(shop, "o-1", 1001, "ada"))) == "conversion_differs");
    BOOST_TEST(code(house.convert(sale(shop, "o-1", 1000))) == "conversion_differs");
    auto of_another_kind = sale(shop, "o-1", 1000, "ada");
    of_another_kind.kind = "lead";
    BOOST_TEST(state(house.convert(of_another_kind)) == "recorded no_rule");
    BOOST_TEST(house.pending(shop.id, ada.partner) == 100);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(one_order_is_one_sale) {
    House house;
    auto const shop = house.program("shop");
    house.enrolled(shop, "ada");
    auto first = sale(shop, "o-1", 1000, "ada");
    first.order_id = "1001";
    BOOST_TEST(state(house.convert(first)) == "recorded");
    auto second = sale(shop, "coupon-7", 1000, "ada");
    second.order_id = "1001";
    BOOST_TEST(code(house.convert(second)) == "order_claimed");
    second.kind = "redemption";
    BOOST_TEST(code(house.convert(second)) == "ok");
    second.kind = "sale";
    second.test = true;
    BOOST_TEST(code(house.convert(second)) == "ok");
}

BOOST_AUTO_TEST_CASE(programs_of_one_group_pay_an_order_once_also_when_they_joined_later) {
    House house;
    auto const in_group = [](programs::Program& p) { p.exclusive_group = "brand"; };
    auto const one = house.program("one", testing::ten_percent, {}, in_group);
    auto const two = house.program("two", testing::ten_percent, {}, in_group);
    auto other = house.program("other");
    auto const order = [](programs::Program const& p, char const* id) {
        auto report = sale(p, id, 1000);
        report.order_id = id;
        return report;
    };
    BOOST_TEST(code(house.convert(order(one, "1"))) == "ok");
    BOOST_TEST(code(house.convert(order(two, "1"))) == "order_claimed");
    BOOST_TEST(code(house.convert(order(other, "1"))) == "ok");
    other.exclusive_group = "brand";
    house.write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(programs::update_program(tx, house.kernel, other)) == "ok"); });
    auto again = order(other, "1");
    again.external_id = "as-coupon";
    BOOST_TEST(code(house.convert(again)) == "order_claimed");
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(a_click_earns_inside_its_window_to_the_edge) {
    House house;
    auto const shop = house.program("shop");
    auto const ada = house.enrolled(shop, "ada");
    auto const link = house.link(shop, ada);
    auto const clicked_us = testing::start_us - 40 * day_us;
    auto const click = house.click(link, clicked_us, "mail");
    struct Case {
        char const* id;
        std::int64_t at_us;
        char const* state;
    };
    for (auto const& c : {Case{"in", clicked_us + 30 * day_us - 1, "recorded"}, Case{"out", clicked_us + 30 * day_us, "unattributed click_expired"},
                          Case{"just before", clicked_us - 5 * minute_us, "recorded"}, Case{"too early", clicked_us - 5 * minute_us - 1, "unattributed click_in_future"}}) {
        BOOST_TEST_CONTEXT(c.id) {
            auto report = sale(shop, c.id, 1000);
            report.click_id = click;
            report.at_us = c.at_us;
            BOOST_TEST(state(house.convert(report)) == c.state);
        }
    }
    BOOST_TEST(house.count("rollup_sales where sub1 = 'mail' and conversions = 1") == 2);
    auto const other = house.program("other");
    auto report = sale(other, "foreign", 1000);
    report.click_id = click;
    BOOST_TEST(code(house.convert(report)) == "invalid_click_id");
    report = sale(shop, "never", 1000);
    report.click_id = sign_click_id(house.secrets.click_key, shop.id, first_id_at(testing::start_us));
    BOOST_TEST(state(house.convert(report)) == "unattributed click_not_found");
}

BOOST_AUTO_TEST_CASE(an_order_in_another_currency_uses_the_rate_of_its_day_for_ever) {
    House house;
    auto const shop = house.program("shop", testing::ten_percent, {}, [](programs::Program& p) { p.order_currencies = {"USD", "JPY"}; });
    auto const ada = house.enrolled(shop, "ada");
    auto const day = testing::start_us / day_us;
    auto const rate = [&](char const* currency, std::int64_t on, char const* text) {
        return house.write([&](storage::Tx& tx) { return code(programs::set_fx_rate(tx, shop, currency, on, text)); });
    };
    BOOST_TEST(rate("USD", day, "0.80") == "ok");
    auto in_dollars = sale(shop, "usd", 10'000, "ada");
    in_dollars.currency = find_currency("USD").value();
    BOOST_TEST(state(house.convert(in_dollars)) == "recorded");
    BOOST_TEST(house.pending(shop.id, ada.partner) == 800);
    BOOST_TEST(rate("USD", day, "0.50") == "ok");
    BOOST_TEST(code(house.adjust(in_dollars, testing::refund("r", 5000))) == "ok");
    BOOST_TEST(house.pending(shop.id, ada.partner) == 400);
    auto in_yen = sale(shop, "jpy", 10'000, "ada");
    in_yen.currency = find_currency("JPY").value();
    BOOST_TEST(state(house.convert(in_yen)) == "held fx_rate_missing");
    BOOST_TEST(rate("JPY", day - 1, "0.005") == "ok");
    auto again = in_yen;
    again.external_id = "too old";
    BOOST_TEST(state(house.convert(again)) == "held fx_rate_missing");
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(a_rule_that_pays_a_stranger_is_refused) {
    House house;
    auto const stranger = format_id("enr", 4711);
    auto const shop = house.program("shop", R"({"rules":[{"name":"s","rule":"share@1","params":{"payee":")" + stranger + R"("}}]})");
    house.enrolled(shop, "ada");
    BOOST_TEST(code(house.convert(sale(shop, "1", 1000, "ada"))) == "plugin_failed");
}

BOOST_AUTO_TEST_CASE(another_partners_link_is_not_counted_for_the_one_who_is_credited) {
    House house;
    auto const shop = house.program("shop");
    auto const ada = house.enrolled(shop, "ada");
    auto const bob = house.enrolled(shop, "bob");
    auto report = sale(shop, "1", 1000, "ada");
    report.link = house.link(shop, bob).id;
    BOOST_TEST(state(house.convert(report)) == "recorded");
    BOOST_TEST(house.count("rollup_sales where link = 0 and partner = " + std::to_string(ada.partner)) == 1);
    auto own = sale(shop, "2", 1000, "ada");
    own.link = house.link(shop, ada).id;
    BOOST_TEST(state(house.convert(own)) == "recorded");
    BOOST_TEST(house.count("rollup_sales where link = " + std::to_string(own.link)) == 1);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(a_conversion_is_judged_by_the_terms_in_force_at_its_time) {
    House house;
    auto const shop = house.program("shop");
    auto const ada = house.enrolled(shop, "ada");
    BOOST_TEST(state(house.convert(sale(shop, "0", 1000, "ada"))) == "recorded");
    auto const from = testing::start_us + day_us;
    house.write([&](storage::Tx& tx) {
        auto const live = *programs::find_program(tx, shop.id);
        BOOST_TEST_REQUIRE(code(programs::add_terms(tx, house.kernel, live, {}, R"({"rules":[{"name":"base","rule":"percent@1","params":{"rate":"20%"}}]})", "", from)) == "ok");
    });
    house.clock.set(from + day_us);
    auto late = sale(shop, "1", 1000, "ada");
    late.at_us = from - 1;
    auto now = sale(shop, "2", 1000, "ada");
    now.at_us = from;
    auto long_ago = sale(shop, "3", 1000, "ada");
    long_ago.at_us = testing::start_us - 900 * day_us;
    BOOST_TEST(house.convert(late).value().lines.at(0).amount.minor == 100);
    BOOST_TEST(house.convert(now).value().lines.at(0).amount.minor == 200);
    BOOST_TEST(house.convert(long_ago).value().lines.at(0).amount.minor == 100);
    // A refund stays with the terms of its order.
    BOOST_TEST(house.adjust(late, testing::refund("r", 500)).value().lines.at(0).amount.minor == 50);
    BOOST_TEST(house.pending(shop.id, ada.partner) == 100 + 50 + 200 + 100);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tracking
