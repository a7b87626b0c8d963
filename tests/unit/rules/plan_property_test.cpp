// Properties over random plans, orders and histories of refunds. The seed is fixed, so that a failure can be run again.
#include <algorithm>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <map>
#include <numeric>
#include <random>

#include "rules/plan.hpp"

namespace partnerd::rules {

namespace {

namespace json = boost::json;

Currency const gbp = find_currency("GBP").value();
constexpr char const* categories[] = {"tea", "mugs", "hats"};

using Random = std::mt19937_64;

std::int64_t pick(Random& random, std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(random);
}
bool one_in(Random& random, int n) { return pick(random, 1, n) == 1; }
std::string amount(std::int64_t minor) { return format_amount(minor, 2); }
std::string rate(Random& random) { return format_rate(Rate{pick(random, 0, 500'000)}); }

RuleRegistry const& builtins() {
    static RuleRegistry const registry = [] {
        RuleRegistry made;
        add_builtin_rules(made);
        return made;
    }();
    return registry;
}

json::object percent_params(Random& random) {
    json::object params{{"rate", rate(random)}};
    auto const low = pick(random, 0, 500);
    if (one_in(random, 3)) params["min"] = amount(low);
    if (one_in(random, 3)) params["max"] = amount(low + pick(random, 0, 5000));
    if (one_in(random, 3)) params["categories"] = json::array{categories[pick(random, 0, 2)]};
    return params;
}

json::object tiers_params(Random& random, bool ascending) {
    json::array tiers;
    std::int64_t from = pick(random, 0, 1000), ppm = 0;
    bool const marginal = one_in(random, 2);
    for (auto n = pick(random, 1, 4); n > 0; --n) {
        ppm = ascending ? ppm + pick(random, 0, 100'000) : pick(random, 0, 500'000);
        tiers.push_back(json::object{{"from", amount(from)}, {"rate", format_rate(Rate{ppm})}});
        from += pick(random, 1, 8000);
    }
    return {{"tiers", std::move(tiers)}, {"marginal", marginal}};
}

json::object random_rule(Random& random, int number) {
    json::object rule{{"name", "r" + std::to_string(number)}, {"lane", one_in(random, 2) ? "base" : "bonus"}};
    switch (pick(random, 0, 3)) {
        case 0: rule["rule"] = "percent", rule["params"] = percent_params(random); break;
        case 1: rule["rule"] = "flat", rule["params"] = json::object{{"amount", amount(pick(random, 0, 1000))}}; break;
        case 2: rule["rule"] = "per_item", rule["params"] = json::object{{"amount", amount(pick(random, 0, 100))}}; break;
        default: rule["rule"] = "tiers", rule["params"] = tiers_params(random, false);
    }
    if (one_in(random, 2)) rule["minimum_on"] = "original";
    if (one_in(random, 2)) rule["when"] = json::object{{"fact", "order.base"}, {"op", ">="}, {"value", amount(pick(random, 0, 9000))}};
    return rule;
}

Plan random_plan(Random& random) {
    json::array rules;
    for (auto n = pick(random, 1, 4); n > 0; --n) rules.push_back(random_rule(random, static_cast<int>(n)));
    return Plan::compile({{"rules", std::move(rules)}}, builtins(), gbp).value();
}

struct Order {
    std::vector<std::int64_t> amounts, quantities;
    std::vector<std::string> kinds;

    std::int64_t base() const { return std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0}); }

    FactSet facts() const {
        FactSet out;
        out.set("conversion.kind", std::string("sale"));
        out.set("order.base", Money{base(), gbp});
        std::vector<FactValue> skus, named, units, money;
        for (std::size_t i = 0; i < amounts.size(); ++i) {
            skus.emplace_back("sku-" + std::to_string(i));
            named.emplace_back(kinds[i]);
            units.emplace_back(quantities[i]);
            money.emplace_back(Money{amounts[i], gbp});
        }
        out.set_list("item.sku", std::move(skus));
        out.set_list("item.category", std::move(named));
        out.set_list("item.quantity", std::move(units));
        out.set_list("item.amount", std::move(money));
        return out;
    }
};

Order random_order(Random& random) {
    Order order;
    for (auto n = pick(random, 1, 4); n > 0; --n) {
        order.amounts.push_back(pick(random, 0, 6000));
        order.quantities.push_back(pick(random, 1, 5));
        order.kinds.emplace_back(categories[pick(random, 0, 2)]);
    }
    return order;
}

struct Refund {
    std::size_t item;
    std::int64_t amount, quantity;
};

void take(Order& order, Refund const& refund) {
    order.amounts[refund.item] -= refund.amount;
    order.quantities[refund.item] -= refund.quantity;
}

// Refunds that together never take more than the order has.
std::vector<Refund> random_refunds(Random& random, Order left) {
    std::vector<Refund> refunds;
    for (auto n = pick(random, 1, 4); n > 0; --n) {
        auto const item = static_cast<std::size_t>(pick(random, 0, static_cast<std::int64_t>(left.amounts.size()) - 1));
        Refund const refund{item, one_in(random, 3) ? left.amounts[item] : pick(random, 0, left.amounts[item]),
                            pick(random, 0, left.quantities[item])};
        take(left, refund);
        refunds.push_back(refund);
    }
    return refunds;
}

using Due = std::map<std::string, std::int64_t>;
Due due_of(std::vector<Line> const& lines) {
    Due out;
    for (auto const& line : lines) out.emplace(line.key, line.amount.minor);
    return out;
}

// Checks every step; returns what is due at the end.
Due run_refunds(Plan const& plan, Order const& order, std::vector<Refund> const& refunds) {
    auto const original = order.facts();
    auto now = plan.evaluate(original);
    auto const gross = due_of(now.lines);
    auto left = order;
    Due reversed;
    for (auto const& refund : refunds) {
        take(left, refund);
        auto next = plan.reevaluate({original, left.facts(), now.lines, now.winners});
        BOOST_REQUIRE_EQUAL(next.lines.size(), now.lines.size());
        for (std::size_t i = 0; i < next.lines.size(); ++i) {
            auto const fell = now.lines[i].amount.minor - next.lines[i].amount.minor;
            BOOST_REQUIRE_EQUAL(next.lines[i].key, now.lines[i].key);
            BOOST_REQUIRE_GE(fell, 0);
            BOOST_REQUIRE_GE(next.lines[i].amount.minor, 0);
            reversed[next.lines[i].key] += fell;
        }
        if (left.base() == 0 && order.base() > 0)
            for (auto const& line : next.lines) BOOST_REQUIRE_EQUAL(line.amount.minor, 0);
        now = std::move(next);
    }
    for (auto const& [key, sum] : reversed) BOOST_REQUIRE_LE(sum, gross.at(key));
    return due_of(now.lines);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plan_properties)

BOOST_AUTO_TEST_CASE(refunds_never_raise_and_never_take_more_than_was_given) {
    Random random(20101201);
    for (int round = 0; round < 2500; ++round) {
        auto const plan = random_plan(random);
        for (int n = 0; n < 10; ++n) {
            auto const order = random_order(random);
            run_refunds(plan, order, random_refunds(random, order));
        }
    }
}

// A rule that falls with the amount gives the same at the end whichever refund came first; with others the end may differ,
// but not above what the rule gives on the rest.
BOOST_AUTO_TEST_CASE(the_order_of_refunds_does_not_matter_where_the_rule_falls_with_the_amount) {
    Random random(20101202);
    for (int round = 0; round < 1500; ++round) {
        json::object params = tiers_params(random, true);
        json::object const rule = one_in(random, 2) ? json::object{{"name", "t"}, {"rule", "tiers"}, {"params", params}}
                                                    : json::object{{"name", "p"}, {"rule", "percent"}, {"params", percent_params(random)}};
        auto const plan = Plan::compile({{"rules", json::array{rule}}}, builtins(), gbp).value();
        for (int n = 0; n < 5; ++n) {
            auto const order = random_order(random);
            auto refunds = random_refunds(random, order);
            auto const one_way = run_refunds(plan, order, refunds);
            std::shuffle(refunds.begin(), refunds.end(), random);
            BOOST_REQUIRE((run_refunds(plan, order, refunds) == one_way));
        }
    }
}

BOOST_AUTO_TEST_CASE(tiers_with_ascending_rates_grow_with_the_order) {
    Random random(20101203);
    for (int round = 0; round < 2500; ++round) {
        auto const plan =
            Plan::compile({{"rules", json::array{json::object{{"name", "t"}, {"rule", "tiers"}, {"params", tiers_params(random, true)}}}}},
                          builtins(), gbp)
                .value();
        std::int64_t before = 0;
        Order order{{pick(random, 0, 100)}, {1}, {"tea"}};
        for (int n = 0; n < 15; ++n) {
            auto const out = plan.evaluate(order.facts());
            auto const pays = out.lines.empty() ? 0 : out.lines[0].amount.minor;
            BOOST_REQUIRE_GE(pays, before);
            before = pays;
            order.amounts[0] += pick(random, 0, 2000);
        }
    }
}

BOOST_AUTO_TEST_CASE(evaluation_is_deterministic_and_lines_are_above_zero) {
    Random random(20101204);
    for (int round = 0; round < 2000; ++round) {
        auto const plan = random_plan(random);
        auto const facts = random_order(random).facts();
        auto const out = plan.evaluate(facts);
        auto const again =
            Plan::compile_text(plan.pinned_json(), builtins(), gbp).value().evaluate(FactSet::from_json(facts.to_json()).value());
        BOOST_REQUIRE((out.lines == again.lines));
        BOOST_REQUIRE_EQUAL(out.trace, again.trace);
        BOOST_REQUIRE((out.outcome == Outcome::pay) == !out.lines.empty());
        for (auto const& line : out.lines) BOOST_REQUIRE_GT(line.amount.minor, 0);
    }
}

BOOST_AUTO_TEST_CASE(an_amendment_back_to_the_original_gives_the_original) {
    Random random(20101205);
    for (int round = 0; round < 5000; ++round) {
        auto const plan = random_plan(random);
        auto const original = random_order(random).facts();
        auto const first = plan.evaluate(original);
        auto const other = random_order(random).facts();
        auto const there = plan.reevaluate({original, other, first.lines, first.winners, Change::amend});
        auto back = due_of(plan.reevaluate({original, original, there.lines, first.winners, Change::amend}).lines);
        std::erase_if(back, [](auto const& line) { return line.second == 0; });
        BOOST_REQUIRE((back == due_of(first.lines)));
    }
}

BOOST_AUTO_TEST_CASE(snapshots_survive_the_round_trip_byte_by_byte) {
    Random random(20101206);
    auto const text = [&] {
        static char const* const parts[] = {"a", "\"", "\\", "/", "\n", "é", "\xf0\x9f\x8e\x81", " ", "~", "\x01", "{", "0"};
        std::string out;
        for (auto n = pick(random, 0, 8); n > 0; --n) out += parts[pick(random, 0, 11)];
        return out;
    };
    auto const value = [&]() -> FactValue {
        switch (pick(random, 0, 4)) {
            case 0: return one_in(random, 2);
            case 1: return pick(random, INT64_MIN, INT64_MAX);
            case 2: return text();
            case 3: return Money{pick(random, INT64_MIN, INT64_MAX), Currency("UNIT", static_cast<int>(pick(random, 0, 6)))};
            default: return Instant{pick(random, 0, 253'402'300'799'999'999)};
        }
    };
    for (int round = 0; round < 50'000; ++round) {
        FactSet facts;
        for (auto n = pick(random, 0, 6); n > 0; --n) {
            std::vector<FactValue> rows;
            for (auto k = pick(random, 0, 3); k > 0; --k) rows.push_back(value());
            one_in(random, 2) ? facts.set(text(), value()) : facts.set_list(text(), std::move(rows));
        }
        auto const written = facts.to_json();
        auto const read = FactSet::from_json(written);
        BOOST_REQUIRE_MESSAGE(read.has_value(), written);
        BOOST_REQUIRE((*read == facts));
        BOOST_REQUIRE_EQUAL(read->to_json(), written);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::rules
