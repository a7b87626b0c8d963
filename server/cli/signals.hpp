// The signals of a server, as calls on a thread of their own, so that what they call may lock, allocate and log.
#pragma once

#include <csignal>
#include <functional>
#include <thread>

namespace partnerd::cli {

struct SignalCalls {
    std::function<void()> drain;   // the first SIGTERM or SIGINT: finish what is in flight, then stop
    std::function<void()> force;   // each one after it: stop now
    std::function<void()> reload;  // SIGHUP
};

// Construct it before any other thread, since threads inherit the mask: it blocks SIGTERM, SIGINT and SIGHUP, and ignores SIGPIPE.
// The calls come one after another, on its thread, and must not throw. The destructor waits for a call that runs, then restores the mask.
// [main]
class Signals {
  public:
    explicit Signals(SignalCalls calls);
    ~Signals();
    Signals(Signals const&) = delete;
    Signals& operator=(Signals const&) = delete;

  private:
    void listen();
    void take(int signal);

    SignalCalls calls_;
    bool draining_ = false;  // only on the thread
    int signal_fd_ = -1, stop_fd_ = -1;
    sigset_t before_{};
    std::thread thread_;
};

}  // namespace partnerd::cli
