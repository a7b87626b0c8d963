// The number of a server on a PostgreSQL that it shares: who may mint, and how far.
#include <boost/test/unit_test.hpp>

#include <set>

#include "contract/database.hpp"
#include "host/node_seat.hpp"
#include "host/schema.hpp"
#include "logging/log.hpp"

namespace partnerd::host {
namespace {

using storage::Peers;

constexpr std::int64_t start_us = 1'770'000'000'000'000;

struct Fixture {
    Fixture() {
        logging::set_level(logging::Level::off);
        store = storage::open_storage(database.settings());
        storage::migrate(*store, "core", core_migrations());
    }
    std::unique_ptr<Peers> peers() const { return storage::join_peers(database.settings()); }
    std::unique_ptr<NodeSeat> seat(Peers& at, std::optional<int> wanted, bool command = false) { return std::make_unique<NodeSeat>(*store, at, clock, wanted, command); }

    storage::PostgresqlDatabase database;
    std::unique_ptr<storage::Storage> store;
    ManualClock clock{start_us};
};

struct Minted {
    explicit Minted(Clock const& clock, NodeSeat& seat) : mint(clock, seat.node(), seat.first_ms()) {}
    // False when it may mint none now.
    bool one() {
        try {
            return ids.insert(mint.mint()).second;
        } catch (Refused const& refused) {
            BOOST_TEST(refused.error.name() == "busy");
            return false;
        }
    }
    IdMint mint;
    std::set<Id> ids;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(nodes, Fixture)

BOOST_AUTO_TEST_CASE(servers_take_the_first_free_number_and_commands_the_last) {
    auto const a = peers(), b = peers(), c = peers(), d = peers();
    auto first = seat(*a, {});
    auto const second = seat(*b, {}), command = seat(*c, 1, true);
    BOOST_TEST(first->node() == 0);
    BOOST_TEST(second->node() == 1);
    BOOST_TEST(command->node() == 511);
    first.reset();
    a->leave(0);
    BOOST_TEST(seat(*d, {})->node() == 0);
}

BOOST_AUTO_TEST_CASE(a_number_in_use_is_refused_by_name) {
    auto const a = peers(), b = peers();
    auto const first = seat(*a, 4);
    try {
        seat(*b, 4);
        BOOST_ERROR("two have number 4");
    } catch (std::runtime_error const& error) {
        std::string const text = error.what();
        BOOST_TEST(text.find("node 4 is in use by a server at ") == 0u, text);
    }
}

BOOST_AUTO_TEST_CASE(a_number_whose_server_was_alive_a_moment_ago_is_left_alone_unless_it_is_asked_for) {
    auto const a = peers(), b = peers(), c = peers(), d = peers();
    auto const first = seat(*a, {});
    a->leave(0);  // as when its session was lost
    BOOST_TEST(seat(*b, {})->node() == 1);
    b->leave(1);
    clock.advance(11 * second_us);
    BOOST_TEST(seat(*c, {})->node() == 0);
    c->leave(0);
    BOOST_TEST(seat(*d, 0)->node() == 0);
}

BOOST_AUTO_TEST_CASE(who_lost_its_number_mints_nothing_that_the_next_one_mints) {
    auto const a = peers(), b = peers();
    auto const former = seat(*a, 3);
    Minted first(clock, *former);
    former->keep(first.mint);
    BOOST_TEST(first.one());
    a->leave(3);
    auto const owner = seat(*b, 3);
    Minted second(clock, *owner);
    owner->keep(second.mint);
    // The former owner does not know yet, and its clock runs on.
    for (int i = 0; i < 200; ++i) {
        first.one();
        second.one();
        clock.advance(100'000);
    }
    BOOST_TEST(first.ids.size() > 1u);
    for (auto const id : first.ids) BOOST_TEST(!second.ids.contains(id));
    for (int i = 0; i < 2000 && former->trouble().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_TEST(former->trouble() == "node 3 belongs to another server now; start this one again");
    BOOST_TEST(!first.one());
    BOOST_TEST(owner->trouble().empty());
}

BOOST_AUTO_TEST_CASE(a_server_is_alive_by_its_name_until_it_leaves_or_is_silent_for_ten_seconds) {
    auto const a = peers(), b = peers();
    auto const alive = [&](std::string const& name) {
        bool found = false;
        store->read([&](storage::Tx& tx) { found = NodeSeat::is_alive(tx, clock, name); });
        return found;
    };
    auto first = seat(*a, 3);
    auto const name = first->name();
    BOOST_TEST(alive(name));
    for (auto const* const other : {"", "3", "3 ", "4 x", "x", "3 another"}) BOOST_TEST(!alive(other), other);
    clock.advance(11 * second_us);
    BOOST_TEST(!alive(name));
    a->leave(3);
    auto const next = seat(*b, 3);
    BOOST_TEST(!alive(name));
    BOOST_TEST(alive(next->name()));
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_before_a_restart_repeats_no_id) {
    auto const a = peers(), b = peers();
    std::set<Id> before;
    {
        auto const seat_before = seat(*a, 3);
        Minted minted(clock, *seat_before);
        seat_before->keep(minted.mint);
        for (int i = 0; i < 20'000; ++i) minted.one();
        before = minted.ids;
    }
    a->leave(3);
    clock.advance(-hour_us);
    auto const seat_after = seat(*b, 3);
    Minted minted(clock, *seat_after);
    seat_after->keep(minted.mint);
    for (int i = 0; i < 20'000; ++i) BOOST_TEST_REQUIRE(minted.one());
    BOOST_TEST(*before.rbegin() < *minted.ids.begin());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::host
