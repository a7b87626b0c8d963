// The server as a process: what signals, a second server and a broken configuration do to it.
#include <signal.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

#include "e2e/crowd.hpp"
#include "e2e/shopfront.hpp"
#include "unit/http/raw_client.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;

namespace {
bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }
}  // namespace

BOOST_AUTO_TEST_CASE(a_stop_under_load_answers_what_was_accepted_and_keeps_what_was_acknowledged) {
    constexpr int clients = 32;
    Shopfront shop;
    auto const key = create_key(shop.installation(), {"--kind", "merchant", "--program", "retail"});
    std::atomic<int> acknowledged{0}, sent{0};
    Complaints complaints;
    std::thread load([&] {
        in_parallel(clients, complaints, [&](int client) {
            Session session(shop.server(), key);
            for (int i = 0;; ++i) {
                auto const id = std::to_string(client) + "-" + std::to_string(i);
                Answer answer;
                try {
                    ++sent;
                    answer =
                        session.post("/v1/programs/retail/conversions",
                                     json::object{{"external_id", id}, {"assigned_partner", "acme"}, {"amount", money("1.00", "GBP")}});
                } catch (std::runtime_error const&) {
                    return;  // the connection was closed, or nobody listens any more
                }
                if (answer.status == 201) ++acknowledged;
                else if (answer.status != 503 && answer.status != 504) complaints.add(id + " -> " + answer.raw.body);
                if (answer.status == 503) return;
            }
        });
    });
    while (acknowledged < 200) std::this_thread::yield();
    auto const ended = shop.server().stop();
    load.join();
    BOOST_TEST(ended.exit_code == 0, shop.server().log());
    BOOST_TEST(complaints.text() == "");
    BOOST_TEST(has(shop.server().log(), "\"stopped\""));
    auto const recorded = shop.database().number("select count(*) from conversion");
    BOOST_TEST(recorded == acknowledged);
    shop.check_verified();
}

namespace {
// A server that is stopped with this grace.
class Leaving {
  public:
    explicit Leaving(int grace_ms) {
        auto text = read_text(shop_.installation().config());
        text.replace(text.find("rate_per_minute = 0"), 19, "rate_per_minute = 0\ndrain_grace_ms = " + std::to_string(grace_ms));
        write_text(shop_.installation().config(), text);
        shop_.server().stop();
        server_ = std::make_unique<RunningServer>(shop_.installation());
        key_ = create_key(shop_.installation(), {"--kind", "merchant", "--program", "retail"});
    }
    RunningServer& server() { return *server_; }
    Session merchant() { return Session(*server_, key_); }
    std::string const& key() const { return key_; }
    std::int64_t recorded() const { return shop_.database().number("select count(*) from conversion"); }

  private:
    Shopfront shop_;
    std::unique_ptr<RunningServer> server_;
    std::string key_;
};

json::object sale(std::string const& id) { return {{"external_id", id}, {"assigned_partner", "acme"}, {"amount", money("1.00", "GBP")}}; }
constexpr char conversions[] = "/v1/programs/retail/conversions";
}  // namespace

BOOST_AUTO_TEST_CASE(a_leaving_server_is_not_ready_and_serves_until_its_grace_is_over) {
    Leaving leaving(3000);
    auto kept = leaving.merchant();
    BOOST_TEST(kept.get("/readyz").status == 200);
    leaving.server().signal(SIGTERM);
    leaving.server().wait_for_log("not ready any more");
    auto fresh = leaving.merchant();
    BOOST_TEST(fresh.get("/readyz").status == 503);
    BOOST_TEST(kept.post(conversions, sale("kept")).status == 201);
    BOOST_TEST(leaving.merchant().post(conversions, sale("new")).status == 201);
    BOOST_TEST(leaving.merchant().get("/livez").status == 200);
    BOOST_TEST(leaving.server().wait().exit_code == 0);
    BOOST_CHECK_THROW(leaving.merchant().get("/livez"), std::runtime_error);
    BOOST_TEST(leaving.recorded() == 2);
}

BOOST_AUTO_TEST_CASE(a_balancer_that_watches_readyz_loses_no_request_over_a_stop) {
    Leaving leaving(3000);
    std::atomic<bool> ready{true};
    std::atomic<int> acknowledged{0};
    Complaints complaints;
    std::thread watch([&] {
        while (leaving.merchant().get("/readyz").status == 200) std::this_thread::sleep_for(std::chrono::milliseconds(50));
        ready = false;
    });
    std::thread load([&] {
        in_parallel(8, complaints, [&](int client) {
            auto session = leaving.merchant();
            for (int i = 0; ready; ++i) {
                auto const id = std::to_string(client) + "-" + std::to_string(i);
                auto const answer = session.post(conversions, sale(id), id);
                if (answer.status == 201) ++acknowledged;
                else complaints.add(id + " -> " + answer.raw.body);
            }
        });
    });
    while (acknowledged < 50) std::this_thread::yield();
    leaving.server().signal(SIGTERM);
    watch.join();
    load.join();
    BOOST_TEST(complaints.text() == "");
    BOOST_TEST(leaving.server().wait().exit_code == 0);
    BOOST_TEST(leaving.recorded() == acknowledged);
}

