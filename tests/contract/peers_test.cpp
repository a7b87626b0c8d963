// Servers that share a PostgreSQL: what they tell each other, and the number that only one of them has.
#include "storage/peers.hpp"

#include <signal.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "contract/database.hpp"

namespace partnerd::storage {
namespace {

// What a server heard. Any thread.
class Ear {
  public:
    Hearing hearing() {
        return {[this](std::string_view text) { add(std::string(text)); }, [this] { ++missed; }};
    }
    // False when it did not come within 20 s.
    bool waits_for(std::string const& text) {
        std::unique_lock lock(mutex_);
        return came_.wait_for(lock, std::chrono::seconds(20), [&] { return std::find(heard_.begin(), heard_.end(), text) != heard_.end(); });
    }
    std::vector<std::string> heard() {
        std::lock_guard const lock(mutex_);
        return heard_;
    }
    std::atomic<int> missed{0};

  private:
    void add(std::string text) {
        std::lock_guard const lock(mutex_);
        heard_.push_back(std::move(text));
        came_.notify_all();
    }
    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<std::string> heard_;
};

struct Fixture : Opened<PostgresqlDatabase> {
    std::unique_ptr<Peers> peers() { return join_peers(database.settings()); }
    void tell(std::string const& text) {
        storage->write([&](Tx& tx) { return tell_peers(tx, text), true; });
    }
    void end_sessions() { PostgresqlCluster::running().end_sessions(database.user()); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(peers, Fixture)

BOOST_AUTO_TEST_CASE(what_a_committed_unit_told_is_heard_once_and_what_was_rolled_back_is_not) {
    Ear ear;
    auto const listening = peers();
    tell("before it began to hear");
    listening->start(ear.hearing());
    BOOST_TEST(!storage->write([](Tx& tx) { return tell_peers(tx, "rolled back"), false; }));
    storage->write([](Tx& tx) {
        tx.nested([&] { return tell_peers(tx, "rolled back in part"), false; });
        tell_peers(tx, "twice in a unit");
        tell_peers(tx, "twice in a unit");
        return true;
    });
    tell("with 'quotes', \\ and \nlines");
    BOOST_TEST(ear.waits_for("with 'quotes', \\ and \nlines"));
    std::vector<std::string> const expected = {"before it began to hear", "twice in a unit", "with 'quotes', \\ and \nlines"};
    BOOST_TEST(ear.heard() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(servers_of_another_schema_are_no_peers) {
    Ear ear;
    PostgresqlDatabase const other;
    auto const elsewhere = join_peers(other.settings());
    auto const here = peers();
    BOOST_TEST(here->take(3));
    BOOST_TEST(elsewhere->holder(3).empty());
    elsewhere->start(ear.hearing());
    tell("for others");
    open_storage(other.settings())->write([](Tx& tx) { return tell_peers(tx, "for us"), true; });
    BOOST_TEST(ear.waits_for("for us"));
    BOOST_TEST(ear.heard().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_number_is_one_servers_until_it_leaves_or_ends) {
    auto first = peers();
    auto const second = peers();
    BOOST_TEST(first->take(5));
    BOOST_TEST(!second->take(5));
    BOOST_TEST(second->holder(5).find("since 2") != std::string::npos);
    BOOST_TEST(second->holder(6).empty());
    first->leave(5);
    BOOST_TEST(second->take(5));
    BOOST_TEST(!first->take(5));
    BOOST_TEST(first->take(6));
    first.reset();
    // The server of the database sees the end of a session a moment later.
    auto const third = peers();
    bool taken = false;
    for (int i = 0; i < 2000 && !taken; ++i) {
        taken = third->take(6);
        if (!taken) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    BOOST_TEST(taken);
}

BOOST_AUTO_TEST_CASE(after_a_lost_session_something_was_missed_and_the_number_is_held_again) {
    Ear ear;
    auto const listening = peers();
    BOOST_TEST(listening->take(9));
    listening->start(ear.hearing());
    for (int round = 0; round < 3; ++round) {
        auto const before = ear.missed.load();
        end_sessions();
        auto const text = "round " + std::to_string(round);
        bool heard = false;
        for (int i = 0; i < 200 && !heard; ++i) {
            tell(text);
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            auto const all = ear.heard();
            heard = std::find(all.begin(), all.end(), text) != all.end();
        }
        BOOST_TEST(heard);
        BOOST_TEST(ear.missed.load() > before);
        auto const other = peers();
        BOOST_TEST(!other->take(9));
    }
}

BOOST_AUTO_TEST_CASE(while_it_cannot_listen_everything_is_forgotten_again_and_again) {
    Ear ear;
    auto const listening = peers();
    listening->start(ear.hearing());
    auto& cluster = PostgresqlCluster::running();
    cluster.run_sql("partnerd", "alter role " + database.user() + " nologin");
    end_sessions();
    auto const before = ear.missed.load();
    for (int i = 0; i < 2000 && ear.missed < before + 4; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_TEST(ear.missed >= before + 4);
    cluster.run_sql("partnerd", "alter role " + database.user() + " login");
    for (int i = 0; i < 200 && ear.heard().empty(); ++i) {
        tell("again");
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    BOOST_TEST(!ear.heard().empty());
}

// Its process sleeps, as a machine that is gone without a word: nothing is closed, nothing comes. ADR 16: trusted for 600 ms.
BOOST_AUTO_TEST_CASE(a_database_that_is_silent_is_not_trusted_long_before_its_session_is_given_up) {
    Ear ear;
    auto const listening = peers();
    listening->start(ear.hearing());
    tell("it hears");
    BOOST_TEST_REQUIRE(ear.waits_for("it hears"));
    auto const session = [&] {
        std::int64_t pid = 0;
        for (int i = 0; i < 2000 && pid == 0; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            storage->read([&](Tx& tx) { pid = tx.value<std::int64_t>("select pid::bigint from pg_stat_activity where usename = current_user and query = 'SELECT 1'").value_or(0); });
        }
        return static_cast<pid_t>(pid);
    };
    auto const pid = session();
    BOOST_TEST_REQUIRE(pid > 0);
    auto const before = ear.missed.load();
    auto const silent_since = std::chrono::steady_clock::now();
    BOOST_TEST_REQUIRE(::kill(pid, SIGSTOP) == 0);
    for (int i = 0; i < 2000 && ear.missed == before; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    BOOST_TEST_MESSAGE("everything was forgotten after a silence of "
                       << std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - silent_since).count() << " ms");
    for (int i = 0; i < 2000 && ear.missed < before + 2; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    BOOST_TEST(ear.missed >= before + 2);  // and again, as long as it lasts
    BOOST_TEST_REQUIRE(::kill(pid, SIGCONT) == 0);
    tell("again");
    BOOST_TEST(ear.waits_for("again"));
    BOOST_TEST(session() == pid);
}

BOOST_AUTO_TEST_CASE(what_a_listener_throws_is_something_missed) {
    std::atomic<int> missed{0};
    auto const listening = peers();
    listening->start({[](std::string_view) { throw Failure(Failure::Category::timeout, "busy"); },
                      [&] {
                          if (++missed == 1) throw Failure(Failure::Category::timeout, "still busy");
                      }});
    tell("anything");
    for (int i = 0; i < 2000 && missed < 2; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_TEST(missed >= 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(sqlite_has_no_peers_and_tells_nobody) {
    Opened<SqliteDatabase> one;
    BOOST_TEST(join_peers(one.database.settings()) == nullptr);
    BOOST_TEST(one.storage->write([](Tx& tx) { return tell_peers(tx, "nothing"), true; }));
}

}  // namespace partnerd::storage
