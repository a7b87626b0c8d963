// The same events in any valid order leave the same money, and books that verify.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>

#include "unit/tracking/house.hpp"

namespace partnerd::tracking {

using testing::House;
using testing::sale;

namespace {

using Random = std::mt19937_64;
// PostgreSQL answers each statement over a socket: a tenth says the same there.
int const histories = testing::on_postgresql() ? 50 : 500;
constexpr int permutations = 20;  // of each: 10 000 in all
constexpr char plan[] = R"({"rules":[{"name":"base","rule":"percent@1","params":{"rate":"12.5%"}},
    {"name":"flat","lane":"bonus","rule":"flat@1","when":{"fact":"order.base","op":">=","value":"5.00"},"params":{"amount":"1.00"}}]})";

struct Event {
    enum class Kind { order, adjustment, release } kind = Kind::order;
    ConversionReport order;
    AdjustmentReport adjustment;
};

// Two or three orders, with refunds that fit in any order: their sum is at most the order.
std::vector<Event> make_history(Random& random, programs::Program const& program, std::string const& prefix) {
    auto const pick = [&](std::int64_t from, std::int64_t to) { return std::uniform_int_distribution<std::int64_t>(from, to)(random); };
    std::vector<Event> events;
    for (auto n = pick(2, 3); n > 0; --n) {
        auto order = sale(program, prefix + std::to_string(n), pick(1, 3000), n == 1 ? "ada" : "bob");
        order.at_us = testing::start_us - pick(0, 29) * day_us;
        events.push_back({Event::Kind::order, order, {}});
        auto rest = *order.amount_minor;
        for (auto m = pick(0, 3); m > 0; --m) {
            auto adjustment = testing::refund("r" + std::to_string(m), pick(0, 2) == 0 ? rest : pick(0, rest));
            if (pick(0, 3) == 0) adjustment.type = AdjustmentType::chargeback;
            adjustment.at_us = order.at_us + pick(0, 20) * day_us;
            adjustment.at_us = std::min(adjustment.at_us, testing::start_us);
            rest -= *adjustment.amount_minor;
            events.push_back({Event::Kind::adjustment, order, adjustment});
        }
    }
    for (auto n = pick(0, 2); n > 0; --n) events.push_back({Event::Kind::release, {}, {}});
    return events;
}

// An adjustment comes behind its order.
std::vector<Event> shuffled(Random& random, std::vector<Event> events) {
    std::shuffle(events.begin(), events.end(), random);
    std::vector<Event> valid, waiting;
    std::map<std::string, bool> seen;
    auto const take = [&](Event const& event) {
        if (event.kind == Event::Kind::adjustment && !seen[event.order.external_id]) return false;
        if (event.kind == Event::Kind::order) seen[event.order.external_id] = true;
        valid.push_back(event);
        return true;
    };
    for (auto const& event : events) {
        if (!take(event)) waiting.push_back(event);
        std::erase_if(waiting, take);
    }
    return valid;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(permutations_of_events)

BOOST_AUTO_TEST_CASE(ten_thousand_orders_of_events_leave_the_same_nets_and_books_that_verify) {
    House house;
    Random random(7);
    programs::TermsSettings settings;
    settings.hold_days = 15;
    auto const program = house.program("shop", plan, settings);
    house.enrolled(program, "ada");
    house.enrolled(program, "bob");
    std::map<std::string, std::vector<std::string>> names;  // of a history: the prefixes of its permutations
    for (int h = 0; h < histories; ++h) {
        auto const seed = random();
        auto& prefixes = names[std::to_string(h)];
        house.storage->write([&](storage::Tx& tx) {
            prefixes.clear();
            for (int p = 0; p < permutations; ++p) {
                prefixes.push_back(std::to_string(h) + "-" + std::to_string(p) + "-");
                Random same(seed);
                for (auto const& event : shuffled(random, make_history(same, program, prefixes.back()))) {
                    if (event.kind == Event::Kind::release) {
                        release_due(tx, house.kernel, house.clock.now_us(), 1000);
                        continue;
                    }
                    auto const& o = event.order;
                    auto const result = event.kind == Event::Kind::order ? house.tracker.convert(tx, o) : house.tracker.adjust(tx, o.program, false, o.kind, o.external_id, event.adjustment);
                    BOOST_REQUIRE_MESSAGE(result.has_value(), testing::code(result));
                }
            }
            return true;
        });
    }
    std::map<std::string, std::int64_t> nets;
    house.storage->read([&](storage::Tx& tx) {
        nets.clear();
        for (auto const& [name, line, net] : tx.query<std::string, std::string, std::int64_t>(
                 "select c.external_id, m.line_key, m.net_minor from commission m join conversion c on c.id = m.conversion"))
            nets[name + " " + line] = net;
    });
    int compared = 0;
    for (auto const& [history, prefixes] : names) {
        auto const& first = prefixes.front();
        for (auto it = nets.lower_bound(first); it != nets.end() && it->first.starts_with(first); ++it) {
            auto const rest = it->first.substr(first.size());
            for (auto const& prefix : prefixes) {
                BOOST_REQUIRE_EQUAL(nets.at(prefix + rest), it->second);
                ++compared;
            }
        }
    }
    BOOST_TEST(compared >= histories * permutations);
    BOOST_TEST(house.verifies());
    house.clock.advance(60 * day_us);
    while (house.release() > 0) {
    }
    BOOST_TEST(house.count("commission where released = 0") == 0);
    BOOST_TEST(house.verifies());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tracking
