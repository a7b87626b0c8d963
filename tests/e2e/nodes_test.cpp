// Three servers on one PostgreSQL: any request to any of them, what one changes the others know, and one may go at any time.
#include <signal.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <functional>
#include <set>
#include <thread>

#include "e2e/crowd.hpp"
#include "e2e/nodes.hpp"
#include "e2e/traffic.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;
using Steady = std::chrono::steady_clock;

namespace {

std::string const sales = "/v1/programs/retail/conversions", coupons = "/v1/programs/retail/coupons";

json::object sale(std::string const& id) { return {{"external_id", id}, {"customer", id}, {"assigned_partner", "acme"}, {"amount", money("10.00", "GBP")}}; }

// Waits until it is so and says how long that took; what is never so is an error.
void soon(char const* what, std::function<bool()> const& is_so) {
    auto const from = Steady::now();
    while (!is_so()) {
        if (Steady::now() - from > std::chrono::seconds(20)) {
            BOOST_ERROR("20 s later it is not so that " << what);
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    BOOST_TEST_MESSAGE(what << ": after " << std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - from).count() << " ms");
}

// When the job began, over and over, until it is destroyed.
class JobWatch {
  public:
    explicit JobWatch(Nodes& nodes) : database_(nodes.any().database()), thread_([this] { watch(); }) {}
    ~JobWatch() { end(); }
    std::vector<std::int64_t> const& end() {
        ending_ = true;
        if (thread_.joinable()) thread_.join();
        return starts_;
    }

  private:
    void watch() {
        while (!ending_) {
            auto const start = database_.number("select last_started_us from job where id = 'core.release'");
            if (start != 0 && (starts_.empty() || starts_.back() != start)) starts_.push_back(start);
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }
    Database const database_;
    std::atomic<bool> ending_{false};
    std::vector<std::int64_t> starts_;
    std::thread thread_;
};

// What a visitor of the link gets: "counted", "not counted", or the status of a failure.
std::string visit(Session& visitor) {
    auto const answer = visitor.get("/r/landing");
    if (answer.status != 302) return std::to_string(answer.status);
    return std::string(answer.raw.header("location")).find("click_id=") == std::string::npos ? "not counted" : "counted";
}

Answer set_status(Session& office, std::string const& status) { return office.post("/v1/programs/retail/status", json::object{{"status", status}}); }

}  // namespace

BOOST_AUTO_TEST_CASE(what_one_server_changes_the_others_know_at_once_or_soon) {
    Nodes nodes;
    auto a = nodes.office(0), b = nodes.office(1);
    Session visitor(nodes.server(1), {});
    soon("a key made before is known", [&] { return b.get("/v1/programs/retail").status == 200; });
    BOOST_TEST(visit(visitor) == "counted");

    auto const made = a.post("/v1/keys", json::object{{"kind", "operator"}});
    BOOST_REQUIRE_EQUAL(made.status, 201);
    Session fresh(nodes.server(1), made.text("key"));
    soon("a key that A made is good on B", [&] { return fresh.get("/v1/programs/retail").status == 200; });
    BOOST_TEST(a.send("DELETE", "/v1/keys/" + made.text("id"), {}).status < 300);
    soon("a key that A revoked is refused by B", [&] { return fresh.get("/v1/programs/retail").status == 401; });

    auto const first = a.post(sales, sale("o1"), "the-key");
    BOOST_REQUIRE_EQUAL(first.status, 201);
    auto const replayed = b.post(sales, sale("o1"), "the-key");
    BOOST_TEST(replayed.status == 201);
    BOOST_TEST(replayed.raw.body == first.raw.body);
    BOOST_TEST(replayed.raw.header("idempotent-replayed") == "true");
    BOOST_TEST(b.post(sales, sale("o2"), "the-key").code() == "idempotency_key_reused");

    BOOST_REQUIRE_EQUAL(set_status(a, "paused").status, 200);
    soon("a visitor of a program that A paused is not counted by B", [&] { return visit(visitor) == "not counted"; });
    BOOST_REQUIRE_EQUAL(set_status(b, "live").status, 200);
    soon("and is, when it is live again", [&] { return visit(visitor) == "counted"; });

    // How long, when nothing else is to do: from the answer to A until a visitor of B meets it.
    std::vector<std::int64_t> waited;
    for (int i = 0; i < 40; ++i) {
        BOOST_REQUIRE_EQUAL(set_status(a, i % 2 == 0 ? "paused" : "live").status, 200);
        auto const told = Steady::now();
        while (visit(visitor) != (i % 2 == 0 ? "not counted" : "counted"))
            if (Steady::now() - told > std::chrono::seconds(20)) throw std::runtime_error("20 s later B has not heard it");
        waited.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - told).count());
    }
    std::sort(waited.begin(), waited.end());
    BOOST_TEST_MESSAGE("a change is known on another server " << waited[waited.size() / 2] << " us behind its answer (median of " << waited.size() << "), " << waited.back() << " us at most");

