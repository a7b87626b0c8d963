#include "tracking/click_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <random>
#include <thread>

#include "unit/tracking/house.hpp"

namespace partnerd::tracking {

namespace {

using namespace std::chrono_literals;
using testing::House;

// How many of the clicks that wait are told, and how.
struct Told {
    std::mutex mutex;
    std::condition_variable changed;
    int durable = 0, lost = 0;
    bool reach(int count) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 30s, [&] { return durable + lost >= count; });
    }
};
class Waiter final : public ClickWaiter {
  public:
    explicit Waiter(Told& told) : told_(told) {}
    void click_done(bool durable, std::shared_ptr<ClickWaiter>) noexcept override {
        std::lock_guard const lock(told_.mutex);
        ++(durable ? told_.durable : told_.lost);
        told_.changed.notify_all();
    }

  private:
    Told& told_;
};

// A house whose clicks go through a queue.
struct Shop {
    ClickQueue queue;  // outlives the storage of the house
    Told told;
    House house;
    std::vector<std::shared_ptr<ClickTarget const>> targets;

    explicit Shop(std::size_t most = 65536, bool streams = true) : queue(most) {
        auto const program = house.program("shop");
        for (auto const* const name : {"ada", "bob"}) {
            auto const link = house.link(program, house.enrolled(program, name), std::string("of-") + name);
            targets.push_back(std::make_shared<ClickTarget>(ClickTarget{program.id, link.id, link.partner, program.zone, link.subs, true}));
        }
        if (streams) house.storage->add_stream(queue);
    }
    Click click(std::size_t target, std::int64_t visitor = 0, std::string sub1 = {}) {
        Click made;
        made.target = targets.at(target);
        made.visitor = visitor;
        made.own_subs = std::make_unique<Subs>(Subs{std::move(sub1)});
        made.waiter = std::make_unique<Waiter>(told);
        return made;
    }
    Id push(Click made) {
        auto const id = queue.push(std::move(made), house.mint);
        house.storage->wake();
        return id;
    }
    // What a dashboard shows.
    TrafficCount shown() {
        return house.read([](storage::Tx& tx) {
            TrafficCount sum;
            for (auto const& [clicks, uniques] : tx.query<std::int64_t, std::int64_t>("select clicks, uniques from rollup_traffic")) {
                sum.clicks += clicks;
                sum.uniques += uniques;
            }
            for_each_uncounted(tx, 0, 0, [&](UncountedClick const& click) {
                ++sum.clicks;
                sum.uniques += click.is_unique ? 1 : 0;
            });
            return sum;
        });
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(click_queue)

BOOST_AUTO_TEST_CASE(a_click_is_told_once_it_is_stored_and_its_id_is_the_one_that_was_given) {
    Shop shop;
    auto const id = shop.push(shop.click(0, 5, "news"));
    BOOST_TEST(id != 0);
    BOOST_TEST(shop.told.reach(1));
    BOOST_TEST(shop.told.durable == 1);
    BOOST_TEST(shop.house.count("click where id = " + std::to_string(id) + " and sub1 = 'news' and is_unique = 1") == 1);
}

BOOST_AUTO_TEST_CASE(a_full_queue_takes_nothing_and_tells_nobody) {
    Shop shop(2, false);
    BOOST_TEST(shop.push(shop.click(0)) != 0);
    BOOST_TEST(shop.push(shop.click(0)) != 0);
    BOOST_TEST(shop.push(shop.click(0)) == 0);
    BOOST_TEST(shop.told.durable + shop.told.lost == 0);
    shop.house.storage->add_stream(shop.queue);
    BOOST_TEST(shop.told.reach(2));
    BOOST_TEST(shop.house.count("click") == 2);
}

BOOST_AUTO_TEST_CASE(ids_grow_in_the_order_of_the_queue_whoever_pushes) {
    Shop shop;
    std::mutex mutex;
    std::vector<Id> ids;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 500; ++i) {
                auto const id = shop.push(shop.click(0));
                std::lock_guard const lock(mutex);
                ids.push_back(id);
            }
        });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(shop.told.reach(2000));
    std::sort(ids.begin(), ids.end());
    BOOST_TEST((std::adjacent_find(ids.begin(), ids.end()) == ids.end()));
    BOOST_TEST(shop.house.count("click") == 2000);
    BOOST_TEST(shop.shown().clicks == 2000);
}

BOOST_AUTO_TEST_CASE(a_visitor_counts_once_for_a_link_and_a_day) {
    Shop shop;
    for (int i = 0; i < 3; ++i) shop.push(shop.click(0, 42));
    shop.push(shop.click(1, 42));
    shop.push(shop.click(0, 43));
    shop.push(shop.click(0));
    BOOST_TEST(shop.told.reach(6));
    shop.house.clock.advance(day_us);
    shop.push(shop.click(0, 42));
    BOOST_TEST(shop.told.reach(7));
    BOOST_TEST(shop.shown().clicks == 7);
    BOOST_TEST(shop.shown().uniques == 5);
}

