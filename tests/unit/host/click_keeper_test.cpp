#include "host/click_keeper.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

#include "tracking/click_weeks.hpp"
#include "tracking/traffic.hpp"
#include "unit/tracking/house.hpp"

namespace partnerd::host {

namespace {

using namespace std::chrono_literals;
using testing::House;

auto const never = [] { return false; };

// Old clicks, and one of today; the keeper has never run.
struct Shop {
    House house;
    programs::Program program = house.program("shop");
    programs::Link link = house.link(program, house.enrolled(program, "ada"));

    explicit Shop(int old_clicks) {
        for (int i = 0; i < old_clicks; ++i) house.click(link, testing::start_us - 100 * day_us - i * minute_us);
        house.click(link, testing::start_us);
        tracking::count_rest(*house.storage);
    }
    std::int64_t audits() { return house.count("audit where action = 'prune' and noun = 'click'"); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(click_keeper)

BOOST_AUTO_TEST_CASE(a_turn_lets_old_clicks_go_and_says_so_once) {
    Shop shop(20);
    ClickKeeper keeper(shop.house.kernel, *shop.house.storage, 60);
    for (bool done = false; !done;) done = keeper.turn(false, 10s, never);
    BOOST_TEST(shop.house.count("click") == 1);
    BOOST_TEST(shop.audits() == 1);
    BOOST_TEST(keeper.turn(false, 10s, never));
    BOOST_TEST(shop.audits() == 1);
    metrics::Registry registry;
    keeper.add_figures(registry);
    if (!testing::on_postgresql()) BOOST_TEST(registry.text().find("partnerd_clicks_pruned 20\n") != std::string::npos, registry.text());
    BOOST_TEST(registry.text().find("partnerd_clicks_kept_days 60\n") != std::string::npos, registry.text());
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(a_week_goes_with_each_turn_that_is_too_short_for_more) {
    if (!testing::on_postgresql()) return;
    Shop shop(3);
    for (int week = 1; week <= 2; ++week) shop.house.click(shop.link, testing::start_us - (100 + 7 * week) * day_us);
    ClickKeeper keeper(shop.house.kernel, *shop.house.storage, 60);
    int turns = 1;
    while (!keeper.turn(false, 1ms, never)) ++turns;
    BOOST_TEST(turns == 3);
    BOOST_TEST(shop.house.count("click") == 1);
    BOOST_TEST(shop.audits() == 1);
}

BOOST_AUTO_TEST_CASE(without_a_limit_nothing_goes) {
    Shop shop(3);
    ClickKeeper keeper(shop.house.kernel, *shop.house.storage, 0);
    BOOST_TEST(keeper.turn(false, 10s, never));
    BOOST_TEST(shop.house.count("click") == 4);
    BOOST_TEST(shop.audits() == 0);
}

BOOST_AUTO_TEST_CASE(a_stop_leaves_the_rest_for_the_next_start) {
    if (testing::on_postgresql()) return;
    Shop shop(20);
    ClickKeeper keeper(shop.house.kernel, *shop.house.storage, 60);
    BOOST_TEST(!keeper.turn(false, 10s, [] { return true; }));
    BOOST_TEST(shop.house.count("click") == 21);
    BOOST_TEST(shop.house.verifies());
    shop.house.reopen();
    ClickKeeper next(shop.house.kernel, *shop.house.storage, 60);
    BOOST_TEST(next.turn(false, 10s, never));
    BOOST_TEST(shop.house.count("click") == 1);
    BOOST_TEST(shop.audits() == 1);
}

BOOST_AUTO_TEST_CASE(two_keepers_at_once_let_go_what_one_would) {
    Shop shop(50);
    std::vector<std::unique_ptr<ClickKeeper>> keepers;
    std::vector<std::thread> threads;
    std::atomic<int> refused{0};
    for (int i = 0; i < 2; ++i) keepers.push_back(std::make_unique<ClickKeeper>(shop.house.kernel, *shop.house.storage, 60));
    for (auto& keeper : keepers)
        threads.emplace_back([&] {
            try {
                keeper->turn(false, 10s, never);
            } catch (storage::Failure const&) {
                ++refused;  // the other one detached the same week first
            }
        });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(refused < 2);
    keepers.front()->turn(false, 10s, never);
    BOOST_TEST(shop.house.count("click") == 1);
    BOOST_TEST(shop.audits() == 1);
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(others_get_the_writer_between_any_two_steps) {
    if (testing::on_postgresql()) return;
    Shop shop(1);
    shop.house.execute(
        "insert into click select (id - (1 << 22) * n.value), program, link, sub1, sub2, sub3, sub4, sub5, visitor, is_unique, referrer from click, "
        "(with recursive n(value) as (select 1 union all select value + 1 from n where value < 20000) select value from n) n "
        "where id = (select min(id) from click)");
    auto const rows = shop.house.count("click") - 1;
    ClickKeeper keeper(shop.house.kernel, *shop.house.storage, 60);
    std::atomic<bool> done{false};
    std::thread pruning([&] {
        while (!keeper.turn(false, 10s, never)) continue;
        done = true;
    });
    std::int64_t units = 0, most = 0, before = rows;
    while (!done) {
        std::int64_t left = 0;
        shop.house.write([&](storage::Tx& tx) { left = tx.value<std::int64_t>("select count(*) from click").value() - 1; });
        if (left == rows) continue;
        most = std::max(most, before - left);
        before = left;
        ++units;
    }
    pruning.join();
    BOOST_TEST(shop.house.count("click") == 1);
    BOOST_TEST(units >= 5);
    BOOST_TEST(most < rows);
    // Its own units are small, whoever asks between them.
    BOOST_TEST(shop.house.storage->statistics().units >= rows / ClickKeeper::rows_per_step);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::host
