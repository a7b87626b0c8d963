// Tells systemd about the state of the service (sd_notify(3)): datagrams to the socket that $NOTIFY_SOCKET names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace partnerd::cli {

class Notifier {
  public:
    // Empty: nobody listens, and every call does nothing. "@name" is an abstract socket.
    explicit Notifier(std::string socket_path);
    static Notifier of_process();  // $NOTIFY_SOCKET [main]

    // [any]; false when nobody took it, which is no reason to stop.
    bool ready(std::string_view status = {}) const;  // after migrations and listening, and again after a reload
    bool reloading() const;
    bool stopping(std::string_view status = {}) const;
    bool watchdog() const;  // at least every watchdog_us() / 2

  private:
    bool send(std::string const& lines) const;
    std::string socket_path_;
};

// The interval that the service manager wants to hear from this process in ($WATCHDOG_USEC and $WATCHDOG_PID); 0: none. [main]
std::int64_t watchdog_us();

}  // namespace partnerd::cli
