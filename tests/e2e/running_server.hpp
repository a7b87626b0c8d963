// `partnerd serve` of an installation, from its first byte of log to its last.
#pragma once

#include <cstdint>

#include "e2e/installation.hpp"
#include "http/client.hpp"

namespace partnerd::e2e {

// Ready when the constructor returns; throws std::runtime_error with the log otherwise. Ended by SIGKILL in the destructor if nobody
// stopped it.
class RunningServer {
  public:
    explicit RunningServer(Installation const& installation);

    std::uint16_t port() const noexcept { return port_; }
    http::Client client() const { return http::Client::tcp("127.0.0.1", port_); }
    pid_t pid() const noexcept { return process_->pid(); }
    std::string log() const { return read_text(process_->err()); }

    void signal(int number) const { process_->signal(number); }
    Ended wait(std::chrono::milliseconds at_most = std::chrono::minutes(1)) { return process_->wait(at_most); }
    Ended stop();  // SIGTERM, and waits
    void kill();   // SIGKILL, and waits
    // Waits until the log has the text; throws after a minute.
    void wait_for_log(std::string const& text) const;

  private:
    std::unique_ptr<Process> process_;
    std::uint16_t port_ = 0;
};

}  // namespace partnerd::e2e
