#include <boost/json.hpp>
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

programs::TermsSettings binding_for(int days) {
    programs::TermsSettings settings;
    settings.binding_days = days;
    return settings;
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
    auto const shop = house.program("shop", R"({"rules":[{"name":"base","rule":"percent@1","params":{"rate":"100%"}}]})");
    auto const ada = house.enrolled(shop, "ada");
    BOOST_TEST(state(house.convert(sale(shop, "o-1", INT64_MAX - 10, "ada"))) == "recorded");
    BOOST_TEST(code(house.convert(sale(shop, "o-2", 11, "ada"))) == "amount_overflow");
    house.storage->write([&](storage::Tx& tx) { return house.tracker.convert(tx, sale(shop, "o-3", 11, "ada")).has_value(); });
    BOOST_TEST(house.pending(shop.id, ada.partner) == INT64_MAX - 10);
    BOOST_TEST(house.count("conversion where external_id = 'o-3'") == 0);
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

BOOST_AUTO_TEST_CASE(who_may_not_earn_now) {
    House house;
    auto const shop = house.program("shop");
    auto const ada = house.enrolled(shop, "ada");
    auto const bob = house.enrolled(shop, "bob");
    auto const link = house.link(shop, ada);
    auto const click = house.click(link, testing::start_us - day_us);
    auto const clicked = [&](std::string id) {
        auto report = sale(shop, std::move(id), 1000);
        report.click_id = click;
        return report;
    };
    auto const try_with = [&](char const* id, std::function<Status(storage::Tx&)> const& before) {
        house.write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(before(tx)) == "ok"); });
        return state(house.convert(clicked(id)));
    };
    auto const& kernel = house.kernel;
    BOOST_TEST(try_with("p1", [&](auto& tx) { return programs::set_partner_status(tx, kernel, ada.partner, "suspended", "spam"); }) == "unattributed partner_suspended");
    BOOST_TEST(try_with("p2", [&](auto& tx) { return programs::set_partner_status(tx, kernel, ada.partner, "active", ""); }) == "recorded");
    BOOST_TEST(try_with("e1", [&](auto& tx) { return programs::set_enrollment_status(tx, kernel, shop.id, ada.id, "suspended", "spam"); }) == "unattributed partner_suspended");
    BOOST_TEST(try_with("e2", [&](auto& tx) { return programs::set_enrollment_status(tx, kernel, shop.id, ada.id, "active", ""); }) == "recorded");
    BOOST_TEST(try_with("s1", [&](auto& tx) { return programs::set_partner_stop(tx, kernel, ada.partner, true), Status{}; }) == "unattributed emergency_stop");
    BOOST_TEST(try_with("s2", [&](auto& tx) { return programs::set_partner_stop(tx, kernel, ada.partner, false), Status{}; }) == "recorded");
    BOOST_TEST(try_with("g1", [&](auto& tx) { return programs::set_emergency_stop(tx, kernel, shop.id, true), Status{}; }) == "unattributed emergency_stop");
    BOOST_TEST(try_with("g2", [&](auto& tx) { return programs::set_emergency_stop(tx, kernel, shop.id, false), Status{}; }) == "recorded");
    BOOST_TEST(try_with("l1", [&](auto& tx) { return programs::set_link_stop(tx, kernel, link, true), Status{}; }) == "unattributed emergency_stop");
    BOOST_TEST(try_with("l2", [&](auto& tx) { return programs::set_link_stop(tx, kernel, link, false), Status{}; }) == "recorded");
    BOOST_TEST(try_with("c1", [&](auto& tx) { return programs::set_enrollment_status(tx, kernel, shop.id, ada.id, "closed", ""); }) == "unattributed partner_suspended");
    BOOST_TEST(house.pending(shop.id, ada.partner) == 500);
    BOOST_TEST(house.pending(shop.id, bob.partner) == 0);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(paused_and_ended_programs_pay_for_the_clicks_made_before) {
    House house;
    auto const shop = house.program("shop", testing::ten_percent, binding_for(365));
    auto const ada = house.enrolled(shop, "ada");
    auto const bob = house.enrolled(shop, "bob");
    auto const click = house.click(house.link(shop, ada), testing::start_us - day_us);
    auto bound = sale(shop, "bound", 1000, "bob");
    bound.customer = "c-1";
    BOOST_TEST(state(house.convert(bound)) == "recorded");
    for (auto const* status : {"paused", "ended"}) {
        BOOST_TEST_CONTEXT(status) {
            house.status(shop, status);
            BOOST_TEST(state(house.convert(sale(shop, std::string(status) + "-1", 1000, "bob"))) == "unattributed program_not_live");
            auto by_binding = sale(shop, std::string(status) + "-2", 1000);
            by_binding.customer = "c-1";
            BOOST_TEST(state(house.convert(by_binding)) == "unattributed program_not_live");
            auto by_click = sale(shop, std::string(status) + "-3", 1000, "bob");
            by_click.click_id = click;
            auto const outcome = house.convert(by_click);
            BOOST_TEST(state(outcome) == "recorded");
            BOOST_TEST(outcome->partner == ada.partner);
        }
    }
    BOOST_TEST(house.pending(shop.id, bob.partner) == 100);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(a_draft_takes_tests_only_and_a_pilot_credits_its_partners_only) {
    House house;
    programs::Program shop;
    shop.handle = shop.name = "shop";
    shop.currency = find_currency("GBP").value();
    house.write([&](storage::Tx& tx) {
        BOOST_TEST_REQUIRE(code(programs::create_program(tx, house.kernel, shop)) == "ok");
        BOOST_TEST(code(programs::change_status(tx, house.kernel, shop.id, "live")) == "invalid_state");
    });
    BOOST_TEST(code(house.convert(sale(shop, "o", 1000))) == "invalid_state");
    house.write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(programs::add_terms(tx, house.kernel, shop, {}, testing::ten_percent, "", 0)) == "ok"); });
    auto const ada = house.enrolled(shop, "ada");
    auto const bob = house.enrolled(shop, "bob");
    BOOST_TEST(code(house.convert(sale(shop, "o", 1000, "ada"))) == "invalid_state");
    auto tried = sale(shop, "o", 1000, "ada");
    tried.test = true;
    BOOST_TEST(state(house.convert(tried)) == "recorded");
    house.status(shop, "pilot");
    house.write([&](storage::Tx& tx) { programs::add_pilot_partner(tx, house.kernel, shop.id, ada.partner); });
    BOOST_TEST(state(house.convert(sale(shop, "o", 1000, "ada"))) == "recorded");
    BOOST_TEST(state(house.convert(sale(shop, "p", 1000, "bob"))) == "unattributed not_in_pilot");
    BOOST_TEST(house.pending(shop.id, bob.partner) == 0);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(a_test_conversion_has_a_trace_and_moves_nothing) {
    House house;
    auto const shop = house.program("shop", testing::ten_percent, binding_for(30));
    auto const ada = house.enrolled(shop, "ada");
    auto report = sale(shop, "t-1", 1000, "ada");
    report.test = true;
    report.order_id = "1";
    report.customer = "c-1";
    auto const outcome = house.convert(report);
    BOOST_TEST_REQUIRE(state(outcome) == "recorded");
    BOOST_TEST_REQUIRE(outcome->lines.size() == 1U);
    BOOST_TEST(outcome->lines[0].amount.minor == 100);
    BOOST_TEST(outcome->lines[0].state == "test");
    BOOST_TEST(state(house.adjust(report, testing::refund("r", 500))) == "recorded");
    BOOST_TEST(state(house.adjust(report, testing::decline("d"))) == "declined declined");
    for (auto const* table : {"entry", "posting", "rollup_sales", "rollup_commission", "order_claim", "customer", "binding", "account"}) BOOST_TEST(house.count(table) == 0, table);
    house.clock.advance(40 * day_us);
    BOOST_TEST(house.release() == 0);
    report.test = false;
    report.at_us = testing::start_us;
    BOOST_TEST(state(house.convert(report)) == "recorded");
    BOOST_TEST(house.pending(shop.id, ada.partner) == 100);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(partners_do_not_earn_on_their_own_purchases) {
    House house;
    auto const shop = house.program("shop");
    auto const ada = house.enrolled(shop, "ada", "ada@example.com");
    house.write([&](storage::Tx& tx) { programs::add_identity(tx, ada.partner, programs::customer_hash(house.kernel, shop.id, "c-ada")); });
    auto by_email = sale(shop, "1", 1000, "ada");
    by_email.customer_email = " Ada@Example.COM ";
    BOOST_TEST(state(house.convert(by_email)) == "declined self_referral");
    auto by_customer = sale(shop, "2", 1000, "ada");
    by_customer.customer = "c-ada";
    BOOST_TEST(state(house.convert(by_customer)) == "declined self_referral");
    auto somebody_else = sale(shop, "3", 1000, "ada");
    somebody_else.customer = "c-eve";
    somebody_else.customer_email = "eve@example.com";
    BOOST_TEST(state(house.convert(somebody_else)) == "recorded");
    BOOST_TEST(state(house.adjust(by_email, testing::refund("r"))) == "declined self_referral");
    BOOST_TEST(house.pending(shop.id, ada.partner) == 100);
    BOOST_TEST(house.count("rollup_sales") == 1);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(a_customer_stays_bound_to_the_partner_that_brought_them) {
    House house;
    auto const shop = house.program("shop", testing::ten_percent, binding_for(10));
    auto const ada = house.enrolled(shop, "ada");
    auto const bob = house.enrolled(shop, "bob");
    auto const at = testing::start_us - 50 * day_us;
    auto const buy = [&](std::string id, std::int64_t at_us, std::string who = {}) {
        auto report = sale(shop, std::move(id), 1000, std::move(who));
        report.customer = "c-1";
        report.at_us = at_us;
        auto const outcome = house.convert(report);
        BOOST_TEST_REQUIRE(outcome.has_value());
        return outcome->partner;
    };
    BOOST_TEST(buy("before", at - 1) == 0);
    BOOST_TEST(buy("first", at, "ada") == ada.partner);
    BOOST_TEST(buy("at once", at) == ada.partner);
    BOOST_TEST(buy("bob inside", at + 5 * day_us, "bob") == bob.partner);
    BOOST_TEST(buy("still ada", at + 6 * day_us) == ada.partner);
    BOOST_TEST(buy("the last microsecond", at + 10 * day_us - 1) == ada.partner);
    BOOST_TEST(buy("over", at + 10 * day_us) == 0);
    BOOST_TEST(buy("bob anew", at + 11 * day_us, "bob") == bob.partner);
    BOOST_TEST(buy("bob's now", at + 12 * day_us) == bob.partner);
    BOOST_TEST(buy("ada's came late", at + 1) == ada.partner);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(a_customer_is_new_with_their_first_order_whatever_order_they_arrive_in) {
    House house;
    auto const shop = house.program("shop", R"({"rules":[{"name":"new","rule":"flat@1","when":{"fact":"customer.is_new","op":"==","value":true},"params":{"amount":"5.00"}}]})");
    house.enrolled(shop, "ada");
    auto const buy = [&](std::string id, std::int64_t at_us, std::optional<bool> is_new = {}, std::string kind = "sale") {
        auto report = sale(shop, std::move(id), 1000, "ada");
        report.kind = std::move(kind);
        report.customer = "c-1";
        report.at_us = at_us;
        report.customer_is_new = is_new;
        return state(house.convert(report));
    };
    auto const at = testing::start_us - day_us;
    BOOST_TEST(buy("lead", at - 5, {}, "lead") == "recorded no_rule");
    BOOST_TEST(buy("first", at) == "recorded");
    BOOST_TEST(buy("second", at + 1) == "recorded conditions_not_met");
    BOOST_TEST(buy("earlier, but reported later", at - 1) == "recorded");
    BOOST_TEST(buy("at the same time", at - 1) == "recorded conditions_not_met");
    BOOST_TEST(buy("the merchant knows better", at + 9, true) == "recorded");
    BOOST_TEST(buy("the merchant knows worse", at - 9, false) == "recorded conditions_not_met");
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_CASE(an_order_in_another_currency_uses_the_rate_of_its_day_for_ever) {
    House house;
    auto const shop = house.program("shop", testing::ten_percent, {}, [](programs::Program& p) { p.order_currencies = {"USD", "JPY"}; });
    auto const ada = house.enrolled(shop, "ada");
    auto const day = testing::start_us / day_us;
    auto const rate = [&](char const* currency, std::int64_t on, char const* text) {
        return house.write([&](storage::Tx& tx) { return code(programs::set_fx_rate(tx, shop, currency, on, text)); });
    };
    BOOST_TEST(rate("USD", day - 7, "0.80") == "ok");
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
    BOOST_TEST(rate("JPY", day - 8, "0.005") == "ok");
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