BOOST_AUTO_TEST_CASE(a_request_whose_header_came_before_the_stop_is_answered_when_its_body_comes) {
    Leaving leaving(0);
    auto const body = json::serialize(sale("late"));
    partnerd::http::test::RawClient client(leaving.server().port());
    client.send("POST " + std::string(conversions) + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + leaving.key() +
                "\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    BOOST_TEST(client.read()->status == 100);  // so the header is there
    leaving.server().signal(SIGTERM);
    leaving.server().wait_for_log("finishing what is in flight");
    client.send(body);
    auto const answer = client.read();
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 201, answer->body);
    BOOST_TEST(leaving.server().wait().exit_code == 0);
    BOOST_TEST(leaving.recorded() == 1);
}

// On SQLite the data are one server's; on PostgreSQL a socket is, and with one of its own the second server serves beside the first.
BOOST_AUTO_TEST_CASE(a_second_server_with_the_configuration_of_the_first_is_refused_and_told_who_has_what_it_wants) {
    Shopfront shop;
    auto const second = shop.installation().run({"serve"});
    BOOST_TEST(second.exit_code() == 1);
    if (partnerd::testing::on_postgresql()) {
        BOOST_TEST(has(second.err, shop.installation().path("partnerd.sock").string()), second.err);
        BOOST_TEST(has(second.err, "give this one a server.unix_socket of its own"), second.err);
        Installation const beside(shop.installation(), "127.0.0.1:0", "");
        RunningServer server(beside);
        BOOST_TEST(has(server.log(), "\"node\":1"), server.log());
        BOOST_TEST(server.stop().exit_code == 0);
    } else {
        BOOST_TEST(has(second.err, std::to_string(shop.server().pid())), second.err);
        BOOST_TEST(has(second.err, shop.installation().path("partnerd.db").string()), second.err);
    }
    BOOST_TEST(shop.office().get("/readyz").status == 200);
    // The commands of the machine still reach the first one.
    BOOST_TEST(!create_key(shop.installation()).empty());
    BOOST_TEST(shop.server().stop().exit_code == 0);
    BOOST_TEST(RunningServer(shop.installation()).stop().exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_broken_configuration_is_refused_by_a_reload_and_the_old_one_stays) {
    Shopfront shop;
    auto const config = read_text(shop.installation().config());
    write_text(shop.installation().config(), config + "\n[server\nlisten = 5");
    shop.server().signal(SIGHUP);
    shop.server().wait_for_log("the new configuration is not valid");
    BOOST_TEST(has(shop.server().log(), shop.installation().config().string()), shop.server().log());
    BOOST_TEST(shop.office().get("/readyz").status == 200);
    auto other = config;
    other.replace(other.find("level = \"info\""), 14, "level = \"debug\"");
    write_text(shop.installation().config(), other);
    shop.server().signal(SIGHUP);
    shop.server().wait_for_log("\"log_level\":\"debug\"");
    BOOST_TEST(!has(shop.server().log(), "waits for a restart"), shop.server().log());
    write_text(shop.installation().config(), other + "\n[clicks]\nkeep_days = 30\n");
    shop.server().signal(SIGHUP);
    shop.server().wait_for_log("waits for a restart");
    BOOST_TEST(has(shop.server().log(), "\"keys\":\"clicks.keep_days\""), shop.server().log());
    BOOST_TEST(shop.office().get("/readyz").status == 200);
    BOOST_TEST(shop.server().stop().exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_wrong_configuration_stops_the_boot_and_names_file_line_and_key) {
    Installation const installation;
    struct Row {
        char const *text, *key;
    };
    auto const config = read_text(installation.config());
    auto const line = std::to_string(std::count(config.begin(), config.end(), '\n') + 2);
    for (auto const& row :
         {Row{"[node]\nid = 512\n", "node.id"}, Row{"[node]\nnumber = 1\n", "number"}, Row{"[node]\nid = \"one\"\n", "node.id"}}) {
        write_text(installation.config(), config + row.text);
        for (auto const* const command : {"check", "serve"}) {
            auto const finished = installation.run({command});
            BOOST_TEST_CONTEXT(command << " with " << row.text << finished.out << finished.err) {
                BOOST_TEST(finished.exit_code() == 1);
                BOOST_TEST(has(finished.out + finished.err, installation.config().string() + ":" + line));
                BOOST_TEST(has(finished.out + finished.err, row.key));
            }
        }
    }
}