    nodes.check_verified();
    nodes.stop_all();
}

BOOST_AUTO_TEST_CASE(the_same_key_sent_to_all_servers_at_once_is_done_once_and_answered_alike) {
    constexpr int keys = 40;
    Nodes nodes;
    soon("every server knows the key", [&] { return nodes.office(1).get("/v1/programs/retail").status == 200 && nodes.office(2).get("/v1/programs/retail").status == 200; });
    std::array<std::vector<std::string>, Nodes::count> bodies;
    Complaints complaints;
    std::barrier together(Nodes::count);
    in_parallel(Nodes::count, complaints, [&](int node) {
        auto session = nodes.office(static_cast<std::size_t>(node));
        for (int i = 0; i < keys; ++i) {
            auto const id = "same-" + std::to_string(i);
            together.arrive_and_wait();
            auto const answer = session.post_patiently(sales, json::serialize(sale(id)), "key-" + id);
            if (answer.status != 201) complaints.add(answer.raw.body);
            bodies[static_cast<std::size_t>(node)].push_back(answer.raw.body);
        }
    });
    BOOST_TEST(complaints.text() == "");
    BOOST_TEST(bodies[0] == bodies[1], boost::test_tools::per_element());
    BOOST_TEST(bodies[0] == bodies[2], boost::test_tools::per_element());
    BOOST_TEST(nodes.database().number("select count(*) from conversion") == keys);
    nodes.check_verified();
}

