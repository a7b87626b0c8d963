// The edge's own figures.
#pragma once

#include <array>

#include "domain/result.hpp"
#include "metrics/registry.hpp"

namespace partnerd::http {

class Figures {
  public:
    explicit Figures(metrics::Registry& registry);

    void answered(int status, double seconds) noexcept {
        requests_[static_cast<std::size_t>(status / 100 % 6)]->add();
        duration.observe(seconds);
    }
    void refused(errc code);  // takes a lock: for refusals only

    metrics::Histogram& duration;
    metrics::Counter& connections_total;
    metrics::Gauge& connections_open;
    metrics::Counter& accept_pauses;
    metrics::Counter& handler_failures;

  private:
    metrics::Registry& registry_;
    std::array<metrics::Counter*, 6> requests_{};  // by the first digit of the status
};

}  // namespace partnerd::http
