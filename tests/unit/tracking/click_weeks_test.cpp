// On SQLite there are no weeks, and nothing of this does anything.
#include "tracking/click_weeks.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>

#include "domain/calendar.hpp"
#include "tracking/click_queue.hpp"
#include "unit/tracking/house.hpp"

namespace partnerd::tracking {

namespace {

using namespace std::chrono_literals;
using testing::House;

class Counter final : public ClickWaiter {
  public:
    Counter(std::atomic<int>& durable, std::atomic<int>& lost) : durable_(durable), lost_(lost) {}
    void click_done(bool durable, std::shared_ptr<ClickWaiter>) noexcept override { ++(durable ? durable_ : lost_); }

  private:
    std::atomic<int>&durable_, &lost_;
};

struct Shop {
    ClickQueue queue;
    std::atomic<int> durable{0}, lost{0};
    House house;
    std::shared_ptr<ClickTarget const> target;

    Shop() {
        auto const program = house.program("shop");
        auto const link = house.link(program, house.enrolled(program, "ada"));
        target = std::make_shared<ClickTarget>(ClickTarget{program.id, link.id, link.partner, program.zone, link.subs, true});
        house.storage->add_stream(queue);
    }
    // False: it was not durable within half a minute, or refused.
    bool click() {
        auto const before = durable + lost;
        Click made;
        made.target = target;
        made.waiter = std::make_unique<Counter>(durable, lost);
        BOOST_TEST_REQUIRE(queue.push(std::move(made), house.mint) != 0);
        house.storage->wake();
        for (int i = 0; i < 30'000 && durable + lost == before; ++i) std::this_thread::sleep_for(1ms);
        return durable + lost == before + 1 && lost == 0;
    }
    std::vector<std::string> weeks() {
        return house.read([](storage::Tx& tx) {
            std::vector<std::string> names;
            for (
                auto const& [name] : tx.query<std::string>(
                    "select relname::text from pg_class where relname like 'click_until_%' and relkind = 'r' and relnamespace = current_schema()::regnamespace order by 1"))
                names.push_back(name);
            return names;
        });
    }
    Id now() { return first_id_at(house.clock.now_us()); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(click_weeks)

BOOST_AUTO_TEST_CASE(a_click_makes_the_place_that_it_needs_however_far_the_clock_is) {
    Shop shop;
    BOOST_TEST(shop.click());
    for (int const years : {1, 20}) {
        shop.house.clock.advance(years * 365 * day_us);
        BOOST_TEST(shop.click());
    }
    BOOST_TEST(shop.house.count("click") == 3);
    if (testing::on_postgresql()) BOOST_TEST(shop.weeks().size() == 3u);
    BOOST_TEST(shop.house.verifies());
}

BOOST_AUTO_TEST_CASE(weeks_are_made_ahead_once) {
    Shop shop;
    cover_weeks_ahead(*shop.house.storage, shop.house.clock.now_us());
    cover_weeks_ahead(*shop.house.storage, shop.house.clock.now_us());
    if (!testing::on_postgresql()) return;
    BOOST_TEST(shop.weeks().size() == 5u);
    BOOST_TEST(shop.weeks().front() == "click_until_2026_03_04");  // weeks begin on Wednesdays, as 2025 did
    BOOST_TEST(shop.click());
    shop.house.clock.advance(28 * day_us);
    BOOST_TEST(shop.click());
    BOOST_TEST(shop.weeks().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_partition_that_somebody_dropped_is_made_again_and_no_click_is_refused) {
    if (!testing::on_postgresql()) return;
    Shop shop;
    BOOST_TEST(shop.click());
    shop.house.execute("drop table " + shop.weeks().front());
    BOOST_TEST(shop.click());
    BOOST_TEST(shop.lost == 0);
    BOOST_TEST(shop.house.count("click") == 1);
}

BOOST_AUTO_TEST_CASE(several_nodes_make_the_same_weeks_at_once) {
    if (!testing::on_postgresql()) return;
    Shop shop;
    std::vector<std::future<void>> nodes;
    for (int i = 0; i < 4; ++i)
        nodes.push_back(std::async(std::launch::async, [&] { cover_weeks_ahead(*shop.house.storage, shop.house.clock.now_us()); }));
    BOOST_TEST(shop.click());
    for (auto& node : nodes) BOOST_CHECK_NO_THROW(node.get());
    BOOST_TEST(shop.weeks().size() == 5u);
}

BOOST_AUTO_TEST_CASE(clicks_go_on_while_a_reader_keeps_an_old_week_from_going) {
    if (!testing::on_postgresql()) return;
    Shop shop;
    BOOST_TEST(shop.click());
    shop.house.clock.advance(7 * day_us);
    BOOST_TEST(shop.click());
    std::promise<void> reading, enough;
    auto reader = std::async(std::launch::async, [&] {
        shop.house.storage->read([&](storage::Tx& tx) {
            tx.value<std::int64_t>("select count(*) from click");
            reading.set_value();
            enough.get_future().wait();
        });
    });
    reading.get_future().wait();
    auto dropping =
        std::async(std::launch::async, [&] { return drop_weeks(*shop.house.storage, click_week(shop.now()) * click_week_ids); });
    for (int i = 0; i < 50; ++i) BOOST_TEST_REQUIRE(shop.click());
    BOOST_TEST((dropping.wait_for(0s) == std::future_status::timeout));
    enough.set_value();
    reader.get();
    dropping.get();
    BOOST_TEST(shop.house.count("click") == 51);
    BOOST_TEST(shop.weeks().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_an_interrupted_call_left_is_finished) {
    if (!testing::on_postgresql()) return;
    Shop shop;
    for (int week = 0; week < 3; ++week, shop.house.clock.advance(7 * day_us)) BOOST_TEST(shop.click());
    auto const names = shop.weeks();
    BOOST_TEST_REQUIRE(names.size() == 3u);
    auto const& half = names[0];
    // Cancelled while it waited for a reader: half out.
    shop.house.storage->read([&](storage::Tx& tx) {
        tx.value<std::int64_t>("select count(*) from click");
        BOOST_CHECK_THROW(testing::run_in_cluster(shop.house.database.name() + " options='-c statement_timeout=300'",
                                                  "alter table click detach partition " + half + " concurrently"),
                          std::runtime_error);
    });
    BOOST_TEST(shop.house.count("pg_inherits where inhdetachpending") == 1);
    BOOST_TEST(shop.click());
    drop_weeks(*shop.house.storage, click_week(shop.now()) * click_week_ids - 2 * click_week_ids);
    BOOST_TEST(shop.weeks().size() == 3u);  // with the one of the click just now
    // Detached, and then nothing: killed before the drop.
    shop.house.execute("alter table click detach partition " + names[1]);
    drop_weeks(*shop.house.storage, click_week(shop.now()) * click_week_ids - click_week_ids);
    BOOST_TEST(shop.weeks().size() == 2u);
    BOOST_TEST(shop.click());
    BOOST_TEST(shop.house.count("click") == 3);
}

BOOST_AUTO_TEST_CASE(two_that_drop_at_once_do_no_harm) {
    if (!testing::on_postgresql()) return;
    Shop shop;
    for (int week = 0; week < 4; ++week, shop.house.clock.advance(7 * day_us)) BOOST_TEST(shop.click());
    auto const before = click_week(shop.now()) * click_week_ids - click_week_ids;
    auto const drop = [&] {
        try {
            drop_weeks(*shop.house.storage, before);
        } catch (storage::Failure const&) {
            // The other one was quicker.
        }
    };
    std::vector<std::future<void>> nodes;
    for (int i = 0; i < 2; ++i) nodes.push_back(std::async(std::launch::async, drop));
    for (int i = 0; i < 20; ++i) BOOST_TEST_REQUIRE(shop.click());
    for (auto& node : nodes) node.get();
    drop_weeks(*shop.house.storage, before);
    BOOST_TEST(shop.weeks().size() == 2u);
    BOOST_TEST(shop.house.count("click") == 21);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tracking
