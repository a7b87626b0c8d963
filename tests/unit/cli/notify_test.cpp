#include "cli/notify.hpp"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <string>

#include "unit/config/files.hpp"

namespace partnerd::cli {

namespace {

// A service manager's end of the socket.
class ServiceSocket {
  public:
    explicit ServiceSocket(std::string const& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.data(), path.size());
        if (path[0] == '@') address.sun_path[0] = '\0';
        auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
        bound_ = ::bind(fd_, reinterpret_cast<sockaddr const*>(&address), size) == 0;
    }
    ~ServiceSocket() { ::close(fd_); }
    bool bound() const { return bound_; }
    std::string next() const {
        char buffer[512];
        auto const size = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
        return size < 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(size));
    }

  private:
    int fd_;
    bool bound_ = false;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(notifying)

BOOST_AUTO_TEST_CASE(each_state_is_one_datagram) {
    test::TemporaryFolder folder;
    for (auto const& path : {folder.path("notify"), "@partnerd-test-" + std::to_string(::getpid())}) {
        BOOST_TEST_CONTEXT(path) {
            ServiceSocket const manager(path);
            BOOST_TEST_REQUIRE(manager.bound());
            Notifier const notifier(path);
            BOOST_TEST(notifier.ready("serving\nREADY=0"));
            BOOST_TEST(manager.next() == "READY=1\nSTATUS=serving");
            BOOST_TEST(notifier.ready());
            BOOST_TEST(manager.next() == "READY=1");
            BOOST_TEST(notifier.reloading());
            BOOST_TEST(manager.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
            BOOST_TEST(notifier.watchdog());
            BOOST_TEST(manager.next() == "WATCHDOG=1");
            BOOST_TEST(notifier.stopping("draining"));
            BOOST_TEST(manager.next() == "STOPPING=1\nSTATUS=draining");
            BOOST_TEST(manager.next().empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(without_a_manager_nothing_is_sent_and_nothing_fails) {
    for (auto const& path : {std::string(), std::string("/nonexistent/notify"), std::string("relative"), '/' + std::string(200, 'x')})
        BOOST_TEST_CONTEXT(path) BOOST_TEST(!Notifier(path).ready());
}

BOOST_AUTO_TEST_CASE(the_watchdog_is_only_for_the_process_it_names) {
    struct Case {
        char const* interval;
        std::string pid;
        std::int64_t us;
    };
    auto const self = std::to_string(::getpid());
    for (auto const& c : {Case{"30000000", self, 30'000'000}, Case{"30000000", "", 30'000'000}, Case{"30000000", "1", 0},
                          Case{"30000000", "x", 0}, Case{"x", self, 0}, Case{"-5", self, 0}, Case{"", self, 0}}) {
        BOOST_TEST_CONTEXT(c.interval << ' ' << c.pid) {
            ::setenv("WATCHDOG_USEC", c.interval, 1);
            ::setenv("WATCHDOG_PID", c.pid.c_str(), 1);
            BOOST_TEST(watchdog_us() == c.us);
        }
    }
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
    BOOST_TEST(watchdog_us() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::cli
