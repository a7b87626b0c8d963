#include "tracking/click_retention.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

#include "domain/calendar.hpp"
#include "reports/partner_report.hpp"
#include "tracking/click_weeks.hpp"
#include "tracking/conversion.hpp"
#include "tracking/traffic.hpp"
#include "unit/tracking/house.hpp"

namespace partnerd::tracking {

namespace {

using testing::code;
using testing::House;
using testing::sale;

// The start of a week, so that both databases go by it.
Id const mark = click_week_ids * click_week(first_id_at(testing::start_us));
std::int64_t const mark_us = id_time_us(mark);

struct Shop {
    House house;
    programs::Program program;
    programs::Enrollment ada;
    programs::Link link;

    explicit Shop(int window_days = 30)
        : program(house.program("shop", testing::ten_percent, with_window(window_days))),
          ada(house.enrolled(program, "ada")),
          link(house.link(program, ada)) {}

    static programs::TermsSettings with_window(int days) {
        programs::TermsSettings settings;
        settings.window_days = days;
        return settings;
    }
    // The next terms take effect now.
    void change_window(int days) {
        house.clock.advance(hour_us);
        house.write([&](storage::Tx& tx) {
            BOOST_TEST_REQUIRE(code(programs::add_terms(tx, house.kernel, program, with_window(days), testing::ten_percent, "", 0)) ==
                               "ok");
        });
    }
    std::int64_t kept_days(std::int64_t configured) {
        return house.read([&](storage::Tx& tx) { return plan_retention(tx, configured, house.clock.now_us(), false).kept_days; });
    }
    Id planned(std::int64_t days, bool doubt_clock = false) {
        return house.read([&](storage::Tx& tx) { return plan_retention(tx, days, house.clock.now_us(), doubt_clock).mark; });
    }
    bool raise(Id to) {
        count_rest(*house.storage);
        return house.write([&](storage::Tx& tx) { return raise_kept_from(tx, to); });
    }
    void prune() {
        while (!testing::on_postgresql() && prune_some(*house.storage, 2) > 0) continue;
        drop_weeks(*house.storage, house.read([](storage::Tx& tx) { return kept_from(tx); }));
    }
    Result<Outcome> convert(std::string id, std::string const& click, std::int64_t at_us) {
        auto report = sale(program, std::move(id), 1000);
        report.click_id = click;
        report.at_us = at_us;
        return house.convert(report);
    }
    std::string reason(std::string const& external_id) {
        return house.read([&](storage::Tx& tx) { return find_conversion(tx, program.id, false, "sale", external_id)->reason; });
    }
};

std::string note_of(reports::Verification const& books, std::string_view check_name) {
    for (auto const& check : books.checks)
        if (check.name == check_name) return check.note;
    return "no such check";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(click_retention)

BOOST_AUTO_TEST_CASE(clicks_are_kept_as_long_as_they_may_earn_and_a_late_sale_may_come) {
    Shop shop(30);
    struct Case {
        std::int64_t configured, kept;
    };
    for (auto const& c : {Case{0, 0}, Case{1, 37}, Case{36, 37}, Case{37, 37}, Case{38, 38}, Case{400, 400}})
        BOOST_TEST(shop.kept_days(c.configured) == c.kept);
    shop.change_window(90);
    BOOST_TEST(shop.kept_days(1) == 97);
    shop.change_window(10);
    BOOST_TEST(shop.kept_days(1) == 97);  // those before it still judge a sale of yesterday
    shop.house.clock.advance(late_days * day_us - 1);
    BOOST_TEST(shop.kept_days(1) == 97);
    shop.house.clock.advance(1);
    BOOST_TEST(shop.kept_days(1) == 17);
    auto const other = shop.house.program("other", testing::ten_percent, Shop::with_window(365));
    BOOST_TEST(shop.kept_days(1) == 372);
}

BOOST_AUTO_TEST_CASE(without_a_program_the_configured_days_stand) {
    House house;
    BOOST_TEST(house.read([&](storage::Tx& tx) { return plan_retention(tx, 5, house.clock.now_us(), false).kept_days; }) == late_days);
    BOOST_TEST(house.read([&](storage::Tx& tx) { return longest_window_days(tx, house.clock.now_us()); }) == 0);
}

BOOST_AUTO_TEST_CASE(the_mark_stands_at_the_start_of_a_period_and_never_goes_back) {
    Shop shop;
    shop.house.click(shop.link, testing::start_us);
    BOOST_TEST(shop.planned(400) == 0);  // there is nothing to go
    shop.house.click(shop.link, testing::start_us - 410 * day_us);
    auto const planned = shop.planned(400);
    auto const behind_us = testing::start_us - 400 * day_us - id_time_us(planned);
    BOOST_TEST(behind_us >= 0);
    BOOST_TEST(behind_us < (testing::on_postgresql() ? 7 : 1) * day_us);
    BOOST_TEST(shop.planned(0) == 0);
    BOOST_TEST(shop.raise(mark - click_week_ids));
    BOOST_TEST(!shop.raise(mark - click_week_ids));
    BOOST_TEST(!shop.raise(mark - click_week_ids - 1));
    BOOST_TEST(shop.planned(400) == mark - click_week_ids);
    BOOST_TEST(shop.planned(0) == mark - click_week_ids);
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_far_ahead_takes_no_click_with_it) {
    Shop shop;
    shop.house.click(shop.link, testing::start_us - 90 * day_us);
    shop.house.click(shop.link, testing::start_us);
    count_rest(*shop.house.storage);
    auto const sound = shop.planned(60, true);
    shop.house.clock.advance(20 * 365 * day_us);
    if (testing::on_postgresql()) {  // its own clock knows better
        BOOST_TEST(id_time_us(shop.planned(60)) < SystemClock().now_us() - 59 * day_us);
        return;
    }
    BOOST_TEST(shop.planned(60, true) <= sound + first_id_of_ms(day_us / 1000));
    BOOST_TEST(shop.planned(60, false) > sound + first_id_of_ms(10 * 365 * day_us / 1000));
    // Even then nothing goes whose sums are not written.
    BOOST_TEST(shop.raise(shop.planned(60, false)));
    shop.prune();
    BOOST_TEST(shop.house.count("click") == 1);
}

BOOST_AUTO_TEST_CASE(exactly_the_clicks_below_the_mark_go) {
    Shop shop;
    for (int i = 0; i < 5; ++i) shop.house.click(shop.link, mark_us - day_us * i - 1000);
    shop.house.click(shop.link, mark_us);
    shop.house.click(shop.link, testing::start_us);
    BOOST_TEST(shop.raise(mark));
    shop.prune();
    BOOST_TEST(shop.house.count("click") == 2);
    BOOST_TEST(shop.house.count("click where id < " + std::to_string(mark)) == 0);
    shop.prune();
    BOOST_TEST(shop.house.count("click") == 2);
}

BOOST_AUTO_TEST_CASE(nothing_goes_from_an_empty_table_and_nothing_without_a_mark) {
    Shop shop;
    shop.prune();
    BOOST_TEST(shop.house.count("click") == 0);
    shop.house.click(shop.link, mark_us - 1000);
    shop.prune();
    BOOST_TEST(shop.house.count("click") == 1);
}

BOOST_AUTO_TEST_CASE(what_rests_on_clicks_that_are_gone_stays_true) {
    Shop shop(60);
    auto const before_us = mark_us - 3 * day_us;
    auto const early = shop.house.click(shop.link, before_us, "mail"), late = shop.house.click(shop.link, mark_us + hour_us, "social");
    BOOST_TEST(code(shop.convert("early", early, before_us + day_us)) == "ok");
    BOOST_TEST(code(shop.convert("late", late, mark_us + 2 * hour_us)) == "ok");
    auto const report = [&] {
        return reports::to_json(reports::partner_report(*shop.house.storage, shop.program.id, shop.house.clock.now_us()));
    };
    auto const traffic = [&] {
        return shop.house.read(
            [](storage::Tx& tx) { return tx.value<std::int64_t>("select sum(clicks) * 1000 + sum(uniques) from rollup_traffic").value(); });
    };
    count_rest(*shop.house.storage);
    auto const report_before = report();
    auto const traffic_before = traffic();
    BOOST_TEST(shop.house.verifies());

    BOOST_TEST(shop.raise(mark));
    BOOST_TEST(shop.house.verifies());  // the rows are still there and count as gone
    shop.prune();
    BOOST_TEST(shop.house.count("click") == 1);
    BOOST_TEST(report() == report_before);
    BOOST_TEST(traffic() == traffic_before);
    auto const books = shop.house.verify();
    BOOST_TEST(books.holds(), to_text(books));
    BOOST_TEST(
        note_of(books, "roll-up of traffic equals the clicks").starts_with("1 sums have clicks from before " + format_instant(mark_us)));

    // A refund finds the day and sub-id that its sale was counted under.
    auto of = sale(shop.program, "early", 1000);
    BOOST_TEST(code(shop.house.adjust(of, testing::refund("r1", 400))) == "ok");
    BOOST_TEST(shop.house.count("rollup_commission where sub1 = 'mail' and reversed_minor = 40") == 1);
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(a_sale_with_a_click_that_is_gone_says_so) {
    Shop shop;
    auto const old = shop.house.click(shop.link, mark_us - 1000);
    shop.house.click(shop.link, testing::start_us);
    BOOST_TEST(shop.raise(mark));
    shop.prune();
    BOOST_TEST(code(shop.convert("outside", old, mark_us - 1000 + 30 * day_us)) == "at_in_future");
    shop.house.clock.advance(60 * day_us);
    BOOST_TEST(code(shop.convert("outside", old, mark_us - 1000 + 30 * day_us)) == "ok");
    BOOST_TEST(shop.reason("outside") == "click_expired");
    BOOST_TEST(code(shop.convert("inside", old, mark_us - 1000 + 30 * day_us - 1)) == "ok");
    BOOST_TEST(shop.reason("inside") == "click_no_longer_kept");
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(a_changed_sum_of_a_day_that_is_kept_is_still_found) {
    Shop shop;
    shop.house.click(shop.link, mark_us - 1000);
    shop.house.click(shop.link, testing::start_us);
    BOOST_TEST(shop.raise(mark));
    shop.prune();
    shop.house.execute("update rollup_traffic set clicks = clicks + 1 where day = " + std::to_string(testing::start_us / day_us));
    BOOST_TEST(!shop.house.verify().holds());
}

BOOST_AUTO_TEST_CASE(a_step_is_never_longer_than_it_may_be) {
    if (testing::on_postgresql()) return;  // no row is touched there
    Shop shop;
    for (int i = 0; i < 25; ++i) shop.house.click(shop.link, mark_us - minute_us * i - 1000);
    shop.house.click(shop.link, testing::start_us);
    BOOST_TEST(shop.raise(mark));
    int steps = 0;
    for (std::int64_t gone = 0, left = 25; left > 0; left -= gone, ++steps) {
        gone = prune_some(*shop.house.storage, 7);
        BOOST_TEST_REQUIRE(gone > 0);
        BOOST_TEST(gone <= 7);
    }
    BOOST_TEST(steps == 4);
    BOOST_TEST(prune_some(*shop.house.storage, 7) == 0);
    BOOST_TEST(shop.house.count("click") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tracking
