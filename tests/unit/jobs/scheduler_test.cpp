#include "jobs/scheduler.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

#include "unit/tracking/house.hpp"

namespace partnerd::jobs {

using testing::code;
using testing::House;

namespace {

Job every(std::int64_t every_us, std::function<Status()> run) {
    Job job;
    job.id = "test.job";
    job.every_us = every_us;
    job.timeout_us = minute_us;
    job.run = [run = std::move(run)](std::int64_t, std::function<bool()> const&) { return run(); };
    return job;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scheduler)

BOOST_AUTO_TEST_CASE(schedules) {
    BOOST_TEST(parse_schedule("every 30 seconds").value() == 30 * second_us);
    BOOST_TEST(parse_schedule("every 1 minute").value() == minute_us);
    BOOST_TEST(parse_schedule("every 5 hours").value() == 5 * hour_us);
    BOOST_TEST(parse_schedule("every 1 day").value() == day_us);
    for (auto const* text : {"", "every", "every minute", "every 0 minutes", "every -1 days", "every 1001 days", "every 5 weeks", "5 minutes", "every 5minutes", "every 1.5 days", "every 5 minutes!"})
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(code(parse_schedule(text)) == "invalid_config"); }
}

BOOST_AUTO_TEST_CASE(a_job_runs_when_it_is_due_and_not_before) {
    House house;
    int runs = 0;
    Scheduler scheduler(house.clock);
    scheduler.add(every(hour_us, [&] { return ++runs, Status{}; }));
    BOOST_TEST(scheduler.run_due(*house.storage) == 1);
    BOOST_TEST(scheduler.run_due(*house.storage) == 0);
    house.clock.advance(hour_us - 1);
    BOOST_TEST(scheduler.run_due(*house.storage) == 0);
    house.clock.advance(1);
    BOOST_TEST(scheduler.run_due(*house.storage) == 1);
    BOOST_TEST(runs == 2);
}

BOOST_AUTO_TEST_CASE(a_job_that_fails_or_throws_is_noted_and_runs_again) {
    House house;
    int runs = 0;
    Scheduler scheduler(house.clock);
    scheduler.add(every(hour_us, [&]() -> Status {
        if (++runs == 1) throw std::runtime_error("a defect");
        if (runs == 2) return Error(errc::busy, "later");
        return {};
    }));
    BOOST_TEST(scheduler.run_due(*house.storage) == 1);
    BOOST_TEST(house.count("job where last_error = 'a defect' and lease_until_us = 0") == 1);
    house.clock.advance(hour_us);
    BOOST_TEST(scheduler.run_due(*house.storage) == 1);
    BOOST_TEST(house.count("job where last_error like 'busy%'") == 1);
    house.clock.advance(hour_us);
    BOOST_TEST(scheduler.run_due(*house.storage) == 1);
    BOOST_TEST(house.count("job where last_error = ''") == 1);
}

BOOST_AUTO_TEST_CASE(one_runner_has_the_lease_until_it_runs_out) {
    House house;
    Scheduler first(house.clock), second(house.clock);
    int second_ran = 0;
    second.add(every(hour_us, [&] { return ++second_ran, Status{}; }));
    first.add(every(hour_us, [&] {
        BOOST_TEST(second.run_due(*house.storage) == 0);
        house.clock.advance(minute_us - 1);
        BOOST_TEST(second.run_due(*house.storage) == 0);
        house.clock.advance(1);
        BOOST_TEST(second.run_due(*house.storage) == 1);
        return Status{};
    }));
    BOOST_TEST(first.run_due(*house.storage) == 1);
    BOOST_TEST(second_ran == 1);
}

BOOST_AUTO_TEST_CASE(of_many_runners_at_once_one_runs_a_job_that_is_due) {
    constexpr int runners = 8, rounds = 5;
    House house;
    std::atomic<int> runs{0};
    for (int round = 1; round <= rounds; ++round) {
        std::vector<std::thread> threads;
        for (int i = 0; i < runners; ++i)
            threads.emplace_back([&] {
                Scheduler scheduler(house.clock);
                scheduler.add(every(hour_us, [&] { return ++runs, Status{}; }));
                scheduler.run_due(*house.storage);
            });
        for (auto& thread : threads) thread.join();
        BOOST_TEST(runs == round);
        house.clock.advance(hour_us);
    }
}

BOOST_AUTO_TEST_CASE(a_runner_whose_lease_ran_out_does_not_end_the_lease_of_the_next) {
    House house;
    Scheduler slow(house.clock);
    slow.add(every(hour_us, [&] {
        // Meanwhile its lease ran out, and another node holds the job until then.
        house.execute("update job set lease_until_us = 4711");
        return Status{};
    }));
    BOOST_TEST(slow.run_due(*house.storage) == 1);
    BOOST_TEST(house.count("job where lease_until_us = 4711") == 1);
    BOOST_TEST(house.count("job where next_due_us = " + std::to_string(testing::start_us)) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::jobs
