#include "http/client.hpp"

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/http/test_server.hpp"

namespace partnerd::http {

using test::TestServer;

namespace {

// Accepts once, reads a little, says what it is told to and closes.
class Impostor {
  public:
    explicit Impostor(std::string answer) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(descriptor_, 8);
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, text = std::move(answer)] {
            int const peer = ::accept(descriptor_, nullptr, nullptr);
            char buffer[4096];
            [[maybe_unused]] auto const read = ::recv(peer, buffer, sizeof buffer, 0);
            [[maybe_unused]] auto const sent = ::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
            ::close(peer);
        });
    }
    ~Impostor() {
        thread_.join();
        ::close(descriptor_);
    }
    std::uint16_t port() const noexcept { return port_; }

  private:
    int descriptor_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(client)

BOOST_AUTO_TEST_CASE(one_connection_serves_many_requests) {
    TestServer server;
    auto client = Client::tcp("127.0.0.1", server.server.port());
    for (int i = 0; i < 20; ++i) {
        BOOST_TEST(client.get("/a").body == "GET /a ");
        BOOST_TEST(client.post("/b", "{}").body == "POST /b {}");
    }
    BOOST_TEST(server.server.connections() == 1u);
    BOOST_TEST(client.send({"HEAD", "/a", {}, {}}).body == "");
    BOOST_TEST(client.get("/204").status == 204);
    BOOST_TEST(client.get("/large").body.size() == 8u * 1024 * 1024);
    BOOST_TEST(client.get("/a").body == "GET /a ");
}

BOOST_AUTO_TEST_CASE(the_unix_socket_works_the_same) {
    TestServer server;
    auto client = Client::unix_socket(server.unix_path);
    BOOST_TEST(client.get("/ip").body == "unix");
    BOOST_TEST(client.post("/b", "{}").body == "POST /b {}");
}

BOOST_AUTO_TEST_CASE(a_connection_that_the_server_closed_is_opened_anew) {
    TestServer server([](HttpSettings& settings) { settings.idle_deadline = milliseconds(100); });
    auto client = Client::tcp("127.0.0.1", server.server.port());
    BOOST_TEST(client.get("/a").status == 200);
    BOOST_TEST(server.wait_for_connections(0));
    BOOST_TEST(client.get("/a").status == 200);
    BOOST_TEST(server.wait_for_connections(0));
    BOOST_TEST(client.post("/b", "{}", {{"Idempotency-Key", "k"}}).status == 200);
    BOOST_TEST(server.wait_for_connections(0));
    BOOST_CHECK_THROW(client.post("/b", "{}"), std::runtime_error);  // it might be recorded twice
    BOOST_TEST(client.post("/b", "{}").status == 200);
}

BOOST_AUTO_TEST_CASE(an_early_refusal_is_read_while_the_body_is_on_its_way) {
    TestServer server;
    auto client = Client::tcp("127.0.0.1", server.server.port());
    BOOST_TEST(client.post("/b", std::string(500'000, 'x')).status == 413);
    BOOST_TEST(client.get("/a").status == 200);
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_answer_is_given_up) {
    TestServer server;
    auto client = Client::tcp("127.0.0.1", server.server.port());
    client.set_timeout(milliseconds(100));
    BOOST_CHECK_EXCEPTION(client.get("/wait"), std::runtime_error,
                          [](std::runtime_error const& error) { return std::string(error.what()).find("100 ms") != std::string::npos; });
    client.set_timeout(milliseconds(20'000));
    BOOST_TEST(client.get("/a").status == 200);
}

BOOST_AUTO_TEST_CASE(nobody_there_is_said_with_the_address) {
    std::uint16_t port = 0;
    {
        TestServer server;
        port = server.server.port();
    }
    BOOST_CHECK_EXCEPTION(Client::tcp("127.0.0.1", port).get("/"), std::runtime_error, [&](std::runtime_error const& error) {
        return std::string(error.what()).find("127.0.0.1:" + std::to_string(port)) != std::string::npos;
    });
    BOOST_CHECK_THROW(Client::unix_socket("/nowhere/socket").get("/"), std::runtime_error);
    BOOST_CHECK_THROW(Client::unix_socket(std::string(300, 'a')).get("/"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(answers_that_are_no_http_are_refused) {
    for (char const* answer :
         {"", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"}) {
        BOOST_TEST_CONTEXT(answer) {
            Impostor const impostor(answer);
            BOOST_CHECK_THROW(Client::tcp("127.0.0.1", impostor.port()).get("/"), std::runtime_error);
        }
    }
}

BOOST_AUTO_TEST_CASE(bodies_end_by_length_by_chunks_or_with_the_connection) {
    for (char const* answer :
         {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nhello",
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"}) {
        BOOST_TEST_CONTEXT(answer) {
            Impostor const impostor(answer);
            BOOST_TEST(Client::tcp("127.0.0.1", impostor.port()).get("/").body == "hello");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::http
