// The table of whole requests through real sockets: whole, pipelined, split at every byte.
#include <boost/test/unit_test.hpp>

#include "unit/http/test_server.hpp"

namespace partnerd::http {

using test::check_refused;
using test::get;
using test::post;
using test::TestServer;

namespace {

bool closes_after(test::WireCase const& c) {
    bool const get_with_body = c.bytes.starts_with("GET") && c.bytes.find("Content-Length") != std::string::npos;
    return get_with_body || c.bytes.find("HTTP/1.0") != std::string::npos || c.bytes.find("Connection: , close") != std::string::npos;
}

bool is_head(test::WireCase const& c) { return c.bytes.starts_with("HEAD"); }

// The answer to an accepted case, behind the 100 that an expectation may bring.
void check_accepted(test::RawClient& client, test::WireCase const& c) {
    auto answer = client.read(is_head(c));
    if (answer && answer->status == 100) answer = client.read(is_head(c));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 200);
    BOOST_TEST((answer->header("connection") == "close") == closes_after(c));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire)

BOOST_AUTO_TEST_CASE(each_case_of_the_table_sent_whole) {
    TestServer server;
    for (auto const& c : test::wire_cases()) {
        BOOST_TEST_CONTEXT(c.name) {
            int const before = server.handler.calls();
            auto client = server.connect();
            client.send(c.bytes);
            if (c.refused) check_refused(client, *c.refused);
            else check_accepted(client, c);
            BOOST_TEST(server.handler.calls() - before == (c.refused ? 0 : 1));
        }
    }
}

BOOST_AUTO_TEST_CASE(each_case_of_the_table_behind_a_good_request_with_another_behind_it) {
    TestServer server;
    for (auto const& c : test::wire_cases()) {
        BOOST_TEST_CONTEXT(c.name) {
            int const before = server.handler.calls();
            auto client = server.connect();
            client.send(get("/first") + c.bytes + get("/smuggled"));
            auto const first = client.read();
            BOOST_TEST_REQUIRE(first.has_value());
            BOOST_TEST(first->body == "GET /first ");
            if (c.refused) {
                check_refused(client, *c.refused);
                BOOST_TEST(server.handler.calls() - before == 1);
                continue;
            }
            check_accepted(client, c);
            if (closes_after(c)) {
                BOOST_TEST(client.read_end());
                BOOST_TEST(server.handler.calls() - before == 2);
                continue;
            }
            auto const behind = client.read();
            BOOST_TEST_REQUIRE(behind.has_value());
            BOOST_TEST(behind->body == "GET /smuggled ");
        }
    }
}

BOOST_AUTO_TEST_CASE(short_cases_of_the_table_split_at_every_byte) {
    TestServer server;
    for (auto const& c : test::wire_cases()) {
        if (c.bytes.size() > 160) continue;
        BOOST_TEST_CONTEXT(c.name) {
            for (std::size_t at = 1; at < c.bytes.size(); ++at) {
                int const before = server.handler.calls();
                auto client = server.connect_unix();
                client.send(c.bytes.substr(0, at));
                BOOST_TEST_REQUIRE(client.wait_until_taken());
                client.send(c.bytes.substr(at));
                if (c.refused) check_refused(client, *c.refused);
                else check_accepted(client, c);
                BOOST_TEST_REQUIRE(server.handler.calls() - before == (c.refused ? 0 : 1));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_request_may_come_byte_by_byte_and_the_next_right_behind) {
    TestServer server;
    auto client = server.connect_unix();
    std::string const bytes = post("/a", "hello") +
                              "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" +
                              get("/c");
    for (char c : bytes) {
        client.send({&c, 1});
        BOOST_TEST_REQUIRE(client.wait_until_taken());
    }
    BOOST_TEST(client.read()->body == "POST /a hello");
    BOOST_TEST(client.read()->body == "POST /b abcde");
    BOOST_TEST(client.read()->body == "GET /c ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::http
