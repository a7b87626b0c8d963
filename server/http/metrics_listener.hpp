// GET /metrics on a listener of its own, so that figures are not on the public address.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "domain/clock.hpp"
#include "metrics/registry.hpp"

namespace partnerd::http {

class MetricsListener {
  public:
    // `address` as in HttpSettings::listen. The registry and the clock outlive the listener. [main]
    MetricsListener(std::string const& address, metrics::Registry& registry, Clock const& clock);
    ~MetricsListener();

    void start();  // as Server::start()
    std::uint16_t port() const noexcept;
    void stop();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace partnerd::http
