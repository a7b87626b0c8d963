#include "host/click_desk.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

#include "unit/tracking/house.hpp"

namespace partnerd::host {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t at_risk_us = 10'000;

struct Told {
    std::atomic<int> durable{0}, lost{0};
};
class Waiter final : public tracking::ClickWaiter {
  public:
    explicit Waiter(Told& told) : told_(told) {}
    void click_done(bool durable, std::shared_ptr<tracking::ClickWaiter>) noexcept override { ++(durable ? told_.durable : told_.lost); }

  private:
    Told& told_;
};

// A desk whose clicks go to no disk until open().
struct Fixture {
    tracking::ClickQueue queue{8};  // outlives the storage of the house
    Told told;
    testing::House house;
    programs::Program program = house.program("shop");
    Id link = house.link(program, house.enrolled(program, "ada")).id;
    tracking::ClickTargets targets;
    ClickDesk desk{house.kernel, targets, queue, *house.storage};

    Fixture() {
        house.read([&](storage::Tx& tx) { return targets.load(tx, link); });
    }
    std::string take(std::int64_t at_risk) {
        plugins::ClickReport report;
        report.program = program.id;
        report.link = link;
        report.at_risk_us = at_risk;
        return testing::code(desk.take(report, std::make_unique<Waiter>(told)));
    }
    void open() { house.storage->add_stream(queue); }
    void await(int clicks) {
        for (int i = 0; i < 5000 && house.count("click") < clicks; ++i) std::this_thread::sleep_for(1ms);
        BOOST_TEST(house.count("click") == clicks);
        for (int i = 0; i < 5000 && told.durable + told.lost < clicks; ++i) std::this_thread::sleep_for(1ms);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(click_desk, Fixture)

BOOST_AUTO_TEST_CASE(a_durable_click_waits_for_the_disk) {
    BOOST_TEST(take(0) == "ok");
    BOOST_TEST(told.durable == 0);
    open();
    await(1);
    BOOST_TEST(told.durable == 1);
}

BOOST_AUTO_TEST_CASE(a_relaxed_click_waits_only_behind_one_that_has_waited_for_too_long) {
    BOOST_TEST(take(at_risk_us) == "ok");
    BOOST_TEST(told.durable == 1);
    house.clock.advance(at_risk_us);
    BOOST_TEST(take(at_risk_us) == "ok");
    BOOST_TEST(told.durable == 2);
    house.clock.advance(1'000);
    BOOST_TEST(take(at_risk_us) == "ok");
    BOOST_TEST(take(0) == "ok");
    BOOST_TEST(told.durable == 2);
    BOOST_TEST(house.count("click") == 0);
    open();
    await(4);
    BOOST_TEST(told.durable == 4);
    BOOST_TEST(told.lost == 0);
}

// A disk that takes nothing fails every batch at once, so that no click ever waits: the next ones must hear of it.
BOOST_AUTO_TEST_CASE(behind_a_batch_that_failed_relaxed_clicks_wait_until_one_holds) {
    queue.done({storage::UnitState::failed});
    for (int i = 0; i < 3; ++i) BOOST_TEST(take(at_risk_us) == "ok");
    BOOST_TEST(told.durable == 0);
    open();
    await(3);
    BOOST_TEST(told.durable == 3);
}

// Ids never go back, so behind a clock that does their times are no measure.
BOOST_AUTO_TEST_CASE(with_a_clock_that_was_put_back_relaxed_clicks_wait) {
    BOOST_TEST(take(at_risk_us) == "ok");
    BOOST_TEST(told.durable == 1);
    house.clock.advance(-3'600'000'000);
    BOOST_TEST(take(at_risk_us) == "ok");
    BOOST_TEST(told.durable == 1);
    open();
    await(2);
    BOOST_TEST(told.durable == 2);
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses_and_tells_nobody) {
    for (int i = 0; i < 8; ++i) BOOST_TEST(take(0) == "ok");
    for (auto const at_risk : {std::int64_t{0}, at_risk_us}) BOOST_TEST(take(at_risk) == "busy");
    BOOST_TEST(told.durable + told.lost == 0);
    open();
    await(8);
    BOOST_TEST(told.durable == 8);
}

BOOST_AUTO_TEST_CASE(a_link_that_is_not_known_or_of_another_program_takes_no_click) {
    plugins::ClickReport report;
    report.program = program.id;
    report.link = link + 1;
    BOOST_TEST(testing::code(desk.take(report, std::make_unique<Waiter>(told))) == "not_found");
    report.link = link;
    report.program = program.id + 1;
    BOOST_TEST(testing::code(desk.take(report, std::make_unique<Waiter>(told))) == "invalid_state");
    BOOST_TEST(told.durable + told.lost == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::host
