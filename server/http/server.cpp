#include "http/server.hpp"

#include <unistd.h>

#include <thread>

#include "http/io_thread.hpp"
#include "http/listen.hpp"
#include "http/session.hpp"

namespace partnerd::http {

namespace {

constexpr std::chrono::milliseconds drain_poll{5};

std::vector<Network> parse_trusted(HttpSettings const& settings) {
    std::vector<Network> networks;
    for (auto const& text : settings.trusted_proxies) networks.push_back(Network::parse(text).value());
    return networks;
}

void check(HttpSettings const& settings) {
    auto const require = [](bool sound, char const* detail) {
        if (!sound) throw Refused(Error(errc::invalid_config, detail));
    };
    require(settings.threads >= 1 && settings.threads <= 256, "http.threads must be 1 to 256");
    require(!settings.listen.empty() || !settings.unix_socket.empty(), "http.listen or http.unix_socket must be set");
    require(settings.connections >= 1 && settings.connections_per_ip >= 1,
            "http.connections and http.connections_per_ip must be at least 1");
    require(settings.requests_per_connection >= 1 && settings.pipelined_per_turn >= 1, "http.requests_per_connection must be at least 1");
    require(settings.limits.header_bytes >= 1024 && settings.limits.header_bytes <= 1024 * 1024,
            "http.header_bytes must be 1024 to 1048576");
    require(settings.limits.target_bytes >= 1 && settings.limits.target_bytes <= settings.limits.header_bytes,
            "http.target_bytes must be at least 1 and at most http.header_bytes");
}

}  // namespace

struct Server::Impl {
    Impl(HttpSettings const& settings, routing::Handler& handler, metrics::Registry& registry, Clock const& clock)
        : shared{settings, parse_trusted(settings), handler, clock, Figures(registry)} {}

    Shared shared;
    std::vector<std::unique_ptr<IoThread>> threads;
    std::uint16_t port = 0;
    bool made_unix_socket = false;

    void listen() {
        auto const& settings = shared.settings;
        for (unsigned i = 0; i < settings.threads; ++i) threads.push_back(std::make_unique<IoThread>(shared));
        if (!settings.listen.empty()) {
            auto const tcp = listen_tcp(settings.listen, settings.threads);
            port = tcp.port;
            for (unsigned i = 0; i < settings.threads; ++i) threads[i]->listen(tcp.descriptors[i], IoThread::Peers::tcp);
        }
        if (settings.unix_socket.empty()) return;
        threads.front()->listen(listen_unix(settings.unix_socket), IoThread::Peers::local);
        made_unix_socket = true;
    }
};

Server::Server(HttpSettings settings, routing::Handler& handler, metrics::Registry& registry, Clock const& clock) {
    check(settings);
    impl_ = std::make_unique<Impl>(settings, handler, registry, clock);
}

Server::~Server() { stop(); }

void Server::start() {
    try {
        impl_->listen();
    } catch (...) {
        impl_->threads.clear();
        throw;
    }
    for (auto& thread : impl_->threads) thread->start();
}

std::uint16_t Server::port() const noexcept { return impl_->port; }

std::size_t Server::connections() const noexcept { return impl_->shared.connections.load(); }

void Server::announce_stop() { impl_->shared.leaving = true; }

bool Server::drain(std::chrono::milliseconds patience) {
    auto const deadline = std::chrono::steady_clock::now() + patience;
    announce_stop();
    impl_->shared.draining = true;
    for (auto& thread : impl_->threads) thread->drain();
    while (connections() > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(drain_poll);
    return connections() == 0;
}

void Server::stop() {
    announce_stop();
    impl_->shared.draining = true;
    for (auto& thread : impl_->threads) thread->stop();
    for (auto& thread : impl_->threads) thread->join();
    while (impl_->shared.finishing.load(std::memory_order_acquire) > 0) std::this_thread::yield();
    impl_->threads.clear();
    if (std::exchange(impl_->made_unix_socket, false)) ::unlink(impl_->shared.settings.unix_socket.c_str());
}

}  // namespace partnerd::http
