#include "cli/signals.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace partnerd::cli {

namespace {
[[noreturn]] void fail(char const* what) { throw std::system_error(errno, std::generic_category(), what); }
}  // namespace

Signals::Signals(SignalCalls calls) : calls_(std::move(calls)) {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t taken;
    sigemptyset(&taken);
    for (int const signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&taken, signal);
    pthread_sigmask(SIG_BLOCK, &taken, &before_);
    signal_fd_ = ::signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
    stop_fd_ = ::eventfd(0, EFD_CLOEXEC);
    if (signal_fd_ < 0 || stop_fd_ < 0) fail("signals");
    thread_ = std::thread([this] { listen(); });
}

Signals::~Signals() {
    std::uint64_t const one = 1;
    while (::write(stop_fd_, &one, sizeof one) < 0 && errno == EINTR) {}
    thread_.join();
    ::close(signal_fd_);
    ::close(stop_fd_);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Signals::listen() {
    pollfd fds[] = {{signal_fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
    for (;;) {
        if (::poll(fds, 2, -1) < 0 && errno != EINTR) return;
        if ((fds[1].revents & POLLIN) != 0) return;
        signalfd_siginfo info{};
        if (::read(signal_fd_, &info, sizeof info) == sizeof info) take(static_cast<int>(info.ssi_signo));
    }
}

void Signals::take(int signal) {
    auto& call = signal == SIGHUP ? calls_.reload : draining_ ? calls_.force : calls_.drain;
    if (signal != SIGHUP) draining_ = true;
    if (call) call();
}

}  // namespace partnerd::cli