BOOST_AUTO_TEST_CASE(a_server_that_lost_its_sessions_hears_the_others_again_and_keeps_its_number) {
    Nodes nodes;
    Session visitor(nodes.server(1), {});
    BOOST_TEST(visit(visitor) == "counted");
    partnerd::testing::run_in_cluster("postgres", "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + nodes.database_name() + "'");
    auto a = nodes.office(0);
    soon("the first server writes again", [&] { return set_status(a, "paused").status == 200; });
    soon("the second one knows", [&] { return visit(visitor) == "not counted"; });
    // Of this database: other tests have servers on the same cluster.
    auto const held = "select count(*) from pg_locks where locktype = 'advisory' and objsubid = 2 and granted and "
                      "database = (select oid from pg_database where datname = current_database())";
    soon("each number is held again", [&] { return nodes.database().number(held) == 3; });
    for (std::size_t node = 0; node < Nodes::count; ++node) BOOST_TEST(nodes.office(node).get("/readyz").status == 200);
    nodes.stop_all();
}

BOOST_AUTO_TEST_CASE(a_job_whose_server_was_killed_is_another_ones_when_its_lease_is_over) {
    Nodes nodes;
    auto const url = nodes.any().database();
    auto const unsealed = [&] { return nodes.database().number("select (select count(*) from entry) - (select count(*) from seal)"); };
    auto const sealing = [&] { return nodes.database().number("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%seal%'"); };
    nodes.stop(1);
    nodes.stop(2);
    // The first server begins to seal, and cannot end it.
    std::thread lock([&] {
        try {
            edit(url, "set application_name = 'lock'; begin; lock table seal in exclusive mode; select pg_sleep(120)");
        } catch (std::runtime_error const&) {
            // Ended below.
        }
    });
    soon("the table is locked", [&] { return nodes.database().number("select count(*) from pg_stat_activity where application_name = 'lock' and query like '%pg_sleep%'") == 1; });
    BOOST_TEST(nodes.office(0).post(sales, sale("o1")).status == 201);
    edit(url, "update job set next_due_us = 0 where id = 'core.seal'");
    soon("the first server seals", [&] { return sealing() == 1; });
    auto const lease = [&] { return nodes.database().number("select lease_until_us from job where id = 'core.seal'"); };
    auto const taken = lease();
    nodes.server(0).signal(SIGSTOP);
    nodes.start(1);
    nodes.start(2);
    // The job has been due for seconds, and nobody else took it.
    BOOST_TEST(taken > 0);
    BOOST_TEST(lease() == taken);
    nodes.kill(0);
    partnerd::testing::run_in_cluster("postgres", "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lock'");
    lock.join();
    BOOST_TEST(unsealed() > 0);
    edit(url, "update job set lease_until_us = 1 where id = 'core.seal'");  // five minutes later
    soon("another one seals", [&] { return unsealed() == 0; });
    nodes.check_verified();
}

BOOST_AUTO_TEST_CASE(a_number_that_is_in_use_is_refused_and_a_free_one_is_taken_without_being_asked_for) {
    Nodes nodes;
    Installation const second(nodes.any(), "127.0.0.1:0", "[node]\nid = 1\n");
    auto const refused = second.run({"serve"});
    BOOST_TEST(refused.exit_code() == 1);
    BOOST_TEST(refused.err.find("node 1 is in use by a server") != std::string::npos, refused.err);
    Installation const other(nodes.any(), "127.0.0.1:0", "[node]\nid = 7\n");
    RunningServer seventh(other);
    BOOST_TEST(seventh.log().find("\"node\":7") != std::string::npos, seventh.log());
    nodes.any().done({"key", "create", "--kind", "operator"});  // beside four servers, with a number of its own
    BOOST_TEST(seventh.stop().exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_coupon_with_a_limit_is_redeemed_as_often_as_it_allows_over_all_servers) {
    constexpr int redeems = 600, uses = 50, clients = 24;
    Nodes nodes;
    auto office = nodes.office(0);
    BOOST_REQUIRE_EQUAL(office.post(coupons + "/campaigns", json::object{{"campaign", "rush"}}).status, 201);
    BOOST_REQUIRE_EQUAL(office.post(coupons + "/codes", json::object{{"campaign", "rush"}, {"code", "RUSH"}, {"partner", "acme"}, {"usage_limit", uses}}).status, 201);
    soon("every server knows the key", [&] { return nodes.office(1).get("/v1/programs/retail").status == 200 && nodes.office(2).get("/v1/programs/retail").status == 200; });
    std::atomic<int> next{0}, granted{0}, refused{0};
    Complaints complaints;
    in_parallel(clients, complaints, [&](int client) {
        auto session = nodes.office(static_cast<std::size_t>(client) % Nodes::count);
        for (int i = 0; (i = next++) < redeems;) {
            auto const id = "rush-" + std::to_string(i);
            auto const answer = session.post_patiently(coupons + "/redeem", json::serialize(json::object{{"redemption_id", id}, {"code", "RUSH"}, {"customer", id}}));
            if (answer.status == 201) ++granted;
            else if (answer.status == 409 && answer.code() == "limit_reached") ++refused;
            else complaints.add(id + " -> " + answer.raw.body);
        }
    });
    BOOST_TEST(complaints.text() == "");
    BOOST_TEST(granted == uses);
    BOOST_TEST(refused == redeems - uses);
    BOOST_TEST(nodes.database().number("select used from coupons_code") == uses);
    BOOST_TEST(nodes.database().number("select count(*) from coupons_redemption") == uses);
    nodes.check_verified();
}

BOOST_AUTO_TEST_CASE(a_server_that_is_killed_under_load_costs_nothing_that_was_acknowledged) {
    Nodes nodes;
    Traffic traffic(nodes, Traffic::Manner::patient);
    for (std::size_t node = 0; node < Nodes::count; ++node) {
        traffic.await(200);
        nodes.kill(node);
        traffic.await(200);
        nodes.start(node);
    }
    traffic.check_books();
    BOOST_TEST_MESSAGE(traffic.summary() << " while three servers were killed");
    BOOST_TEST(nodes.database().number("select count(distinct (id >> 13) & 511) from conversion") >= 3);
}

BOOST_AUTO_TEST_CASE(servers_restarted_one_after_the_other_fail_no_request) {
    Nodes nodes;
    JobWatch jobs(nodes);
    Traffic traffic(nodes, Traffic::Manner::plain);
    for (std::size_t node = 0; node < Nodes::count; ++node) {
        traffic.await(50);
        nodes.stop(node);
        nodes.start(node);
    }
    traffic.check_books();
    BOOST_TEST_MESSAGE(traffic.summary() << " while three servers were restarted");
    // Every five seconds, whoever does it.
    auto const& starts = jobs.end();
    BOOST_TEST(starts.size() >= 2u);
    for (std::size_t i = 1; i < starts.size(); ++i) BOOST_TEST(starts[i] - starts[i - 1] >= 5'000'000);
}
