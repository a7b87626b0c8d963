// The HTTP/1.1 edge: sockets outside, routing::Handler inside. TLS is a reverse proxy's.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "domain/clock.hpp"
#include "http/settings.hpp"
#include "metrics/registry.hpp"
#include "routing/exchange.hpp"

namespace partnerd::http {

// The handler, the registry and the clock outlive the server. All but the handler's calls: [main].
class Server {
  public:
    // Refused (invalid_config) for settings that cannot be.
    Server(HttpSettings settings, routing::Handler& handler, metrics::Registry& registry, Clock const& clock);
    ~Server();  // as stop()

    // Listens and serves. std::system_error or std::invalid_argument naming the address when that is not possible; then nothing runs.
    void start();
    std::uint16_t port() const noexcept;  // of the TCP listener; 0 without one
    std::size_t connections() const noexcept;

    // Serves on, also new connections; each ends with its next answer ("Connection: close"), so that few are open when drain() comes.
    void announce_stop();
    // Stops accepting, closes idle connections, answers what is in flight with "Connection: close".
    // True when all connections are gone, false when `patience` ended first; then stop() is for the rest.
    bool drain(std::chrono::milliseconds patience);
    // Closes every connection. Waits for each exchange that a handler holds: what finishes them must still run.
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace partnerd::http
