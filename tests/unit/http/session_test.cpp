#include <boost/test/unit_test.hpp>

#include <set>

#include "unit/http/test_server.hpp"

namespace partnerd::http {

using test::check_refused;
using test::get;
using test::post;
using test::TestServer;

BOOST_AUTO_TEST_SUITE(session)

BOOST_AUTO_TEST_CASE(a_connection_is_kept_for_many_requests) {
    TestServer server;
    auto client = server.connect();
    for (int i = 0; i < 200; ++i) {
        std::string const target = "/a?n=" + std::to_string(i);
        client.send(get(target));
        BOOST_TEST_REQUIRE(client.read()->body == "GET " + target + ' ');
    }
    BOOST_TEST(server.server.connections() == 1u);
}

BOOST_AUTO_TEST_CASE(nothing_of_a_request_is_left_for_the_next) {
    TestServer server;
    auto client = server.connect();
    client.send(post("/header", "a body", "X-A: 1\r\nX-B: 2\r\nX-Request-Id: mine\r\n"));
    auto const first = client.read();
    BOOST_TEST(first->body == "1");
    BOOST_TEST(first->header("x-request-id") == "mine");
    client.send(get("/header"));
    auto const second = client.read();
    BOOST_TEST(second->body == "");
    BOOST_TEST(second->header("x-request-id") != "mine");
    client.send(get("/fields"));
    BOOST_TEST(client.read()->body == "1");
    client.send(get("/a"));
    BOOST_TEST(client.read()->body == "GET /a ");
    client.send("GET /a HTTP/1.1\r\n\r\n");
    BOOST_TEST(client.read()->header("x-request-id") != "mine");
}

BOOST_AUTO_TEST_CASE(a_hundred_pipelined_requests_are_answered_in_order) {
    for (std::size_t per_turn : {1u, 7u, 64u, 1000u}) {
        BOOST_TEST_CONTEXT("at most " << per_turn << " a turn") {
            TestServer server([&](HttpSettings& settings) { settings.pipelined_per_turn = per_turn; });
            auto client = server.connect();
            std::string bytes;
            for (int i = 0; i < 100; ++i)
                bytes += i % 3 == 0 ? post("/a?n=" + std::to_string(i), "body") : get("/a?n=" + std::to_string(i));
            client.send(bytes);
            for (int i = 0; i < 100; ++i) {
                auto const answer = client.read();
                BOOST_TEST_REQUIRE(answer.has_value());
                BOOST_TEST(answer->body ==
                           (i % 3 == 0 ? "POST /a?n=" + std::to_string(i) + " body" : "GET /a?n=" + std::to_string(i) + ' '));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_pipelined_request_waits_for_the_one_before_it) {
    TestServer server;
    auto client = server.connect();
    client.send(get("/wait/1") + get("/wait/2") + get("/a"));
    server.handler.wait_for_kept(1);
    BOOST_TEST(server.handler.calls() == 1);
    server.handler.take_kept().front()->finish();
    BOOST_TEST(client.read()->body == "GET /wait/1 ");
    server.handler.wait_for_kept(1);
    BOOST_TEST(server.handler.calls() == 2);
    server.handler.take_kept().front()->finish();
    BOOST_TEST(client.read()->body == "GET /wait/2 ");
    BOOST_TEST(client.read()->body == "GET /a ");
}

BOOST_AUTO_TEST_CASE(answers_of_sixty_four_sessions_finished_on_another_thread) {
    TestServer server;
    std::vector<test::RawClient> clients;
    for (int i = 0; i < 64; ++i) clients.push_back(server.connect());
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 64; ++i) clients[static_cast<std::size_t>(i)].send(post("/wait/" + std::to_string(i), "b"));
        server.handler.wait_for_kept(64);
        std::thread batch([&] {
            for (auto* exchange : server.handler.take_kept()) exchange->finish();
        });
        for (int i = 0; i < 64; ++i)
            BOOST_TEST_REQUIRE(clients[static_cast<std::size_t>(i)].read()->body == "POST /wait/" + std::to_string(i) + " b");
        batch.join();
    }
    BOOST_TEST(server.handler.calls() == 64 * 20);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_before_its_answer_harms_nobody) {
    TestServer server;
    auto stays = server.connect();
    for (int i = 0; i < 20; ++i) {
        auto leaves = server.connect();
        leaves.send(get("/wait"));
        server.handler.wait_for_kept(1);
        { auto const gone = std::move(leaves); }
        server.handler.take_kept().front()->finish();
    }
    stays.send(get("/a"));
    BOOST_TEST(stays.read()->body == "GET /a ");
    BOOST_TEST(server.wait_for_connections(1));
}

BOOST_AUTO_TEST_CASE(the_answer_to_head_has_the_length_and_no_body) {
    TestServer server;
    auto client = server.connect();
    client.send("HEAD /a HTTP/1.1\r\nHost: example.com\r\n\r\n" + get("/b"));
    auto const answer = client.read(true);
    BOOST_TEST(answer->status == 200);
    BOOST_TEST(answer->header("content-length") == "8");
    BOOST_TEST(client.read()->body == "GET /b ");
}

BOOST_AUTO_TEST_CASE(answers_without_a_body_do_not_disturb_the_next) {
    TestServer server;
    auto client = server.connect();
    client.send(get("/204") + get("/304") + get("/302") + get("/a"));
    auto const no_content = client.read();
    BOOST_TEST(no_content->status == 204);
    BOOST_TEST(no_content->header("content-length") == "");
    BOOST_TEST(no_content->header("content-type") == "");
    auto const not_modified = client.read();
    BOOST_TEST(not_modified->status == 304);
    BOOST_TEST(not_modified->header("content-length") == "");
    auto const found = client.read();
    BOOST_TEST(found->status == 302);
    BOOST_TEST(found->header("location") == "https://example.com/");
    BOOST_TEST(found->header("content-length") == "0");
    BOOST_TEST(found->header("cache-control") == "no-store");
    BOOST_TEST(found->header("x-content-type-options") == "nosniff");
    BOOST_TEST(client.read()->body == "GET /a ");
}

BOOST_AUTO_TEST_CASE(the_body_is_asked_for_when_the_client_waits_for_that) {
    TestServer server;
    auto client = server.connect();
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    BOOST_TEST(client.read()->status == 100);
    BOOST_TEST(server.handler.calls() == 0);
    client.send("hello");
    BOOST_TEST(client.read()->body == "POST /a hello");
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
    check_refused(client, errc::body_too_large);
}

BOOST_AUTO_TEST_CASE(an_http_10_client_gets_no_100) {
    TestServer server;
    auto client = server.connect();
    client.send("POST /a HTTP/1.0\r\nExpect: 100-continue\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello");
    auto const answer = client.read();
    BOOST_TEST(answer->status == 200);
    BOOST_TEST(answer->header("connection") == "keep-alive");
    client.send(get("/b"));
    BOOST_TEST(client.read()->body == "GET /b ");
}

BOOST_AUTO_TEST_CASE(the_refusal_of_a_large_body_reaches_a_client_that_is_still_sending) {
    TestServer server;
    auto client = server.connect();
    std::string const body(400'000, 'x');
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n");
    client.send(body);
    check_refused(client, errc::body_too_large);
    BOOST_TEST(server.handler.calls() == 0);
    BOOST_TEST(server.refused(errc::body_too_large) == 1u);
}

BOOST_AUTO_TEST_CASE(a_body_for_no_route_is_read_and_thrown_away) {
    TestServer server([](HttpSettings& settings) { settings.unrouted_body_bytes = 5000; });
    auto client = server.connect();
    client.send(post("/none", std::string(5000, 'x')) + get("/a"));
    BOOST_TEST(client.read()->body == "POST /none ");
    BOOST_TEST(client.read()->body == "GET /a ");
    client.send(post("/none", std::string(5001, 'x')));
    check_refused(client, errc::body_too_large);
}

BOOST_AUTO_TEST_CASE(a_large_answer_arrives_whole_at_a_slow_reader_while_others_are_served) {
    TestServer server([](HttpSettings& settings) { settings.threads = 1; });
    test::RawClient slow(server.server.port(), 4096);
    slow.send(get("/large") + get("/large") + get("/a"));
    auto other = server.connect();
    for (int i = 0; i < 10; ++i) {
        other.send(get("/a"));
        BOOST_TEST(other.read()->body == "GET /a ");
    }
    BOOST_TEST(slow.read()->body.size() == 8u * 1024 * 1024);
    BOOST_TEST(slow.read()->body.size() == 8u * 1024 * 1024);
    BOOST_TEST(slow.read()->body == "GET /a ");
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_is_a_500_and_the_connection_lives_on) {
    TestServer server;
    auto client = server.connect();
    client.send(get("/throw") + get("/a"));
    auto const answer = client.read();
    BOOST_TEST(answer->status == 500);
    BOOST_TEST(answer->body.find("inside") == std::string::npos);
    BOOST_TEST(client.read()->body == "GET /a ");
    BOOST_TEST(server.registry.counter("partnerd_http_handler_failures_total", "").value() == 1u);
}

BOOST_AUTO_TEST_CASE(request_ids_are_taken_when_sound_and_else_minted) {
    TestServer server;
    auto client = server.connect();
    for (std::string const& id : {std::string("a"), std::string("0123456789.abc_DEF-x")}) {
        client.send(get("/id", "X-Request-Id: " + id + "\r\n"));
        auto const answer = client.read();
        BOOST_TEST(answer->body == id);
        BOOST_TEST(answer->header("x-request-id") == id);
    }
    std::set<std::string> minted;
    for (std::string const& id :
         {std::string(), std::string("a b"), std::string("a\"b"), std::string("a;b"), std::string("\xc3\xa4"), std::string(65, 'a')}) {
        client.send(get("/id", "X-Request-Id: " + id + "\r\n"));
        auto const answer = client.read();
        BOOST_TEST(answer->body != id);
        BOOST_TEST(answer->body.size() >= 18u);
        BOOST_TEST(answer->header("x-request-id") == answer->body);
        minted.insert(answer->body);
    }
    auto other = server.connect();
    other.send(get("/id"));
    minted.insert(other.read()->body);
    BOOST_TEST(minted.size() == 7u);
}

BOOST_AUTO_TEST_CASE(a_connection_ends_after_its_share_of_requests) {
    TestServer server([](HttpSettings& settings) { settings.requests_per_connection = 3; });
    auto client = server.connect();
    client.send(get("/1") + get("/2") + get("/3") + get("/4"));
    BOOST_TEST(client.read()->header("connection") == "");
    BOOST_TEST(client.read()->header("connection") == "");
    BOOST_TEST(client.read()->header("connection") == "close");
    BOOST_TEST(client.read_end());
    BOOST_TEST(server.handler.calls() == 3);
}

BOOST_AUTO_TEST_CASE(a_client_that_stops_sending_still_gets_its_answer) {
    TestServer server;
    auto client = server.connect();
    client.send(get("/a"));
    client.end_sending();
    BOOST_TEST(client.read()->body == "GET /a ");
    BOOST_TEST(client.read_end());
    auto half = server.connect();
    half.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
    half.end_sending();
    BOOST_TEST(half.read_end());
    BOOST_TEST(server.handler.calls() == 1);
}

BOOST_AUTO_TEST_CASE(forwarded_addresses_are_believed_from_trusted_proxies_only) {
    TestServer plain;
    auto client = plain.connect();
    client.send(get("/ip", "X-Forwarded-For: 192.0.2.1\r\n"));
    BOOST_TEST(client.read()->body == "127.0.0.1");
    TestServer proxied([](HttpSettings& settings) { settings.trusted_proxies = {"127.0.0.0/8", "10.0.0.0/8"}; });
    auto proxy = proxied.connect();
    struct Case {
        char const* fields;
        char const* ip;
    };
    for (auto const& c :
         {Case{"", "127.0.0.1"}, Case{"X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1"},
          Case{"X-Forwarded-For: 198.51.100.7, 192.0.2.1\r\n", "192.0.2.1"}, Case{"X-Forwarded-For: 192.0.2.1, 10.1.2.3\r\n", "192.0.2.1"},
          Case{"X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 10.1.2.3\r\n", "192.0.2.1"}, Case{"X-Forwarded-For: unix\r\n", "127.0.0.1"},
          Case{"X-Forwarded-For: 192.0.2.1, nonsense\r\n", "127.0.0.1"}, Case{"X-Forwarded-For: 2001:db8::1\r\n", "2001:db8::1"}}) {
        proxy.send(get("/ip", c.fields));
        BOOST_TEST_CONTEXT(c.fields) BOOST_TEST(proxy.read()->body == c.ip);
    }
}

BOOST_AUTO_TEST_CASE(the_unix_socket_is_for_its_owner_and_marks_its_requests) {
    TestServer server;
    auto const permissions = std::filesystem::status(server.unix_path).permissions();
    BOOST_TEST((permissions == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
    auto client = server.connect_unix();
    client.send(get("/ip", "X-Forwarded-For: 192.0.2.1\r\n"));
    BOOST_TEST(client.read()->body == "unix");
    client.send(get("/operator"));
    BOOST_TEST(client.read()->body == "yes");
    auto other = server.connect();
    other.send(get("/operator", "X-Forwarded-For: unix\r\n"));
    BOOST_TEST(other.read()->body == "no");
    server.server.stop();
    BOOST_TEST(!std::filesystem::exists(server.unix_path));
}

BOOST_AUTO_TEST_CASE(the_figures_tell_what_was_answered_and_refused) {
    TestServer server;
    auto client = server.connect();
    client.send(get("/a") + get("/302") + get("/a") + "GET / HTTP/1.1\r\n\r\n");
    client.read_all();
    BOOST_TEST(server.registry.counter("partnerd_http_requests_total", "", {{"status", "2xx"}}).value() == 2u);
    BOOST_TEST(server.registry.counter("partnerd_http_requests_total", "", {{"status", "3xx"}}).value() == 1u);
    BOOST_TEST(server.refused(errc::malformed_request) == 1u);
    BOOST_TEST(server.registry.counter("partnerd_http_connections_total", "").value() == 1u);
    BOOST_TEST(server.registry.text().find("partnerd_http_request_duration_seconds_count 3\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::http
