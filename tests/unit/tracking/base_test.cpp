#include "tracking/base.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>
#include <random>

namespace partnerd::tracking {

namespace {

std::string code(Result<Remains> const& result) { return result ? "ok" : std::string(result.error().name()); }
std::string code(Result<Amounts> const& result) { return result ? "ok" : std::string(result.error().name()); }

AdjustmentReport refund_of(std::optional<std::int64_t> amount, std::optional<std::int64_t> base = {}, std::vector<Item> items = {}) {
    AdjustmentReport report;
    report.amount_minor = amount;
    report.base_minor = base;
    report.items = std::move(items);
    return report;
}

AdjustmentReport edit_to(std::optional<std::int64_t> amount, std::optional<std::int64_t> base = {}, std::vector<Item> items = {}) {
    auto report = refund_of(amount, base, std::move(items));
    report.type = AdjustmentType::amend;
    return report;
}

Standing order_of(std::int64_t total, std::int64_t base, std::vector<Item> items = {}) { return {{total, base}, {total, base}, std::move(items)}; }
Standing after(Standing const& before, AdjustmentReport const& report) {
    auto const remains = take(before, report).value();
    return {remains.order, remains.left, remains.items};
}
std::int64_t sum(std::vector<Item> const& items) {
    return std::accumulate(items.begin(), items.end(), std::int64_t{0}, [](std::int64_t s, Item const& i) { return s + i.amount_minor; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(base)

BOOST_AUTO_TEST_CASE(amounts_that_are_refused) {
    ConversionReport report;
    report.amount_minor = -1;
    BOOST_TEST(code(amounts_of(report)) == "negative_amount");
    report.amount_minor = 100;
    report.items = {{"a", "", 1, -1}};
    BOOST_TEST(code(amounts_of(report)) == "negative_amount");
    report.items = {{"a", "", 0, 1}};
    BOOST_TEST(code(amounts_of(report)) == "invalid_field");
    report.items = {{"a", "", 1, INT64_MAX}, {"b", "", 1, 1}};
    BOOST_TEST(code(amounts_of(report)) == "amount_overflow");
    report = {};
    report.breakdown = Breakdown{100, 101, 0, 0};
    BOOST_TEST(code(amounts_of(report)) == "invalid_field");
    report.breakdown = Breakdown{100, 0, -1, 0};
    BOOST_TEST(code(amounts_of(report)) == "negative_amount");
    report.breakdown = Breakdown{INT64_MAX, 0, 1, 0};
    BOOST_TEST(code(amounts_of(report)) == "amount_overflow");
}

BOOST_AUTO_TEST_CASE(the_base_comes_from_the_amount_or_the_breakdown_or_the_items) {
    ConversionReport report;
    BOOST_TEST((amounts_of(report).value() == Amounts{0, 0}));
    report.items = {{"a", "", 1, 70}, {"b", "", 2, 30}};
    BOOST_TEST((amounts_of(report).value() == Amounts{100, 100}));
    report.amount_minor = 250;
    BOOST_TEST((amounts_of(report).value() == Amounts{250, 250}));
    report.breakdown = Breakdown{1000, 100, 180, 20};
    BOOST_TEST((amounts_of(report).value() == Amounts{1100, 900}));
}

BOOST_AUTO_TEST_CASE(refunds_that_are_refused) {
    auto const order = order_of(1000, 800, {{"tea", "drinks", 2, 600}, {"mug", "ware", 1, 200}});
    struct Case {
        char const* name;
        AdjustmentReport report;
        char const* code;
    };
    for (auto const& c : {Case{"below zero", refund_of(-1), "negative_amount"}, Case{"more than the order", refund_of(1001), "refund_exceeds_order"},
                          Case{"a base larger than the refund", refund_of(100, 101), "invalid_field"}, Case{"a base below zero", refund_of(100, -1), "invalid_field"},
                          Case{"a base larger than what is left", refund_of(900, 801), "refund_exceeds_order"},
                          Case{"so little base that more is left than the order is worth", refund_of(900, 0), "invalid_field"},
                          Case{"an unknown item", refund_of({}, {}, {{"hat", "", 1, 1}}), "invalid_field"},
                          Case{"more pieces than were bought", refund_of({}, {}, {{"tea", "", 3, 600}}), "refund_exceeds_order"},
                          Case{"more of an item than it cost", refund_of({}, {}, {{"mug", "", 1, 201}}), "refund_exceeds_order"},
                          Case{"the same item twice", refund_of({}, {}, {{"mug", "", 1, 200}, {"mug", "", 1, 200}}), "refund_exceeds_order"},
                          Case{"an item without quantity", refund_of({}, {}, {{"mug", "", 0, 1}}), "invalid_field"},
                          Case{"items worth more than the amount", refund_of(100, {}, {{"tea", "", 1, 101}}), "invalid_field"}}) {
        BOOST_TEST_CONTEXT(c.name) { BOOST_TEST(code(take_refund(order, c.report)) == c.code); }
    }
}

BOOST_AUTO_TEST_CASE(a_refund_that_names_items_takes_from_those) {
    auto const left = after(order_of(800, 800, {{"tea", "drinks", 2, 600}, {"mug", "ware", 1, 200}}), refund_of({}, {}, {{"tea", "", 1, 300}}));
    BOOST_TEST(left.left.total_minor == 500);
    BOOST_TEST(left.left.base_minor == 500);
    BOOST_TEST((left.items == std::vector<Item>{{"tea", "drinks", 1, 300}, {"mug", "ware", 1, 200}}));
}

BOOST_AUTO_TEST_CASE(a_line_whose_amount_came_back_has_no_pieces_left) {
    auto const left = after(order_of(800, 800, {{"tea", "drinks", 2, 600}, {"mug", "ware", 1, 200}}), refund_of({}, {}, {{"tea", "", 1, 600}}));
    BOOST_TEST((left.items == std::vector<Item>{{"tea", "drinks", 0, 0}, {"mug", "ware", 1, 200}}));
}

// What is refunded beyond the named items comes from the other lines: no more is left of them than of the order.
BOOST_AUTO_TEST_CASE(a_refund_beyond_its_items_lowers_the_other_lines) {
    auto const left = after(order_of(10000, 10000, {{"a", "", 1, 3000}, {"b", "", 1, 7000}}), refund_of(9000, {}, {{"a", "", 1, 1000}}));
    BOOST_TEST((left.left == Amounts{1000, 1000}));
    BOOST_TEST(sum(left.items) == 1000);
}

BOOST_AUTO_TEST_CASE(a_refund_of_the_shipping_leaves_the_lines) {
    auto const left = after(order_of(900, 800, {{"tea", "", 2, 600}, {"mug", "", 1, 200}}), refund_of(100, 0));
    BOOST_TEST((left.left == Amounts{800, 800}));
    BOOST_TEST((left.items == std::vector<Item>{{"tea", "", 2, 600}, {"mug", "", 1, 200}}));
}

BOOST_AUTO_TEST_CASE(a_discount_is_spread_over_the_lines) {
    struct Case {
        char const* name;
        std::vector<Item> items;
        Breakdown breakdown;
        std::vector<std::int64_t> paid;
    };
    for (auto const& c : {Case{"nearly all of one line", {{"a", "", 1, 10000}}, {10000, 9000, 0, 0}, {1000}},
                          Case{"by largest remainder", {{"a", "", 1, 50}, {"b", "", 1, 50}, {"c", "", 1, 1}}, {101, 10, 0, 0}, {45, 45, 1}},
                          Case{"of a part that the lines do not cover too", {{"a", "", 1, 500}}, {1000, 200, 0, 0}, {400}},
                          Case{"never more left than of the base", {{"a", "", 1, 2}}, {3, 2, 0, 0}, {1}},
                          Case{"all", {{"a", "", 2, 300}, {"b", "", 1, 0}}, {300, 300, 50, 50}, {0, 0}},
                          Case{"none", {{"a", "", 1, 100}}, {100, 0, 20, 0}, {100}}}) {
        BOOST_TEST_CONTEXT(c.name) {
            ConversionReport report;
            report.items = c.items;
            report.breakdown = c.breakdown;
            BOOST_TEST_REQUIRE(code(amounts_of(report)) == "ok");
            auto const net = net_items(report);
            BOOST_TEST(sum(net) <= amounts_of(report)->base_minor);
            BOOST_TEST_REQUIRE(net.size() == c.paid.size());
            for (std::size_t i = 0; i < net.size(); ++i) {
                BOOST_TEST(net[i].amount_minor == c.paid[i]);
                BOOST_TEST(net[i].quantity == c.items[i].quantity);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(an_item_may_be_named_by_its_category) {
    auto const left = after(order_of(800, 800, {{"tea", "drinks", 2, 600}, {"mug", "ware", 1, 200}}), refund_of({}, {}, {{"", "ware", 1, 200}}));
    BOOST_TEST((left.items == std::vector<Item>{{"tea", "drinks", 2, 600}, {"mug", "ware", 0, 0}}));
}

BOOST_AUTO_TEST_CASE(a_full_refund_leaves_nothing_of_the_lines_that_earlier_ones_named) {
    // 300 of the tea came back, then 500 without saying of what: 800 of 800 is gone, the mug too.
    auto const order = order_of(800, 800, {{"tea", "drinks", 2, 600}, {"mug", "ware", 1, 200}});
    auto const left = after(after(order, refund_of(300, {}, {{"tea", "", 1, 300}})), refund_of(500));
    BOOST_TEST((left.left == Amounts{0, 0}));
    BOOST_TEST(sum(left.items) == 0);
    for (auto const& item : left.items) BOOST_TEST(item.quantity == 0);
}

BOOST_AUTO_TEST_CASE(the_base_of_a_refund_is_its_proportion) {
    BOOST_TEST((after(order_of(1200, 1000), refund_of(600)).left == Amounts{600, 500}));
    BOOST_TEST((after(order_of(1200, 1000), refund_of(600, 600)).left == Amounts{600, 400}));
    BOOST_TEST((after(after(order_of(1200, 1000), refund_of(600, 400)), refund_of(1)).left == Amounts{599, 599}));
}

BOOST_AUTO_TEST_CASE(edits_that_are_refused) {
    auto const order = after(order_of(1000, 1000), refund_of(400));
    BOOST_TEST(code(take_edit(order, edit_to(399))) == "refund_exceeds_order");
    BOOST_TEST(code(take_edit(order, edit_to(-1))) == "negative_amount");
    BOOST_TEST(code(take_edit(order, edit_to(1000, 1001))) == "invalid_field");
    BOOST_TEST(code(take_edit(order, edit_to(1000, -1))) == "invalid_field");
    BOOST_TEST(code(take_edit(order, edit_to({}, {}, {{"a", "", 1, -5}}))) == "negative_amount");
}

BOOST_AUTO_TEST_CASE(an_edit_replaces_the_amount_and_a_later_edit_that_one) {
    auto standing = after(order_of(1000, 1000), edit_to(2000));
    BOOST_TEST((standing.order == Amounts{2000, 2000}));
    BOOST_TEST((standing.left == Amounts{2000, 2000}));
    standing = after(standing, edit_to(1500));
    BOOST_TEST((standing.left == Amounts{1500, 1500}));
    standing = after(after(standing, refund_of(500)), edit_to(3000));
    BOOST_TEST((standing.order == Amounts{3000, 3000}));
    BOOST_TEST((standing.left == Amounts{2500, 2500}));
}

BOOST_AUTO_TEST_CASE(an_edit_keeps_the_part_of_the_base) {
    auto standing = after(order_of(1200, 1000), edit_to(2400));
    BOOST_TEST((standing.left == Amounts{2400, 2000}));
    standing = after(standing, refund_of(1200));
    BOOST_TEST((standing.left == Amounts{1200, 1000}));
    BOOST_TEST((after(order_of(1200, 1000), edit_to(2400, 1500)).left == Amounts{2400, 1500}));
    BOOST_TEST((after(order_of(0, 0), edit_to(2400)).left == Amounts{2400, 2400}));
}

BOOST_AUTO_TEST_CASE(an_amount_alone_lowers_the_lines_in_proportion) {
    auto const left = after(order_of(1000, 1000, {{"a", "", 1, 750}, {"b", "", 1, 250}}), edit_to(500));
    BOOST_TEST((left.items == std::vector<Item>{{"a", "", 1, 375}, {"b", "", 1, 125}}));
}

BOOST_AUTO_TEST_CASE(an_edit_to_nothing_leaves_nothing) {
    auto const left = after(order_of(1000, 800, {{"a", "", 1, 800}}), edit_to(0));
    BOOST_TEST((left.order == Amounts{0, 0}));
    BOOST_TEST((left.left == Amounts{0, 0}));
    BOOST_TEST(sum(left.items) == 0);
}

// Whatever the sequence of refunds: nothing is ever below zero, the base is at most the total, what is taken sums to the order, and
// the last refund leaves exactly nothing. What is left of base and total depends on how much was refunded, not on the order of it.
BOOST_AUTO_TEST_CASE(random_refunds_sum_to_the_order) {
    std::mt19937_64 random(20260225);
    auto const pick = [&](std::int64_t from, std::int64_t to) { return std::uniform_int_distribution<std::int64_t>(from, to)(random); };
    for (int round = 0; round < 20'000; ++round) {
        std::vector<Item> items;
        std::int64_t covered = 0;
        for (auto n = pick(0, 5); n > 0; --n) {
            items.push_back({"sku" + std::to_string(n), "", pick(1, 4), pick(0, 300)});
            covered += items.back().amount_minor;
        }
        auto const total = covered + pick(0, 400);
        auto standing = order_of(total, pick(0, total), items);
        auto const order = standing.order;
        std::vector<std::int64_t> parts;
        std::int64_t taken = 0, taken_base = 0;
        BOOST_TEST_CONTEXT("round " << round) {
            while (standing.left.total_minor > 0) {
                parts.push_back(pick(0, 3) == 0 ? standing.left.total_minor : pick(0, standing.left.total_minor));
                auto const remains = take_refund(standing, refund_of(parts.back())).value();
                BOOST_REQUIRE(remains.taken_minor == parts.back());
                BOOST_REQUIRE(remains.taken_base_minor >= 0 && remains.taken_base_minor <= remains.taken_minor);
                BOOST_REQUIRE(remains.left.base_minor >= 0 && remains.left.base_minor <= remains.left.total_minor);
                BOOST_REQUIRE(sum(remains.items) <= remains.left.base_minor);
                for (std::size_t i = 0; i < items.size(); ++i)
                    BOOST_REQUIRE(remains.items[i].amount_minor >= 0 && remains.items[i].amount_minor <= standing.items[i].amount_minor);
                taken += remains.taken_minor;
                taken_base += remains.taken_base_minor;
                standing = {remains.order, remains.left, remains.items};
            }
            BOOST_REQUIRE(taken == order.total_minor);
            BOOST_REQUIRE(total == 0 || taken_base == order.base_minor);
            BOOST_REQUIRE(total == 0 || sum(standing.items) == 0);

            std::shuffle(parts.begin(), parts.end(), random);
            auto one = order_of(order.total_minor, order.base_minor, items);
            std::int64_t so_far = 0;
            for (auto part : parts) {
                one = after(one, refund_of(part));
                so_far += part;
                auto const at_once = after(order_of(order.total_minor, order.base_minor, items), refund_of(so_far));
                BOOST_REQUIRE((one.left == at_once.left));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tracking
