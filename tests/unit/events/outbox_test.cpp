#include "events/outbox.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

#include "unit/tracking/house.hpp"

namespace partnerd::events {

using testing::House;

namespace {

void publish(House& house, std::string const& type, std::string const& key, std::string const& json) {
    house.write([&](storage::Tx& tx) { house.outbox.publish(tx, 1, type, key, json); });
}

using Seen = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(outbox)

BOOST_AUTO_TEST_CASE(what_nobody_listens_to_is_not_stored) {
    House house;
    house.outbox.deliver("hook", "conversion.*", [](Event const&) { return DeliveryResult{}; });
    BOOST_TEST(house.outbox.wants("conversion.recorded"));
    for (auto const* type : {"conversion", "conversions.recorded", "partner.created", ""}) BOOST_TEST(!house.outbox.wants(type), type);
    publish(house, "partner.created", "k", "{}");
    BOOST_TEST(house.count("outbox") == 0);
    publish(house, "conversion.recorded", "k", "{}");
    BOOST_TEST(house.count("outbox") == 1);
    BOOST_TEST(house.outbox.run_once(*house.storage) == 1);
    BOOST_TEST(house.count("outbox") == 0);
    BOOST_TEST(house.count("outbox_delivery") == 0);
}

BOOST_AUTO_TEST_CASE(an_event_of_a_unit_that_rolls_back_never_was) {
    House house;
    house.outbox.deliver("hook", "*", [](Event const&) { return DeliveryResult{}; });
    house.storage->write([&](storage::Tx& tx) { return house.outbox.publish(tx, 1, "a", "", "{}"), false; });
    BOOST_TEST(house.outbox.run_once(*house.storage) == 0);
}

BOOST_AUTO_TEST_CASE(events_of_a_key_arrive_in_order_also_when_one_must_be_tried_again) {
    House house;
    Seen seen;
    bool down = true;
    house.outbox.deliver("hook", "*", [&](Event const& event) {
        if (down && event.ordering_key == "a") return DeliveryResult{DeliveryResult::State::retry, 0, "refused"};
        seen.push_back(event.ordering_key + event.json);
        return DeliveryResult{};
    });
    for (auto const* json : {"1", "2", "3"})
        for (auto const* key : {"a", "b"}) publish(house, "x", key, json);
    BOOST_TEST(house.outbox.run_once(*house.storage) == 4);
    BOOST_TEST((seen == Seen{"b1", "b2", "b3"}));
    down = false;
    BOOST_TEST(house.outbox.run_once(*house.storage) == 0);
    house.clock.advance(5 * second_us - 1);
    BOOST_TEST(house.outbox.run_once(*house.storage) == 0);
    house.clock.advance(1);
    BOOST_TEST(house.outbox.run_once(*house.storage) == 3);
    BOOST_TEST((seen == Seen{"b1", "b2", "b3", "a1", "a2", "a3"}));
}

BOOST_AUTO_TEST_CASE(a_listener_that_is_down_does_not_hold_up_the_others) {
    House house;
    int delivered = 0;
    house.outbox.deliver("dead", "*", [](Event const&) { return DeliveryResult{DeliveryResult::State::retry, 3600 * second_us, "down"}; });
    house.outbox.deliver("live", "*", [&](Event const&) { return ++delivered, DeliveryResult{}; });
    house.write([&](storage::Tx& tx) {
        for (int i = 0; i < 5000; ++i) house.outbox.publish(tx, 1, "x", "key" + std::to_string(i % 3000), "{}");
    });
    for (int rounds = 0; rounds < 100 && house.outbox.run_once(*house.storage) > 0; ++rounds) {
    }
    BOOST_TEST(delivered == 5000);
    BOOST_TEST(house.count("outbox_delivery where listener = 'dead'") == 5000);
}

BOOST_AUTO_TEST_CASE(a_listener_that_is_gone_leaves_its_events_and_hides_none) {
    House house;
    int delivered = 0;
    house.outbox.deliver("plugin.gone", "*", [](Event const&) { return DeliveryResult{}; });
    house.outbox.deliver("live", "*", [&](Event const&) { return ++delivered, DeliveryResult{}; });
    publish(house, "x", "k", "{}");
    house.outbox.forget("plugin.");
    BOOST_TEST(house.outbox.run_once(*house.storage) == 1);
    BOOST_TEST(delivered == 1);
    BOOST_TEST(house.count("outbox_delivery") == 1);
}

BOOST_AUTO_TEST_CASE(a_subscribers_effect_and_mark_commit_together) {
    House house;
    house.execute("create table effect (event bigint not null)");
    int calls = 0;
    house.outbox.subscribe("counter", "*", [&](storage::Tx& tx, Event const& event) -> Status {
        tx.exec("insert into effect (event) values (:event)", {storage::arg("event", event.id)});
        ++calls;
        if (calls == 1) return errc::busy;
        if (calls == 2) throw std::runtime_error("a defect");
        return {};
    });
    publish(house, "x", "k", "{}");
    BOOST_TEST(house.outbox.run_once(*house.storage) == 1);
    BOOST_TEST(house.count("effect") == 0);
    house.clock.advance(hour_us);
    BOOST_TEST(house.outbox.run_once(*house.storage) == 1);
    BOOST_TEST(house.count("effect") == 0);
    BOOST_TEST(house.count("outbox_delivery where attempts = 2 and last_error <> ''") == 1);
    house.clock.advance(hour_us);
    BOOST_TEST(house.outbox.run_once(*house.storage) == 1);
    BOOST_TEST(house.outbox.run_once(*house.storage) == 0);
    BOOST_TEST(calls == 3);
    BOOST_TEST(house.count("effect") == 1);
}

BOOST_AUTO_TEST_CASE(a_listener_that_throws_is_tried_again_and_the_next_one_is_served) {
    House house;
    int served = 0;
    house.outbox.deliver("defect", "*", [](Event const&) -> DeliveryResult { throw std::runtime_error("a defect"); });
    house.outbox.deliver("fine", "*", [&](Event const&) { return ++served, DeliveryResult{}; });
    publish(house, "x", "", "{}");
    BOOST_TEST(house.outbox.run_once(*house.storage) == 2);
    BOOST_TEST(served == 1);
    BOOST_TEST(house.count("outbox_delivery where listener = 'defect' and attempts = 1") == 1);
}

BOOST_AUTO_TEST_CASE(two_servers_deliver_each_event_once_and_those_of_a_key_in_order) {
    constexpr int events = 60, keys = 6;
    House house;
    if (house.storage->dialect() == storage::Dialect::sqlite) return;  // one process has it
    std::mutex mutex;
    std::map<std::string, std::vector<std::string>> delivered;
    auto const note = [&](Event const& event) {
        std::lock_guard const lock(mutex);
        delivered[event.ordering_key].push_back(event.json);
        return DeliveryResult{};
    };
    Outbox other(house.clock, house.mint);
    house.outbox.deliver("world", "*", note);
    other.deliver("world", "*", note);
    for (int i = 0; i < events; ++i) publish(house, "x", "key" + std::to_string(i % keys), std::to_string(1000 + i));
    auto const run = [&](Outbox& outbox) {
        for (int idle = 0; idle < 20;) idle = outbox.run_once(*house.storage) > 0 ? 0 : idle + 1;
    };
    std::thread second([&] { run(other); });
    run(house.outbox);
    second.join();
    BOOST_TEST(delivered.size() == std::size_t{keys});
    for (auto const& [key, texts] : delivered) {
        BOOST_TEST(texts.size() == std::size_t{events / keys}, key);
        BOOST_TEST(std::is_sorted(texts.begin(), texts.end()), key);
    }
    BOOST_TEST(house.count("outbox") == 0);
}

BOOST_AUTO_TEST_CASE(what_a_killed_server_was_delivering_another_one_delivers_when_the_lease_is_over) {
    House house;
    if (house.storage->dialect() == storage::Dialect::sqlite) return;
    int delivered = 0;
    Outbox other(house.clock, house.mint);
    other.deliver("world", "*", [&](Event const&) { return ++delivered, DeliveryResult{}; });
    house.outbox.deliver("world", "*", [&](Event const&) {
        // While it delivers: then its lease is left behind, as by one that is killed here.
        BOOST_TEST(other.run_once(*house.storage) == 0);
        house.clock.advance(2 * minute_us);
        BOOST_TEST(other.run_once(*house.storage) == 1);
        return DeliveryResult{};
    });
    publish(house, "x", "k", "{}");
    house.outbox.run_once(*house.storage);
    BOOST_TEST(delivered == 1);
    BOOST_TEST(house.count("outbox") == 0);
}

BOOST_AUTO_TEST_CASE(a_delivery_is_given_up_when_it_is_refused_or_after_ten_attempts) {
    House house;
    int attempts = 0;
    house.outbox.deliver("never", "a", [&](Event const& event) {
        BOOST_TEST(event.attempt == ++attempts);
        return DeliveryResult{DeliveryResult::State::retry, 0, "no"};
    });
    house.outbox.deliver("refuses", "b", [](Event const&) { return DeliveryResult{DeliveryResult::State::refused, 0, "gone"}; });
    publish(house, "a", "k", "{}");
    publish(house, "b", "k", "{}");
    for (int i = 0; i < 40; ++i) {
        house.outbox.run_once(*house.storage);
        house.clock.advance(day_us);
    }
    BOOST_TEST(attempts == 10);
    BOOST_TEST(house.count("outbox") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::events
