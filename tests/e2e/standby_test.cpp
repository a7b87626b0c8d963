// Three servers, HAProxy, and a PostgreSQL whose primary dies: its synchronous standby takes over, and nobody who was told "done" was told
// a lie.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <thread>

#include "database/postgresql_pair.hpp"
#include "e2e/traffic.hpp"

using namespace partnerd::e2e;
using partnerd::testing::PostgresqlPair;
using Steady = std::chrono::steady_clock;

namespace {

struct Fixture {
    PostgresqlPair pair;
    Nodes nodes{pair.url()};
};

std::int64_t ms(Steady::duration time) { return std::chrono::duration_cast<std::chrono::milliseconds>(time).count(); }

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_standby_that_is_promoted_under_load_has_all_that_was_acknowledged, Fixture) {
    Traffic traffic(nodes, Traffic::Manner::patient);
    traffic.await(400);
    pair.kill_primary();
    auto const killed = Steady::now();
    pair.promote_standby();
    auto const promoted = Steady::now();
    traffic.await(400);
    traffic.check_books();
    BOOST_TEST_MESSAGE("the standby was asked to take over " << ms(promoted - killed) << " ms after the primary was killed; the first success came " << traffic.back_after(killed).count()
                                                             << " ms after the kill, " << traffic.back_after(promoted).count() << " ms after the promotion; " << traffic.summary());
    BOOST_TEST((traffic.back_after(promoted) < std::chrono::seconds(60)));
}

BOOST_FIXTURE_TEST_CASE(a_primary_that_restarts_under_load_is_found_again_by_all_servers, Fixture) {
    Traffic traffic(nodes, Traffic::Manner::patient);
    traffic.await(200);
    pair.restart_primary();
    auto const back = Steady::now();
    traffic.await(400);
    traffic.check_books();
    BOOST_TEST_MESSAGE("the first success came " << traffic.back_after(back).count() << " ms after the primary was back; " << traffic.summary());
}

// The mistake that costs sales elsewhere: the machine comes back, and its PostgreSQL is started as it was.
BOOST_FIXTURE_TEST_CASE(a_former_primary_that_comes_back_as_it_was_is_not_written_to, Fixture) {
    Traffic traffic(nodes, Traffic::Manner::patient);
    traffic.await(100);
    pair.kill_primary();
    pair.promote_standby();
    traffic.await(100);
    pair.start_former_primary();
    // It is the first of the URL, and every session is opened anew.
    pair.ask(1, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'partnerd'");
    nodes.server(0).wait_for_log("leads to a former primary");
    std::string ready;
    for (int i = 0; i < 2000 && ready.find("leads to a former primary") == std::string::npos; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        ready = nodes.office(0).get("/readyz").raw.body;
    }
    BOOST_TEST(ready.find("leads to a former primary") != std::string::npos, ready);
    pair.follow_new_primary();
    traffic.await(100);
    traffic.check_books();
    BOOST_TEST(pair.ask(1, "select sync_state from pg_stat_replication") == "sync");
    BOOST_TEST_MESSAGE(traffic.summary());
}

BOOST_FIXTURE_TEST_CASE(a_server_that_is_stopped_while_the_standby_is_away_ends, Fixture) {
    auto const wait_for = [&](std::string const& standby) {
        pair.ask(0, "alter system set synchronous_standby_names = '" + standby + "'");
        pair.ask(0, "select pg_reload_conf()");
    };
    wait_for("nobody");
    std::thread client([&] {
        try {
            nodes.office(0).post("/v1/programs/retail/conversions", R"({"external_id":"o1","customer":"c","assigned_partner":"acme","amount":{"amount":"10.00","currency":"GBP"}})");
        } catch (std::exception const&) {
            // Cut off.
        }
    });
    std::string ready;
    for (int i = 0; i < 2000 && ready.find("commits wait") == std::string::npos; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        ready = nodes.office(0).get("/readyz").raw.body;
    }
    BOOST_TEST(ready.find("commits wait") != std::string::npos, ready);
    auto const ended = nodes.server(0).stop();
    client.join();
    wait_for("standby");
    BOOST_TEST(ended.exit_code == 0);
    nodes.check_verified();
}
