#include "http/figures.hpp"

namespace partnerd::http {

Figures::Figures(metrics::Registry& registry)
    : duration(
          registry.histogram("partnerd_http_request_duration_seconds", "From the whole request to its answer", metrics::latency_bounds())),
      connections_total(registry.counter("partnerd_http_connections_total", "Connections accepted")),
      connections_open(registry.gauge("partnerd_http_connections_open", "Connections now open")),
      accept_pauses(
          registry.counter("partnerd_http_accept_pauses_total", "Times that accepting stopped: too many connections or no descriptors")),
      handler_failures(registry.counter("partnerd_http_handler_failures_total", "Requests whose handler threw")),
      registry_(registry) {
    for (std::size_t digit = 0; digit < requests_.size(); ++digit) {
        std::string const status = digit < 2 ? "other" : std::to_string(digit) + "xx";
        requests_[digit] = &registry.counter("partnerd_http_requests_total", "Requests answered by a handler", {{"status", status}});
    }
}

void Figures::refused(errc code) {
    registry_
        .counter("partnerd_http_refused_total", "Requests and connections refused before any handler",
                 {{"code", std::string(code_name(code))}})
        .add();
}

}  // namespace partnerd::http
