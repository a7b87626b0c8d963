#include "http/metrics_listener.hpp"

#include "http/server.hpp"

namespace partnerd::http {

namespace {

class Exposition final : public routing::Handler {
  public:
    explicit Exposition(metrics::Registry const& registry) : registry_(registry) {}

    void handle(routing::Exchange& exchange) override {
        answer(exchange.request, exchange.response);
        exchange.finish();
    }
    std::size_t body_limit(std::string_view, std::string_view) const override { return 0; }

  private:
    void answer(routing::Request const& request, routing::Response& response) const {
        if (request.path() != "/metrics") return response.problem(Error(errc::not_found, "The figures are at /metrics"));
        if (request.method != "GET" && request.method != "HEAD") {
            response.problem(errc::method_not_allowed);
            return response.set_header("Allow", "GET, HEAD");
        }
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        response.body = registry_.text();
    }

    metrics::Registry const& registry_;
};

HttpSettings settings_for(std::string const& address) {
    HttpSettings settings;
    settings.listen = address;
    settings.threads = 1;
    settings.connections = 64;
    return settings;
}

}  // namespace

struct MetricsListener::Impl {
    Impl(std::string const& address, metrics::Registry& registry, Clock const& clock)
        : handler(registry), server(settings_for(address), handler, own, clock) {}

    Exposition handler;
    metrics::Registry own;  // scrapes are not among the figures that they read
    Server server;
};

MetricsListener::MetricsListener(std::string const& address, metrics::Registry& registry, Clock const& clock)
    : impl_(std::make_unique<Impl>(address, registry, clock)) {}

MetricsListener::~MetricsListener() = default;

void MetricsListener::start() { impl_->server.start(); }

std::uint16_t MetricsListener::port() const noexcept { return impl_->server.port(); }

void MetricsListener::stop() { impl_->server.stop(); }

}  // namespace partnerd::http
