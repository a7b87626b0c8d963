// Who may earn: the states of programs, partners and links, test conversions, self-referral, bindings, new customers.
#include <boost/test/unit_test.hpp>

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

BOOST_AUTO_TEST_SUITE(credit)

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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tracking
