#include "http/server.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <future>

#include "http/metrics_listener.hpp"
#include "unit/http/test_server.hpp"

namespace partnerd::http {

using std::chrono::seconds;
using test::get;
using test::TestServer;

namespace {

std::string why_not(HttpSettings settings) {
    test::TestHandler handler;
    metrics::Registry registry;
    SystemClock clock;
    try {
        Server server(std::move(settings), handler, registry, clock);
        server.start();
    } catch (std::exception const& error) {
        return error.what();
    }
    return "it started";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server)

BOOST_AUTO_TEST_CASE(a_taken_address_is_named) {
    TestServer taken;
    HttpSettings settings;
    settings.listen = "127.0.0.1:" + std::to_string(taken.server.port());
    auto const why = why_not(settings);
    BOOST_TEST(why.find(settings.listen) != std::string::npos);
    BOOST_TEST(why.find("in use") != std::string::npos);
    auto client = taken.connect();
    client.send(get("/a"));
    BOOST_TEST(client.read()->status == 200);
}

namespace {

// Finishes its exchange where that lives, as what waited for the disk does.
class Finisher final : public routing::Errand {
  public:
    Finisher(routing::Exchange& of, std::atomic<int>& strangers, std::thread::id& home) : Errand(of), strangers_(strangers), home_(home) {}
    void arrive() noexcept override {
        if (home_ == std::thread::id()) home_ = std::this_thread::get_id();
        if (home_ != std::this_thread::get_id()) ++strangers_;
        exchange.complete();
    }

