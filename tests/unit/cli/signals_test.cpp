#include "cli/signals.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

namespace partnerd::cli {

namespace {

// What was called, in order; waits for a count of calls, not for a time.
class Calls {
  public:
    void add(char name) {
        std::lock_guard const lock(mutex_);
        names_ += name;
        changed_.notify_all();
    }
    std::string wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(60), [&] { return names_.size() >= count; });
        return names_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string names_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(signals)

BOOST_AUTO_TEST_CASE(term_drains_once_then_forces_and_hup_reloads) {
    Calls calls;
    Signals const listening({[&] { calls.add('d'); }, [&] { calls.add('f'); }, [&] { calls.add('r'); }});
    std::size_t count = 0;
    for (int const signal : {SIGHUP, SIGHUP, SIGTERM, SIGHUP, SIGINT, SIGTERM}) {
        BOOST_TEST_REQUIRE(::kill(::getpid(), signal) == 0);
        calls.wait(++count);
    }
    BOOST_TEST(calls.wait(6) == "rrdrff");
}

BOOST_AUTO_TEST_CASE(int_drains_too_and_calls_that_are_not_set_are_left_out) {
    Calls calls;
    Signals const listening({[&] { calls.add('d'); }, {}, {}});
    ::kill(::getpid(), SIGHUP);
    ::kill(::getpid(), SIGINT);
    BOOST_TEST(calls.wait(1) == "d");
}

BOOST_AUTO_TEST_CASE(a_closed_pipe_is_an_error_not_a_death) {
    Signals const listening({{}, {}, {}});
    int fds[2];
    BOOST_TEST_REQUIRE(::pipe(fds) == 0);
    ::close(fds[0]);
    BOOST_TEST(::write(fds[1], "x", 1) == -1);
    BOOST_TEST(errno == EPIPE);
    ::close(fds[1]);
}

BOOST_AUTO_TEST_CASE(the_mask_is_restored) {
    sigset_t before, during, after;
    pthread_sigmask(SIG_SETMASK, nullptr, &before);
    {
        Signals const listening({{}, {}, {}});
        pthread_sigmask(SIG_SETMASK, nullptr, &during);
    }
    pthread_sigmask(SIG_SETMASK, nullptr, &after);
    for (int const signal : {SIGTERM, SIGINT, SIGHUP}) {
        BOOST_TEST(sigismember(&during, signal) == 1);
        BOOST_TEST(sigismember(&after, signal) == sigismember(&before, signal));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::cli
