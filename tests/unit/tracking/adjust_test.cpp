// Refunds, edits, reviews, releases: what is due, and what the ledger and the roll-ups say of it.
#include <boost/test/unit_test.hpp>

#include "programs/fx_rate.hpp"
#include "unit/tracking/house.hpp"

namespace partnerd::tracking {

using testing::amend;
using testing::code;
using testing::decline;
using testing::House;
using testing::refund;
using testing::sale;

namespace {

std::int64_t due(Result<Outcome> const& outcome) {
    BOOST_TEST_REQUIRE(code(outcome) == "ok");
    std::int64_t sum = 0;
    for (auto const& line : outcome->lines) sum += line.amount.minor;
    return sum;
}

struct Shop {
    House house;
    programs::Program program;
    programs::Enrollment ada;
    explicit Shop(std::string_view plan = testing::ten_percent, programs::TermsSettings const& settings = {}, std::function<void(programs::Program&)> const& with = {})
        : program(house.program("shop", plan, settings, with)), ada(house.enrolled(program, "ada")) {}
    std::int64_t pending() { return house.pending(program.id, ada.partner); }
    std::int64_t payable() { return house.payable(program.id, ada.partner); }
    std::string state_of_commission() {
        return house.read([&](storage::Tx& tx) { return tx.value<std::string>("select state from commission order by id desc limit 1").value(); });
    }
};

constexpr char review_from_10[] = R"({"rules":[{"name":"r","rule":"review@1","params":{"from":1000}}]})";

}  // namespace

BOOST_AUTO_TEST_SUITE(adjust)

BOOST_AUTO_TEST_CASE(adjustments_that_are_refused) {
    Shop shop;
    auto const order = sale(shop.program, "o", 1000, "ada");
    BOOST_TEST(code(shop.house.adjust(order, refund("r"))) == "unknown_order");
    BOOST_TEST_REQUIRE(code(shop.house.convert(order)) == "ok");
    auto with = [](AdjustmentReport report, std::function<void(AdjustmentReport&)> const& change) { return change(report), report; };
    struct Case {
        char const* name;
        AdjustmentReport report;
        char const* code;
    };
    std::vector<Case> const cases = {
        {"no id", refund("", 100), "missing_field"},
        {"a blank id", refund("  ", 100), "missing_field"},
        {"an id too long", refund(std::string(201, 'x'), 100), "invalid_field"},
        {"an id that is no UTF-8", refund("\xff\xfe", 100), "invalid_field"},
        {"more than the order", refund("r", 1001), "refund_exceeds_order"},
        {"below zero", refund("r", -1), "negative_amount"},
        {"another currency", with(refund("r", 1), [](auto& r) { r.currency = find_currency("USD").value(); }), "currency_mismatch"},
        {"in the future", with(refund("r", 1), [](auto& r) { r.at_us = testing::start_us + 5 * minute_us + 1; }), "at_in_future"},
        {"an unknown status", with(decline("r"), [](auto& r) { r.new_status = "approved"; }), "invalid_field"},
        {"an edit of nothing", with(amend("r", 1), [](auto& r) { r.amount_minor.reset(); }), "missing_field"},
    };
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.name) { BOOST_TEST(code(shop.house.adjust(order, c.report)) == c.code); }
    }
    BOOST_TEST(shop.house.count("adjustment") == 0);
    BOOST_TEST(shop.pending() == 100);
}