  private:
    std::atomic<int>& strangers_;
    std::thread::id& home_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_errand_arrives_on_the_thread_of_its_exchange_and_may_finish_it) {
    std::vector<std::unique_ptr<Finisher>> errands;  // outlive the thread that reads them
    TestServer server([](HttpSettings& s) { s.threads = 1; });
    std::vector<test::RawClient> clients;
    for (int i = 0; i < 19; ++i) {
        clients.push_back(server.connect());
        clients.back().send(get("/wait/a") + get("/wait/b") + get("/a"));  // the second and third are behind the first
    }
    server.connect().send(get("/wait/gone"));  // before its answer
    std::atomic<int> strangers{0};
    std::thread::id home;
    for (int round = 0; round < 2; ++round) {
        std::size_t const kept = round == 0 ? 20 : 19;
        server.handler.wait_for_kept(kept);
        for (auto* const exchange : server.handler.take_kept()) {
            BOOST_REQUIRE(exchange->home() != nullptr);
            errands.push_back(std::make_unique<Finisher>(*exchange, strangers, home));
        }
        for (auto it = errands.end() - static_cast<std::ptrdiff_t>(kept); it != errands.end(); ++it) (*it)->exchange.home()->send(**it);
    }
    for (auto& client : clients)
        for (auto const* const path : {"/wait/a", "/wait/b", "/a"}) BOOST_TEST(client.read()->body == "GET " + std::string(path) + " ");
    BOOST_TEST(strangers == 0);
}

BOOST_AUTO_TEST_CASE(a_taken_unix_socket_is_named_and_left_alone) {
    TestServer taken;
    HttpSettings settings;
    settings.listen = "";
    settings.unix_socket = taken.unix_path;
    BOOST_TEST(why_not(settings).find(taken.unix_path) != std::string::npos);
    auto client = taken.connect_unix();
    client.send(get("/a"));
    BOOST_TEST(client.read()->status == 200);
}

BOOST_AUTO_TEST_CASE(settings_that_cannot_be_are_refused) {
    for (auto const& change : std::vector<std::function<void(HttpSettings&)>>{
             [](HttpSettings& s) { s.listen = "127.0.0.1"; }, [](HttpSettings& s) { s.listen = "127.0.0.1:99999"; },
             [](HttpSettings& s) { s.listen = ":8080"; }, [](HttpSettings& s) { s.listen = "::1:8080"; },
             [](HttpSettings& s) { s.listen = ""; }, [](HttpSettings& s) { s.listen = "192.0.2.1:0"; },
             [](HttpSettings& s) { s.threads = 0; }, [](HttpSettings& s) { s.connections = 0; },
             [](HttpSettings& s) { s.trusted_proxies = {"10.0.0.0/33"}; }, [](HttpSettings& s) { s.trusted_proxies = {"a proxy"}; },
             [](HttpSettings& s) { s.limits.header_bytes = 10; }, [](HttpSettings& s) { s.unix_socket = "/nowhere/at/all/socket"; },
             [](HttpSettings& s) { s.unix_socket = std::string(200, 'a'); }}) {
        HttpSettings settings;
        settings.listen = "127.0.0.1:0";
        change(settings);
        BOOST_TEST(why_not(settings) != "it started");
    }
}

BOOST_AUTO_TEST_CASE(a_socket_file_that_nobody_listens_on_is_replaced_and_another_file_is_not) {
    TestServer server;
    HttpSettings settings;
    settings.listen = "";
    settings.unix_socket = server.folder + "/left-over";
    {
        int const descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        settings.unix_socket.copy(address.sun_path, sizeof address.sun_path - 1);
        BOOST_TEST_REQUIRE(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        ::close(descriptor);
    }
    BOOST_TEST(why_not(settings) == "it started");
    settings.unix_socket = server.folder + "/data";
    std::ofstream(settings.unix_socket) << "precious";
    BOOST_TEST(why_not(settings) != "it started");
    BOOST_TEST(std::filesystem::file_size(settings.unix_socket) == 8u);
}

BOOST_AUTO_TEST_CASE(draining_answers_what_is_in_flight_and_closes_the_rest) {
    TestServer server;
    std::vector<test::RawClient> busy, idle;
    for (int i = 0; i < 20; ++i) {
        busy.push_back(server.connect());
        busy.back().send(get("/wait") + get("/a"));
        idle.push_back(server.connect());
        idle.back().send(get("/a"));
        BOOST_TEST(idle.back().read()->status == 200);
    }
    server.handler.wait_for_kept(20);
    auto drained = std::async(std::launch::async, [&] { return server.server.drain(seconds(20)); });
    for (auto& client : idle) BOOST_TEST(client.read_end());
    BOOST_TEST_REQUIRE(server.wait_for_connections(20));
    std::thread batch([&] {
        for (auto* exchange : server.handler.take_kept()) exchange->finish();
    });
    for (auto& client : busy) {
        auto const answer = client.read();
        BOOST_TEST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->body == "GET /wait ");
        BOOST_TEST(answer->header("connection") == "close");
        BOOST_TEST(client.read_end());
        test::RawClient const closed(std::move(client));
    }
    batch.join();
    BOOST_TEST(drained.get());
    BOOST_TEST(server.handler.calls() == 40);
    BOOST_CHECK_THROW(server.connect(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_stop_that_is_announced_serves_kept_and_new_connections_and_ends_each_with_its_answer) {
    TestServer server;
    auto kept = server.connect();
    kept.send(get("/a"));
    BOOST_TEST(kept.read()->header("connection") != "close");
    server.server.announce_stop();
    auto fresh = server.connect();
    for (auto* client : {&kept, &fresh}) {
        client->send(get("/b"));
        auto const answer = client->read();
        BOOST_TEST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->status == 200);
        BOOST_TEST(answer->header("connection") == "close");
        BOOST_TEST(client->read_end());
    }
}

BOOST_AUTO_TEST_CASE(draining_waits_for_the_body_of_a_request_whose_header_is_there) {
    TestServer server;
    auto client = server.connect();
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo");
    while (server.server.connections() == 0) std::this_thread::yield();
    auto idle = server.connect();
    idle.send(get("/a"));
    idle.read();
    auto drained = std::async(std::launch::async, [&] { return server.server.drain(seconds(20)); });
    BOOST_TEST(idle.read_end());
    client.send("dy");
    auto const answer = client.read();
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 200);
    BOOST_TEST(client.read_end());
    BOOST_TEST(drained.get());
}

BOOST_AUTO_TEST_CASE(draining_gives_up_at_its_deadline_and_stop_waits_for_the_handler) {
    TestServer server;
    auto client = server.connect();
    client.send(get("/wait"));
    server.handler.wait_for_kept(1);
    BOOST_TEST(!server.server.drain(milliseconds(50)));
    auto stopped = std::async(std::launch::async, [&] { server.server.stop(); });
    BOOST_TEST(client.read_end());
    for (auto* exchange : server.handler.take_kept()) exchange->finish();
    stopped.get();
    BOOST_TEST(server.server.connections() == 0u);
}

BOOST_AUTO_TEST_CASE(stopping_under_load_loses_no_thread) {
    for (int round = 0; round < 10; ++round) {
        TestServer server;
        std::atomic<bool> over{false};
        std::thread finisher([&] {
            while (!over)
                for (auto* exchange : server.handler.take_kept()) exchange->finish();
        });
        std::vector<std::thread> clients;
        std::atomic<int> served{0};
        for (int i = 0; i < 4; ++i)
            clients.emplace_back([&, client = server.connect()]() mutable {
                while (client.send(get("/wait") + get("/a")) && client.read() && client.read()) ++served;
            });
        while (served < 20) std::this_thread::yield();
        server.server.stop();
        over = true;
        for (auto& client : clients) client.join();
        finisher.join();
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_was_never_started_can_be_stopped) {
    test::TestHandler handler;
    metrics::Registry registry;
    SystemClock clock;
    HttpSettings settings;
    settings.listen = "127.0.0.1:0";
    Server server(settings, handler, registry, clock);
    server.stop();
    BOOST_TEST(server.port() == 0);
}

BOOST_AUTO_TEST_CASE(figures_are_read_on_a_listener_of_their_own) {
    metrics::Registry registry;
    SystemClock clock;
    registry.counter("partnerd_clicks_total", "Clicks", {{"program", "a \"b\""}}).add(3);
    MetricsListener listener("127.0.0.1:0", registry, clock);
    listener.start();
    auto client = Client::tcp("127.0.0.1", listener.port());
    auto const answer = client.get("/metrics");
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    BOOST_TEST(
        answer.body ==
        "# HELP partnerd_clicks_total Clicks\n# TYPE partnerd_clicks_total counter\npartnerd_clicks_total{program=\"a \\\"b\\\"\"} 3\n");
    BOOST_TEST(client.get("/").status == 404);
    auto const refused = client.post("/metrics", "{}");
    BOOST_TEST(refused.status == 405);
    BOOST_TEST(refused.header("allow") == "GET, HEAD");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::http
