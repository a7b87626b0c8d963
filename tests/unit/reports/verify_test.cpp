// What verify finds. Each fault is put into a sound house behind the back of the kernel.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <thread>

#include "ledger/seal.hpp"
#include "tracking/traffic.hpp"
#include "unit/tracking/house.hpp"

namespace partnerd::reports {

using testing::House;
using testing::refund;
using testing::sale;

namespace {

programs::TermsSettings binding() {
    programs::TermsSettings settings;
    settings.binding_days = 30;
    return settings;
}

struct Sound {
    House house;
    programs::Program shop;
    Sound() : shop(house.program("shop", testing::ten_percent, binding())) {
        auto const ada = house.enrolled(shop, "ada");
        house.enrolled(shop, "bob");
        auto clicked = sale(shop, "clicked", 5000);
        clicked.click_id = house.click(house.link(shop, ada), testing::start_us - day_us);
        tracking::count_rest(*house.storage);
        clicked.order_id = "1001";
        clicked.customer = "c-1";
        BOOST_TEST_REQUIRE(house.convert(clicked).has_value());
        auto assigned = sale(shop, "assigned", 2000, "bob");
        assigned.customer = "c-2";
        BOOST_TEST_REQUIRE(house.convert(assigned).has_value());
        BOOST_TEST_REQUIRE(house.count("binding") == 2);
        BOOST_TEST_REQUIRE(house.convert(sale(shop, "nobody", 2000)).has_value());
        BOOST_TEST_REQUIRE(house.adjust(clicked, refund("r", 1000)).has_value());
        house.write([&](storage::Tx& tx) { ledger::seal_entries(tx, house.clock, shop.id, 2); });
        house.execute(
            "insert into idempotency (principal, program, method, path, key, body_hash, status, content_type, body, headers, at_us) values ('operator', 0, 'POST', '/', 'k', "
            "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 201, '', '', '', 5)");
    }
};

std::string wrong_checks(Verification const& result) {
    std::string names;
    for (auto const& check : result.checks)
        if (!check.holds()) names += (names.empty() ? "" : "; ") + check.name;
    return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verifying)

BOOST_AUTO_TEST_CASE(a_sound_house_verifies_in_slices_of_any_size) {
    Sound sound;
    for (int const slice : {1, 2, 500}) {
        VerifyOptions options;
        options.slice_rows = slice;
        int told = 0;
        options.progress = [&](std::string_view, std::int64_t, std::int64_t) { ++told; };
        auto const result = verify(*sound.house.storage, sound.house.registry, options);
        BOOST_TEST(result.holds(), to_text(result));
        BOOST_TEST(result.checked() > 30);
        BOOST_TEST(told > 10);
        auto const text = to_text(result);
        BOOST_TEST(text.ends_with(" 0 wrong\n"));
        BOOST_TEST(text.find("1 entries are not sealed yet") != std::string::npos);
        // PostgreSQL checks its files itself.
        for (auto const& check : result.checks) BOOST_TEST((check.checked > 0 || (testing::on_postgresql() && check.name == "the database file is whole")), check.name);
    }
}

BOOST_AUTO_TEST_CASE(each_fault_is_found_by_its_check) {
    struct Case {
        char const* name;
        char const* sql;
        char const* check;
    };
    for (auto const& c :
         {Case{"a balance", "update account set balance_minor = balance_minor + 1 where kept = 1 and balance_minor > 0", "kept balances"},
          Case{"a posting of an entry not sealed yet", "update posting set amount_minor = amount_minor + 1 where entry = (select max(id) from entry) and leg = 1", "each entry sums to zero"},
          Case{"a sealed memo", "update entry set memo = 'x' where id = (select min(id) from entry)", "the seal"},
          Case{"a posting without entry", "insert into posting select program, entry - 1, leg, account, 5 from posting where entry = (select min(id) from entry) and leg = 0", "all postings"},
          Case{"a net", "update commission set net_minor = net_minor + 1 where id = (select min(id) from commission)", "recomputed"},
          Case{"a gross and its net", "update commission set gross_minor = gross_minor + 1, net_minor = net_minor + 1 where id = (select max(id) from commission)", "recomputed"},
          Case{"a snapshot", "update conversion_trace set snapshot = replace(snapshot, '\"50.00\"', '\"51.00\"')", "recomputed"},
          Case{"a snapshot that is no JSON", "update conversion_trace set snapshot = 'x' where snapshot <> ''", "recomputed"},
          Case{"a total that is left", "update conversion set left_total_minor = left_total_minor + 1 where external_id = 'clicked'", "recomputed"},
          Case{"an adjustment", "update adjustment set amount_minor = 999", "recomputed"},
          Case{"an adjustment dropped", "delete from adjustment", "rows refer"},
          Case{"a conversion of another state", "update conversion set state = 'recorded' where external_id = 'nobody'", "recomputed"},
          Case{"a state of a commission", "update commission set state = 'held' where id = (select min(id) from commission)", "posted as they stand"},
          Case{"released without an entry", "update commission set released = 1 where id = (select min(id) from commission)", "posted as they stand"},
          Case{"a commission of another partner", "update commission set partner = (select max(id) from partner) where id = (select min(id) from commission)", "accounts of partners"},
          Case{"a change dropped", "delete from commission_change", "posted as they stand"},
          Case{"revenue", "update rollup_sales set revenue_minor = revenue_minor + 1", "roll-up of sales"},
          Case{"a count", "delete from rollup_sales", "roll-up of sales"},
          Case{"reversed", "update rollup_commission set reversed_minor = reversed_minor + 1", "roll-up of commissions"},
          Case{"the day of a roll-up", "update rollup_commission set payable_day = payable_day + 1", "roll-up of commissions"},
          Case{"clicks", "update rollup_traffic set clicks = clicks + 1", "roll-up of traffic"},
          Case{"a click dropped", "delete from click", "roll-up of traffic"},
          Case{"a claim dropped", "delete from order_claim", "one order is one sale"},
          Case{"a claim of nothing", "insert into order_claim (scope, order_id, conversion) values ('program:1', '7', 7)", "one order is one sale"},
          Case{"a trace dropped", "delete from conversion_trace where conversion = (select max(id) from conversion)", "rows refer"},
          Case{"a conversion dropped", "delete from conversion where external_id = 'assigned'", "rows refer"},
          Case{"a binding to another enrollment", "update binding set enrollment = enrollment + 1", "rows refer"},
          Case{"a binding of a conversion that is not there", "update binding set conversion = 5 where enrollment = (select max(enrollment) from binding)", "rows refer"},
          Case{"a link of another enrollment", "update link set enrollment = enrollment + 1", "rows refer"},
          Case{"a link of another partner", "update link set partner = partner + 1", "rows refer"},
          Case{"an enrollment dropped", "delete from enrollment", "rows refer"},
          Case{"a kept answer", "update idempotency set status = 0", "idempotency"}}) {
        BOOST_TEST_CONTEXT(c.name) {
            Sound sound;
            sound.house.allow_tampering();
            sound.house.execute(c.sql);
            auto const result = sound.house.verify();
            BOOST_TEST(!result.holds());
            BOOST_TEST(wrong_checks(result).find(c.check) != std::string::npos, wrong_checks(result));
            BOOST_TEST(std::any_of(result.checks.begin(), result.checks.end(), [](Check const& check) { return !check.examples.empty(); }));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_rule_that_nobody_offers_any_more_is_a_fault_of_every_conversion_that_it_judged) {
    Sound sound;
    auto const result = verify(*sound.house.storage, rules::RuleRegistry{});
    auto const& check = result.checks.at(4);
    BOOST_TEST(check.wrong == 2);
    BOOST_TEST(check.examples.at(0).find("cannot be recomputed") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_checks_of_plugins_are_run_and_may_fail_by_throwing) {
    Sound sound;
    VerifyOptions options;
    options.plugin_checks.push_back({"coupons: fine", [](storage::Storage&, Check& check) { check.checked = 3; }});
    options.plugin_checks.push_back({"coupons: counters", [](storage::Storage&, Check& check) { check.fail("SPRING counts 3, there are 2"); }});
    options.plugin_checks.push_back({"coupons: broken", [](storage::Storage&, Check&) { throw std::runtime_error("no such table"); }});
    auto const result = verify(*sound.house.storage, sound.house.registry, options);
    BOOST_TEST(wrong_checks(result) == "coupons: counters; coupons: broken");
    BOOST_TEST(to_json(result).find("no such table") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(beside_a_running_server_nothing_looks_wrong) {
    Sound sound;
    std::atomic<bool> stop{false};
    std::atomic<int> recorded{0};
    std::thread server([&] {
        for (int i = 0; !stop; ++i) {
            auto const order = sale(sound.shop, "live-" + std::to_string(i), 1000 + i, i % 2 == 0 ? "ada" : "bob");
            if (sound.house.convert(order)) ++recorded;
            if (i % 3 == 0) sound.house.adjust(order, refund("r", 500));
        }
    });
    while (recorded < 20) std::this_thread::yield();
    VerifyOptions options;
    options.slice_rows = 50;
    for (int i = 0; i < 3; ++i) {
        auto const result = verify(*sound.house.storage, sound.house.registry, options);
        BOOST_TEST(result.holds(), to_text(result));
    }
    stop = true;
    server.join();
    BOOST_TEST(sound.house.verifies());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::reports