// The sums reach their table at some time; what is shown and what verify sees never differ from the clicks.
BOOST_AUTO_TEST_CASE(no_figure_is_ever_behind_whenever_the_sums_are_written) {
    Shop shop;
    std::mt19937 random(7);
    int pushed = 0;
    for (int round = 0; round < 40; ++round) {
        auto const count = static_cast<int>(random() % 50);
        for (int i = 0; i < count; ++i) shop.push(shop.click(random() % 2, 0, random() % 3 == 0 ? "x" : ""));
        pushed += count;
        BOOST_TEST_REQUIRE(shop.told.reach(pushed));
        if (random() % 3 == 0) {
            shop.queue.hurry();
            shop.house.storage->wake();
        }
        shop.house.clock.advance(static_cast<std::int64_t>(random() % 20) * 3'600'000'000);
        BOOST_TEST_REQUIRE(shop.shown().clicks == pushed);
    }
    BOOST_TEST(shop.house.verifies());
    BOOST_TEST(shop.house.count("rollup_mark") == (testing::on_postgresql() ? 0 : 1));
}

// A disk that stays full would be asked as often as the processor can, also by a server that is to stop.
BOOST_AUTO_TEST_CASE(sums_that_could_not_be_written_wait_for_a_second_and_are_lost_for_none) {
    Shop shop(10, false);
    auto const write = [&](bool keep) {
        bool const kept = shop.house.storage->write([&](storage::Tx& tx) {
            shop.queue.write(tx);
            return keep;
        });
        shop.queue.done({kept ? storage::UnitState::committed : storage::UnitState::failed, {}, {}, {}});
    };
    shop.push(shop.click(0));
    write(true);
    bool const gathers = shop.house.storage->dialect() == storage::Dialect::sqlite;
    shop.queue.hurry();
    BOOST_TEST(shop.queue.pending() == gathers);
    write(false);
    BOOST_TEST(!shop.queue.pending());
    BOOST_TEST(shop.shown().clicks == 1);
    shop.push(shop.click(1));
    write(true);
    shop.queue.hurry();
    write(true);
    BOOST_TEST(shop.shown().clicks == 2);
    BOOST_TEST(shop.told.durable == 2);
}

// A reader counts those behind the mark one by one, so that many of them do not wait for the second. (A slow machine waits it out: it passes.)
BOOST_AUTO_TEST_CASE(many_clicks_are_summed_before_their_second_is_over) {
    Shop shop(30'000, false);
    auto const write = [&] {
        shop.house.storage->write([&](storage::Tx& tx) { return shop.queue.write(tx), true; });
        shop.queue.done({storage::UnitState::committed, {}, {}, {}});
    };
    for (int i = 0; i < 25'000; ++i) shop.push(shop.click(i % 2));
    while (shop.told.durable < 25'000) write();
    auto const summed = shop.house.read([](storage::Tx& tx) { return tx.value<std::int64_t>("select cast(coalesce(sum(clicks), 0) as bigint) from rollup_traffic").value(); });
    BOOST_TEST(summed >= 20'000);
    BOOST_TEST(shop.shown().clicks == 25'000);
    shop.queue.hurry();
    write();
    BOOST_TEST(shop.shown().clicks == 25'000);
}

BOOST_AUTO_TEST_CASE(what_a_crash_left_uncounted_is_counted_once) {
    Shop shop;
    for (int i = 0; i < 10; ++i) shop.push(shop.click(0));
    BOOST_TEST(shop.told.reach(10));
    shop.queue.hurry();
    for (int i = 0; i < 20; ++i) shop.push(shop.click(1));
    BOOST_TEST(shop.told.reach(30));
    // As after a kill: the sums in memory are gone.
    shop.house.reopen();
    for (int start = 0; start < 3; ++start) {
        count_rest(*shop.house.storage);
        BOOST_TEST(shop.shown().clicks == 30);
        BOOST_TEST(shop.house.verifies());
    }
    auto const behind = shop.house.read([](storage::Tx& tx) {
        int count = 0;
        for_each_uncounted(tx, 0, 0, [&](UncountedClick const&) { ++count; });
        return count;
    });
    BOOST_TEST(behind == 0);
}

BOOST_AUTO_TEST_CASE(the_lag_is_the_age_of_the_oldest_click_that_is_not_durable) {
    Shop shop(10, false);
    auto const now = [&] { return shop.house.clock.now_us(); };
    BOOST_TEST(shop.queue.lag_us(now()) == 0);
    shop.push(shop.click(0));
    shop.house.clock.advance(30'000);
    shop.push(shop.click(0));
    BOOST_TEST(shop.queue.lag_us(now()) == 30'000);
    shop.house.storage->add_stream(shop.queue);
    BOOST_TEST(shop.told.reach(2));
    for (int i = 0; i < 1000 && shop.queue.lag_us(now()) != 0; ++i) std::this_thread::sleep_for(1ms);
    BOOST_TEST(shop.queue.lag_us(now()) == 0);
}

BOOST_AUTO_TEST_CASE(the_lag_has_no_end_where_nobody_knows_it) {
    Shop shop(10, false);
    auto const now = [&] { return shop.house.clock.now_us(); };
    shop.push(shop.click(0));
    BOOST_TEST(shop.queue.lag_us(now()) == 0);
    BOOST_TEST(shop.queue.lag_us(now() - 3'600'000'000) == INT64_MAX);  // the clock was put back by an hour
    shop.queue.done({storage::UnitState::failed});
    BOOST_TEST(shop.queue.lag_us(now()) == INT64_MAX);
    shop.house.storage->add_stream(shop.queue);
    BOOST_TEST(shop.told.reach(1));
    for (int i = 0; i < 1000 && shop.queue.lag_us(now()) != 0; ++i) std::this_thread::sleep_for(1ms);
    BOOST_TEST(shop.queue.lag_us(now()) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tracking