BOOST_AUTO_TEST_CASE(a_repeat_of_an_adjustment_changes_nothing_and_other_content_is_refused) {
    Shop shop;
    auto const order = sale(shop.program, "o", 1000, "ada");
    shop.house.convert(order);
    BOOST_TEST(due(shop.house.adjust(order, refund("r", 300))) == 70);
    auto const again = shop.house.adjust(order, refund("r", 300));
    BOOST_TEST((again->state == OutcomeState::duplicate));
    BOOST_TEST(due(again) == 70);
    BOOST_TEST(code(shop.house.adjust(order, refund("r", 301))) == "adjustment_differs");
    BOOST_TEST(shop.pending() == 70);
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(a_refund_takes_from_pending_before_the_release_and_from_payable_after_it_below_zero_too) {
    Shop shop;
    auto const one = sale(shop.program, "one", 1000, "ada");
    auto const two = sale(shop.program, "two", 2000, "ada");
    shop.house.convert(one);
    shop.house.convert(two);
    BOOST_TEST(due(shop.house.adjust(one, refund("r", 400))) == 60);
    BOOST_TEST(shop.pending() == 260);
    shop.house.clock.advance(30 * day_us - 1);
    BOOST_TEST(shop.house.release() == 0);
    shop.house.clock.advance(1);
    BOOST_TEST(shop.house.release() == 2);
    BOOST_TEST(shop.house.release() == 0);
    BOOST_TEST(shop.pending() == 0);
    BOOST_TEST(shop.payable() == 260);
    BOOST_TEST(due(shop.house.adjust(two, refund("r", 2000))) == 0);
    BOOST_TEST(shop.state_of_commission() == "reversed");
    BOOST_TEST(shop.payable() == 60);
    // As if 60 had been paid out.
    shop.house.write([&](storage::Tx& tx) {
        auto const payable = ledger::open_account(tx, shop.house.mint, shop.program.id, ledger::payable_account(shop.ada.partner), shop.ada.partner, shop.program.currency);
        auto const clearing = ledger::open_account(tx, shop.house.mint, shop.program.id, "clearing", 0, shop.program.currency);
        ledger::Leg const legs[] = {{payable, -60}, {clearing, 60}};
        BOOST_TEST_REQUIRE(code(ledger::post(tx, shop.house.mint, shop.house.clock, {shop.program.id, "pay:1", "pay", "", 0, 0}, legs)) == "ok");
    });
    BOOST_TEST(due(shop.house.adjust(one, refund("all"))) == 0);
    BOOST_TEST(shop.payable() == -60);
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(an_edit_goes_both_ways_any_number_of_times) {
    Shop shop;
    auto const order = sale(shop.program, "o", 1000, "ada");
    shop.house.convert(order);
    BOOST_TEST(due(shop.house.adjust(order, amend("up", 2000))) == 200);
    BOOST_TEST(due(shop.house.adjust(order, amend("down", 1500))) == 150);
    BOOST_TEST(due(shop.house.adjust(order, refund("r", 500))) == 100);
    BOOST_TEST(due(shop.house.adjust(order, amend("down again", 700))) == 20);
    BOOST_TEST(code(shop.house.adjust(order, amend("too far", 499))) == "refund_exceeds_order");
    BOOST_TEST(due(shop.house.adjust(order, amend("nothing left", 500))) == 0);
    BOOST_TEST(due(shop.house.adjust(order, amend("and back", 1500))) == 100);
    BOOST_TEST(shop.pending() == 100);
    shop.house.clock.advance(31 * day_us);
    BOOST_TEST(shop.house.release() == 1);
    BOOST_TEST(due(shop.house.adjust(order, amend("later", 2500))) == 200);
    BOOST_TEST(shop.payable() == 200);
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(an_edit_that_brings_a_new_line_earns_it_from_nothing) {
    Shop shop(R"({"rules":[{"name":"base","rule":"percent@1","params":{"rate":"10%"}},
        {"name":"big","lane":"bonus","rule":"tiers@1","params":{"tiers":[{"from":"50.00","amount":"3.00"}]}}]})");
    auto const order = sale(shop.program, "o", 4000, "ada");
    BOOST_TEST(due(shop.house.convert(order)) == 400);
    BOOST_TEST(due(shop.house.adjust(order, amend("up", 6000))) == 900);
    BOOST_TEST(shop.house.count("commission where gross_minor = 0 and net_minor = 300") == 1);
    BOOST_TEST(due(shop.house.adjust(order, refund("r"))) == 0);
    BOOST_TEST(shop.pending() == 0);
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(a_flat_amount_stays_until_all_is_refunded) {
    Shop shop(R"({"rules":[{"name":"base","rule":"flat@1","params":{"amount":"5.00"}}]})");
    auto const order = sale(shop.program, "o", 1000, "ada");
    shop.house.convert(order);
    BOOST_TEST(due(shop.house.adjust(order, refund("r", 999))) == 500);
    auto chargeback = refund("c", 1);
    chargeback.type = AdjustmentType::chargeback;
    BOOST_TEST(due(shop.house.adjust(order, chargeback)) == 0);
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(a_lead_without_amount_is_reversed_whole) {
    Shop shop(R"({"rules":[{"name":"lead","on":"lead","rule":"flat@1","params":{"amount":"5.00"}}]})");
    auto lead = sale(shop.program, "l", 0, "ada");
    lead.kind = "lead";
    lead.amount_minor.reset();
    BOOST_TEST(due(shop.house.convert(lead)) == 500);
    BOOST_TEST(due(shop.house.adjust(lead, refund("r"))) == 0);
    BOOST_TEST(shop.pending() == 0);
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(declining_takes_all_and_later_adjustments_give_nothing_back) {
    Shop shop;
    auto const order = sale(shop.program, "o", 1000, "ada");
    shop.house.convert(order);
    BOOST_TEST(shop.house.count("rollup_sales where conversions = 1") == 1);
    BOOST_TEST(due(shop.house.adjust(order, decline("d"))) == 0);
    BOOST_TEST(shop.house.count("rollup_sales where conversions = 0 and revenue_minor = 0") == 1);
    BOOST_TEST(due(shop.house.adjust(order, amend("up", 5000))) == 0);
    BOOST_TEST(due(shop.house.adjust(order, decline("d2"))) == 0);
    BOOST_TEST(shop.pending() == 0);
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(what_nobody_earned_can_be_refunded_too) {
    Shop shop;
    auto const order = sale(shop.program, "o", 1000);
    BOOST_TEST((shop.house.convert(order)->state == OutcomeState::unattributed));
    BOOST_TEST(due(shop.house.adjust(order, refund("r", 600))) == 0);
    BOOST_TEST(code(shop.house.adjust(order, refund("s", 401))) == "refund_exceeds_order");
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(a_held_conversion_is_posted_when_it_is_approved_with_what_was_refunded_meanwhile) {
    Shop shop(review_from_10, [] {
        programs::TermsSettings settings;
        settings.binding_days = 30;
        return settings;
    }());
    auto order = sale(shop.program, "o", 2000, "ada");
    order.customer = "c";
    auto const held = shop.house.convert(order);
    BOOST_TEST((held->state == OutcomeState::held));
    BOOST_TEST(due(shop.house.adjust(order, refund("r", 500))) == 150);
    BOOST_TEST(shop.pending() == 0);
    BOOST_TEST(shop.house.count("entry") == 0);
    BOOST_TEST(shop.house.verifies());
    BOOST_TEST(due(shop.house.review(shop.program.id, held->conversion, true)) == 150);
    BOOST_TEST(shop.pending() == 150);
    BOOST_TEST(shop.house.count("rollup_commission where gross_minor = 200 and reversed_minor = 50") == 1);
    BOOST_TEST(shop.house.count("rollup_sales where conversions = 1 and revenue_minor = 2000") == 1);
    BOOST_TEST(shop.house.count("binding") == 1);
    BOOST_TEST(code(shop.house.review(shop.program.id, held->conversion, true)) == "invalid_state");
    shop.house.clock.advance(40 * day_us);
    BOOST_TEST(shop.house.release() == 1);
    BOOST_TEST(shop.payable() == 150);
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(a_held_conversion_that_is_declined_earns_nothing) {
    Shop shop(review_from_10);
    auto const by_operator = sale(shop.program, "1", 2000, "ada"), by_merchant = sale(shop.program, "2", 2000, "ada"), below = sale(shop.program, "3", 999, "ada");
    auto const held = shop.house.convert(by_operator);
    shop.house.convert(by_merchant);
    BOOST_TEST((shop.house.convert(below)->state == OutcomeState::recorded));
    BOOST_TEST(due(shop.house.review(shop.program.id, held->conversion, false)) == 0);
    BOOST_TEST(due(shop.house.adjust(by_merchant, decline("d"))) == 0);
    BOOST_TEST(shop.house.count("commission where state = 'declined' and net_minor = 0") == 2);
    BOOST_TEST(shop.pending() == 100);
    BOOST_TEST(shop.house.count("rollup_sales where conversions = 1") == 1);
    BOOST_TEST(code(shop.house.review(shop.program.id, 4711, true)) == "unknown_conversion");
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(a_held_conversion_that_was_refunded_whole_leaves_no_pending_commission) {
    Shop shop(review_from_10);
    auto const order = sale(shop.program, "o", 2000, "ada");
    auto const held = shop.house.convert(order);
    BOOST_TEST(due(shop.house.adjust(order, refund("r"))) == 0);
    BOOST_TEST(due(shop.house.review(shop.program.id, held->conversion, true)) == 0);
    BOOST_TEST(shop.state_of_commission() == "reversed");
    BOOST_TEST(shop.pending() == 0);
    shop.house.clock.advance(40 * day_us);
    shop.house.release();
    BOOST_TEST(shop.state_of_commission() == "reversed");
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(a_rule_may_decline) {
    Shop shop(R"({"rules":[{"name":"d","rule":"decline@1","params":{}}]})");
    auto const outcome = shop.house.convert(sale(shop.program, "o", 2000, "ada"));
    BOOST_TEST((outcome->state == OutcomeState::declined));
    BOOST_TEST(outcome->reason == "looks_wrong");
    BOOST_TEST(shop.house.count("commission") == 0);
    BOOST_TEST(shop.house.verifies());
}

// Whether the rate was there when the order came, or an operator brought it after the refunds, the same is due.
BOOST_AUTO_TEST_CASE(a_late_rate_gives_what_it_would_have_given_in_time) {
    std::int64_t nets[2];
    for (bool const late : {false, true}) {
        Shop shop(R"({"rules":[{"name":"base","rule":"percent@1","params":{"rate":"10%"}},{"name":"flat","lane":"bonus","rule":"flat@1","minimum_on":"original",
            "when":{"all":[{"fact":"order.base","op":">=","value":"10.00"},{"fact":"customer.is_new","op":"==","value":true}]},"params":{"amount":"2.00"}}]})",
                  {}, [](programs::Program& p) { p.order_currencies = {"USD"}; });
        auto order = sale(shop.program, "o", 2000, "ada");
        order.currency = find_currency("USD").value();
        order.customer = "c";
        order.customer_is_new = true;
        auto const bring_rate = [&] {
            shop.house.write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(programs::set_fx_rate(tx, shop.program, "USD", testing::start_us / day_us, "0.80")) == "ok"); });
        };
        if (!late) bring_rate();
        auto const outcome = shop.house.convert(order);
        BOOST_TEST((outcome->state == (late ? OutcomeState::held : OutcomeState::recorded)));
        BOOST_TEST(code(shop.house.adjust(order, refund("r1", 1500))) == "ok");
        BOOST_TEST(code(shop.house.adjust(order, refund("r2", 111))) == "ok");
        BOOST_TEST(shop.house.verifies());
        if (late) {
            BOOST_TEST(code(shop.house.review(shop.program.id, outcome->conversion, true)) == "fx_rate_missing");
            bring_rate();
            BOOST_TEST(code(shop.house.review(shop.program.id, outcome->conversion, true)) == "ok");
            BOOST_TEST(shop.house.count("conversion_trace where trace like '%\"lanes\"%' and trace like '%\"state\":\"recorded\"%'") == 1);
        }
        BOOST_TEST(shop.house.count("rollup_sales where conversions = 1 and revenue_minor = 1600") == 1);
        nets[late] = shop.pending();
        BOOST_TEST(shop.house.verifies());
    }
    BOOST_TEST(nets[0] == 31 + 200);
    BOOST_TEST(nets[1] == nets[0]);
}

BOOST_AUTO_TEST_CASE(two_payees_of_one_conversion_are_paid_and_refunded_apart) {
    House house;
    auto const first = house.program("first");
    auto const bob = house.partner("bob");
    programs::Program shop;
    shop.handle = shop.name = "shop";
    shop.currency = find_currency("GBP").value();
    house.write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(programs::create_program(tx, house.kernel, shop)) == "ok"); });
    auto const payee = house.enrolled(shop, "bob");
    auto const ada = house.enrolled(shop, "ada");
    auto const plan = R"({"rules":[{"name":"s","rule":"share@1","params":{"payee":")" + format_id("enr", payee.id) + R"("}}]})";
    house.write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(programs::add_terms(tx, house.kernel, shop, {}, plan, "", 0)) == "ok"); });
    house.status(shop, "live");
    auto const order = sale(shop, "o", 1000, "ada");
    BOOST_TEST(due(house.convert(order)) == 150);
    BOOST_TEST(house.pending(shop.id, ada.partner) == 100);
    BOOST_TEST(house.pending(shop.id, bob.id) == 50);
    BOOST_TEST(due(house.adjust(order, refund("r", 400))) == 90);
    BOOST_TEST(house.pending(shop.id, bob.id) == 30);
    BOOST_TEST(house.count("rollup_sales where conversions = 1") == 1);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tracking
