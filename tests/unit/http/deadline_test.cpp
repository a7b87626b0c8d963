// Deadlines of a few hundred milliseconds. Nothing here asserts how long something took: only that it ended, and that an honest client
// beside it was served meanwhile.
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include "unit/http/test_server.hpp"

namespace partnerd::http {

using test::get;
using test::post;
using test::TestServer;

namespace {

constexpr milliseconds never{600'000};

// Every deadline but the one under test is out of reach.
void no_deadlines(HttpSettings& settings) {
    settings.header_deadline = settings.body_deadline = settings.write_deadline = settings.idle_deadline = never;
    settings.linger_deadline = milliseconds(200);
}

// An honest client is served. On a busy machine it may itself be too slow for a short deadline: then it tries again.
void check_served(TestServer& server) {
    std::optional<ClientResponse> answer;
    for (int attempt = 0; attempt < 20 && (!answer || answer->status != 200); ++attempt) {
        auto honest = server.connect_unix();
        honest.send(post("/a", "hello"));
        answer = honest.read();
    }
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->body == "POST /a hello");
}

// Sends the same bytes every 10 ms until the server closes; false if it never does.
bool drip_until_closed(test::RawClient& client, std::string const& bytes) {
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (client.send(bytes)) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(milliseconds(10));
    }
    return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(deadlines)

BOOST_AUTO_TEST_CASE(a_header_that_does_not_end_is_refused) {
    TestServer server([](HttpSettings& settings) {
        no_deadlines(settings);
        settings.header_deadline = milliseconds(1000);
    });
    auto slow = server.connect();
    slow.send("GET / HTTP/1.1\r\nHost: exam");
    check_served(server);
    auto const answer = slow.read();
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 408);
    BOOST_TEST(answer->header("connection") == "close");
    BOOST_TEST(slow.read_end());
    BOOST_TEST(server.refused(errc::request_timeout) == 1u);
}

BOOST_AUTO_TEST_CASE(dripping_header_bytes_do_not_prolong_the_deadline) {
    TestServer server([](HttpSettings& settings) {
        no_deadlines(settings);
        settings.header_deadline = milliseconds(1000);
    });
    auto slow = server.connect();
    slow.send("GET / HTTP/1.1\r\nHost: a\r\nX-A: ");
    BOOST_TEST(drip_until_closed(slow, "a"));
    check_served(server);
}

BOOST_AUTO_TEST_CASE(a_hundred_slow_headers_do_not_keep_others_out) {
    TestServer server([](HttpSettings& settings) {
        no_deadlines(settings);
        settings.header_deadline = milliseconds(1000);
    });
    std::vector<test::RawClient> slow;
    for (int i = 0; i < 100; ++i) {
        slow.push_back(server.connect());
        slow.back().send("GET / HTTP/1.1\r\n");
    }
    for (int i = 0; i < 20; ++i) check_served(server);
    for (auto& client : slow) BOOST_TEST(client.read_all().starts_with("HTTP/1.1 408 "));
    BOOST_TEST(server.handler.calls() == 20);
}

BOOST_AUTO_TEST_CASE(a_second_header_on_a_kept_connection_has_a_deadline_too) {
    TestServer server([](HttpSettings& settings) {
        no_deadlines(settings);
        settings.header_deadline = milliseconds(1000);
    });
    auto client = server.connect();
    client.send(get("/a"));
    BOOST_TEST(client.read()->status == 200);
    client.send("GET ");
    BOOST_TEST(client.read()->status == 408);
    BOOST_TEST(client.read_end());
}

BOOST_AUTO_TEST_CASE(a_connection_without_a_byte_is_closed_silently) {
    TestServer server([](HttpSettings& settings) {
        no_deadlines(settings);
        settings.header_deadline = milliseconds(200);
    });
    auto client = server.connect();
    BOOST_TEST(client.read_end());
    BOOST_TEST(server.refused(errc::request_timeout) == 0u);
}

BOOST_AUTO_TEST_CASE(a_kept_connection_without_a_request_is_closed_silently) {
    TestServer server([](HttpSettings& settings) {
        no_deadlines(settings);
        settings.idle_deadline = milliseconds(200);
    });
    auto client = server.connect();
    client.send(get("/a"));
    BOOST_TEST(client.read()->status == 200);
    BOOST_TEST(client.read_end());
}

BOOST_AUTO_TEST_CASE(a_body_that_does_not_come_is_refused) {
    TestServer server([](HttpSettings& settings) {
        no_deadlines(settings);
        settings.body_deadline = milliseconds(300);
    });
    for (std::string const& body : {std::string("Content-Length: 5\r\n\r\nhel"), std::string("Transfer-Encoding: chunked\r\n\r\n5\r\nhel"),
                                    std::string("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")}) {
        BOOST_TEST_CONTEXT(body) {
            auto slow = server.connect();
            slow.send("POST /a HTTP/1.1\r\nHost: a\r\n" + body);
            check_served(server);
            BOOST_TEST(slow.read()->status == 408);
            BOOST_TEST(slow.read_end());
        }
    }
    BOOST_TEST(server.handler.calls() == 3);
}

BOOST_AUTO_TEST_CASE(a_body_slower_than_the_least_rate_is_refused) {
    TestServer server([](HttpSettings& settings) {
        no_deadlines(settings);
        settings.body_deadline = milliseconds(300);
        settings.min_bytes_per_second = 1'000'000;
    });
    auto slow = server.connect();
    slow.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
    BOOST_TEST(drip_until_closed(slow, "a"));
    BOOST_TEST(server.handler.calls() == 0);
    check_served(server);
    BOOST_TEST(server.handler.calls() == 1);
}

BOOST_AUTO_TEST_CASE(a_body_above_the_least_rate_may_take_longer) {
    TestServer server([](HttpSettings& settings) {
        no_deadlines(settings);
        settings.body_deadline = milliseconds(200);
        settings.min_bytes_per_second = 1;  // each byte is worth a second
    });
    auto client = server.connect();
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" + std::string(60, 'x'));
    std::this_thread::sleep_for(milliseconds(600));
    client.send(std::string(40, 'x'));
    BOOST_TEST(client.read()->status == 200);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_its_answer_is_cut_off) {
    TestServer server([](HttpSettings& settings) {
        no_deadlines(settings);
        settings.write_deadline = milliseconds(300);
        settings.min_bytes_per_second = 1'000'000'000;
    });
    test::RawClient deaf(server.server.port(), 4096);
    deaf.send(get("/large"));
    check_served(server);
    BOOST_TEST(server.wait_for_connections(0));
}

BOOST_AUTO_TEST_CASE(a_client_that_reads_slowly_is_not_idle) {
    TestServer server([](HttpSettings& settings) {
        no_deadlines(settings);
        settings.idle_deadline = settings.header_deadline = milliseconds(500);
    });
    test::RawClient slow(server.server.port(), 4096);
    slow.send(get("/large"));
    std::this_thread::sleep_for(milliseconds(1500));
    BOOST_TEST(slow.read()->body.size() == 8u * 1024 * 1024);
}

BOOST_AUTO_TEST_CASE(a_handler_has_all_the_time_it_takes) {
    TestServer server([](HttpSettings& settings) {
        settings.header_deadline = milliseconds(1000);
        settings.body_deadline = settings.write_deadline = settings.idle_deadline = milliseconds(100);
    });
    auto client = server.connect();
    client.send(post("/wait", "hello"));
    server.handler.wait_for_kept(1);
    std::this_thread::sleep_for(milliseconds(1500));
    server.handler.take_kept().front()->finish();
    BOOST_TEST(client.read()->body == "POST /wait hello");
}

BOOST_AUTO_TEST_CASE(a_refused_client_that_keeps_sending_is_let_go) {
    TestServer server(no_deadlines);
    auto client = server.connect();
    client.send("nonsense\r\n\r\n");
    BOOST_TEST(client.read()->status == 400);
    BOOST_TEST(drip_until_closed(client, get("/a")));
    BOOST_TEST(server.handler.calls() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(caps)

BOOST_AUTO_TEST_CASE(one_address_has_its_share_of_connections) {
    TestServer server([](HttpSettings& settings) { settings.connections_per_ip = 3; });
    std::vector<test::RawClient> held;
    for (int i = 0; i < 3; ++i) {
        held.push_back(server.connect());
        held.back().send(get("/a"));
        BOOST_TEST(held.back().read()->status == 200);
    }
    auto refused = server.connect();
    auto const answer = refused.read();
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 429);
    BOOST_TEST(answer->header("connection") == "close");
    BOOST_TEST(refused.read_end());
    check_served(server);  // the Unix socket is exempt
    held.pop_back();
    BOOST_TEST(server.wait_for_connections(2));
    auto again = server.connect();
    again.send(get("/a"));
    BOOST_TEST(again.read()->status == 200);
}

BOOST_AUTO_TEST_CASE(a_trusted_proxy_may_have_more) {
    TestServer server([](HttpSettings& settings) {
        settings.connections_per_ip = 1;
        settings.trusted_proxies = {"127.0.0.1"};
    });
    std::vector<test::RawClient> held;
    for (int i = 0; i < 5; ++i) {
        held.push_back(server.connect());
        held.back().send(get("/a"));
        BOOST_TEST(held.back().read()->status == 200);
    }
}

BOOST_AUTO_TEST_CASE(beyond_the_cap_of_all_an_idle_connection_gives_way) {
    TestServer server([](HttpSettings& settings) {
        settings.threads = 1;
        settings.connections = 3;
        settings.linger_deadline = milliseconds(100);
    });
    std::vector<test::RawClient> held;
    for (int i = 0; i < 3; ++i) {
        held.push_back(server.connect());
        held.back().send(get("/a"));
        BOOST_TEST(held.back().read()->status == 200);
    }
    auto waiting = server.connect();
    waiting.send(get("/a"));
    BOOST_TEST(waiting.read()->status == 200);
    BOOST_TEST(held.front().read_end());  // it had been idle for longest
    BOOST_TEST(server.server.connections() <= 3u);
    BOOST_TEST(server.registry.counter("partnerd_http_accept_pauses_total", "").value() >= 1u);
}

BOOST_AUTO_TEST_CASE(beyond_the_cap_of_all_busy_connections_are_waited_for) {
    TestServer server([](HttpSettings& settings) {
        settings.threads = 1;
        settings.connections = 2;
        settings.linger_deadline = milliseconds(100);
    });
    auto first = server.connect();
    auto second = server.connect();
    first.send(get("/wait/1"));
    second.send(get("/wait/2"));
    server.handler.wait_for_kept(2);
    auto third = server.connect();
    third.send(get("/a"));
    std::this_thread::sleep_for(milliseconds(200));
    BOOST_TEST(server.handler.calls() == 2);
    for (auto* exchange : server.handler.take_kept()) exchange->finish();
    BOOST_TEST(first.read()->body == "GET /wait/1 ");
    BOOST_TEST(second.read()->body == "GET /wait/2 ");
    BOOST_TEST(third.read()->body == "GET /a ");
}

BOOST_AUTO_TEST_CASE(without_a_free_descriptor_accepting_waits_and_goes_on) {
    TestServer server([](HttpSettings& settings) { settings.linger_deadline = milliseconds(100); });
    rlimit before{};
    BOOST_TEST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    int const free = ::dup(0);
    ::close(free);
    rlimit none_left = before;
    none_left.rlim_cur = static_cast<rlim_t>(free) + 1;
    BOOST_TEST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none_left) == 0);
    auto client = server.connect();  // has the last descriptor
    bool const sent = client.send(get("/a"));
    std::this_thread::sleep_for(milliseconds(100));
    int const calls = server.handler.calls();
    BOOST_TEST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    BOOST_TEST(sent);
    BOOST_TEST(calls == 0);
    BOOST_TEST(client.read()->body == "GET /a ");
    BOOST_TEST(server.registry.counter("partnerd_http_accept_pauses_total", "").value() >= 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::http
