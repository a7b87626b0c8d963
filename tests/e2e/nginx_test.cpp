// Three servers behind nginx as etc/nginx.conf has it: what is passed on to the next server, and what must not be.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <thread>

#include "e2e/traffic.hpp"

using namespace partnerd::e2e;

namespace {

// In the place of a server: takes a request, and breaks the connection as one that dies.
class Breaker {
  public:
    explicit Breaker(std::uint16_t port) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        int const on = 1;
        ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener_, 64) != 0) throw std::runtime_error("the port of the server is not free");
        thread_ = std::thread([this] { run(); });
    }
    ~Breaker() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    int taken() const { return taken_; }

  private:
    void run() {
        for (int connection = -1; (connection = ::accept(listener_, nullptr, nullptr)) >= 0;) {
            char bytes[4096];
            if (::recv(connection, bytes, sizeof bytes, 0) > 0) ++taken_;
            ::close(connection);
        }
    }
    int const listener_;
    std::atomic<int> taken_{0};
    std::thread thread_;
};

boost::json::object sale(std::string const& id) { return {{"external_id", id}, {"customer", id}, {"assigned_partner", "acme"}, {"amount", money("10.00", "GBP")}}; }

}  // namespace

BOOST_AUTO_TEST_CASE(servers_taken_out_and_restarted_one_after_the_other_fail_no_request) {
    Nodes nodes({}, true);
    Traffic traffic(nodes, Traffic::Manner::keyed);
    for (std::size_t node = 0; node < Nodes::count; ++node) {
        traffic.await(50);
        nodes.take_out(node, true);
        nodes.stop(node);
        nodes.start(node);
        nodes.take_out(node, false);
    }
    traffic.check_books();
    BOOST_TEST_MESSAGE(traffic.summary() << " while three servers were restarted behind nginx");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_killed_fails_no_request_that_may_be_sent_again) {
    Nodes nodes({}, true);
    Traffic traffic(nodes, Traffic::Manner::keyed);
    for (std::size_t const node : {0, 1}) {
        traffic.await(200);
        nodes.kill(node);
        traffic.await(200);
        nodes.start(node);
    }
    traffic.check_books();
    BOOST_TEST_MESSAGE(traffic.summary() << " while two servers were killed behind nginx");
}

BOOST_AUTO_TEST_CASE(a_post_without_a_key_is_never_sent_twice_and_one_with_a_key_finds_another_server) {
    Nodes nodes({}, true);
    nodes.kill(0);
    Breaker breaker(nodes.port_of(0));
    auto merchant = nodes.outside();
    int failed = 0, done = 0;
    for (int i = 0; breaker.taken() == 0 || i < 12; ++i) {
        BOOST_TEST_REQUIRE(i < 1000);
        auto const status = merchant.post("/v1/programs/retail/conversions", sale("bare-" + std::to_string(i))).status;
        ++(status == 201 ? done : failed);
        BOOST_TEST((status == 201 || status == 502));
    }
    BOOST_TEST(failed == breaker.taken());
    BOOST_TEST(nodes.database().number("select count(*) from conversion") == done);
    // nginx leaves a server that failed alone for two seconds.
    auto const before = breaker.taken();
    int i = 0;
    for (; breaker.taken() == before && i < 10'000; ++i) {
        auto const id = "keyed-" + std::to_string(i);
        BOOST_TEST_REQUIRE(merchant.post("/v1/programs/retail/conversions", sale(id), id).status == 201);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    BOOST_TEST(breaker.taken() > before);
    BOOST_TEST(nodes.database().number("select count(*) from conversion") == done + i);
    nodes.check_verified();
}
