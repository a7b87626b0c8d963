// What only a database server can do to partnerd under load: end its sessions, or restart.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "database/postgresql_cluster.hpp"
#include "e2e/crowd.hpp"
#include "e2e/shopfront.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;
using partnerd::storage::PostgresqlCluster;

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int clients = 64;

// Sales and refunds of 64 clients until end(), each with a key of its own and sent again after 503 as a merchant's queue does.
class Load {
  public:
    explicit Load(Shopfront& shop) : server_(shop.server()), key_(create_key(shop.installation(), {"--kind", "merchant", "--program", "retail"})) {}

    void run() {
        in_parallel(clients, complaints, [&](int client) {
            Session session(server_, key_);
            for (int i = 0; !ended_; ++i) {
                auto const id = "o" + std::to_string(client) + "-" + std::to_string(i);
                json::object sale{{"external_id", id}, {"customer", id}, {"amount", money("10.00", "GBP")}, {"assigned_partner", client % 2 == 0 ? "acme" : "zeta"}};
                if (!report(session, "/v1/programs/retail/conversions", id, sale)) return;
                if (i % 4 != 0) continue;
                json::object refund{{"external_id", id}, {"adjustment_id", "r" + id}, {"type", "refund"}, {"amount", money("4.00", "GBP")}};
                if (!report(session, "/v1/programs/retail/adjustments", "r" + id, refund)) return;
            }
        });
    }

    void end() { ended_ = true; }

    Complaints complaints;
    std::set<std::string> acknowledged() const { return acknowledged_; }  // behind run()
    std::int64_t refused() const { return refused_; }
    SteadyClock::time_point last_refusal() const { return SteadyClock::time_point(SteadyClock::duration(last_refusal_.load())); }

  private:
    bool report(Session& session, std::string const& target, std::string const& id, json::object const& body) {
        for (;;) {
            auto const answer = session.post(target, json::serialize(body), "key-" + id);
            if (answer.status == 201) break;
            if (answer.status != 503 && answer.status != 504) {
                complaints.add(id + " -> " + std::to_string(answer.status) + " " + answer.raw.body);
                return false;
            }
            ++refused_;
            last_refusal_ = SteadyClock::now().time_since_epoch().count();
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        std::lock_guard const lock(mutex_);
        acknowledged_.insert(id);
        return true;
    }

    RunningServer const& server_;
    std::string const key_;
    std::atomic<bool> ended_{false};
    std::atomic<std::int64_t> refused_{0}, last_refusal_{0};
    std::mutex mutex_;
    std::set<std::string> acknowledged_;
};

void check_all_there_once(Shopfront const& shop, Load const& load) {
    BOOST_TEST(load.complaints.text() == "");
    std::set<std::string> there;
    std::size_t rows = 0;
    auto const database = shop.database();
    for (auto const* const sql : {"select external_id from conversion", "select adjustment_id from adjustment"})
        for (auto& id : database.texts(sql)) {
            there.insert(std::move(id));
            ++rows;
        }
    BOOST_TEST(rows == there.size());
    BOOST_TEST((there == load.acknowledged()));
    BOOST_TEST(there.size() > 100u);
    // 1.00 of each sale, and 0.40 back for each refund.
    auto const sales = database.number("select count(*) from conversion"), refunds = database.number("select count(*) from adjustment");
    BOOST_TEST(database.number("select sum(net_minor) from commission") == 100 * sales - 40 * refunds);
    BOOST_TEST(database.number("select sum(revenue_minor) from rollup_sales") == 1000 * sales);
    shop.check_verified();
}

}  // namespace

BOOST_AUTO_TEST_CASE(sessions_that_are_ended_under_load_cost_nothing_and_repeat_nothing) {
    Shopfront shop;
    auto const until = SteadyClock::now() + std::chrono::seconds(6);
    Load load(shop);
    std::thread running([&] { load.run(); });
    // Each time takes a psql, which a busy machine is slow to start.
    for (int ended = 0; ended <= 10 || SteadyClock::now() < until; ++ended) {
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        PostgresqlCluster::running().run_sql("partnerd", "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'partnerd'");
    }
    load.end();
    running.join();
    check_all_there_once(shop, load);
    BOOST_TEST(shop.office().get("/readyz").status == 200);
    BOOST_TEST(shop.server().stop().exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_database_that_restarts_under_load_is_found_again_and_nothing_acknowledged_is_lost) {
    Shopfront shop;
    auto const started = SteadyClock::now();
    Load load(shop);
    std::thread running([&] { load.run(); });
    SteadyClock::time_point back;
    for (int i = 0; i < 2; ++i) {
        std::this_thread::sleep_for(std::chrono::seconds(1));
        PostgresqlCluster::running().restart_at_once();
        back = SteadyClock::now();
    }
    std::this_thread::sleep_until(std::max(started + std::chrono::seconds(14), back + std::chrono::seconds(10)));
    load.end();
    running.join();
    BOOST_TEST(load.refused() > 0);
    BOOST_TEST((load.last_refusal() < back + std::chrono::seconds(10)));
    check_all_there_once(shop, load);
    BOOST_TEST(shop.office().get("/readyz").status == 200);
    BOOST_TEST(shop.server().stop().exit_code == 0);
}
