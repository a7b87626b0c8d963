#include "cli/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>

namespace partnerd::cli {

namespace {

std::string_view variable(char const* name) {
    char const* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string with_status(std::string lines, std::string_view status) {
    if (status.empty()) return lines;
    lines.append("\nSTATUS=").append(status.substr(0, status.find('\n')));
    return lines;
}

std::int64_t monotonic_us() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
}

}  // namespace

Notifier::Notifier(std::string socket_path) : socket_path_(std::move(socket_path)) {}
Notifier Notifier::of_process() { return Notifier(std::string(variable("NOTIFY_SOCKET"))); }

bool Notifier::ready(std::string_view status) const { return send(with_status("READY=1", status)); }
// MONOTONIC_USEC is what Type=notify-reload of newer systemd asks for; older ones ignore it.
bool Notifier::reloading() const { return send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_us())); }
bool Notifier::stopping(std::string_view status) const { return send(with_status("STOPPING=1", status)); }
bool Notifier::watchdog() const { return send("WATCHDOG=1"); }

bool Notifier::send(std::string const& lines) const {
    sockaddr_un address{};
    bool const usable =
        !socket_path_.empty() && (socket_path_[0] == '/' || socket_path_[0] == '@') && socket_path_.size() < sizeof address.sun_path;
    if (!usable) return false;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_path_.data(), socket_path_.size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    int const fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_path_.size());
    auto const sent = ::sendto(fd, lines.data(), lines.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr const*>(&address), size);
    ::close(fd);
    return sent == static_cast<ssize_t>(lines.size());
}

std::int64_t watchdog_us() {
    auto const pid = variable("WATCHDOG_PID");
    if (!pid.empty() && number(pid) != static_cast<std::int64_t>(::getpid())) return 0;
    auto const interval = number(variable("WATCHDOG_USEC")).value_or(0);
    return interval > 0 ? interval : 0;
}

}  // namespace partnerd::cli
