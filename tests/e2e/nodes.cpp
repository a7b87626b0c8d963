#include "e2e/nodes.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

namespace partnerd::e2e {

namespace {

constexpr char const* haproxy = "/usr/sbin/haproxy";
// The checks of etc/haproxy.cfg: up after two answers, half a second apart.
constexpr std::chrono::milliseconds until_seen{2000};
constexpr auto patience = std::chrono::seconds(60);

// One that was free a moment ago. A server that starts again needs the one it had.
std::uint16_t free_port() {
    int const descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    bool const found = ::bind(descriptor, generic, size) == 0 && ::getsockname(descriptor, generic, &size) == 0;
    ::close(descriptor);
    if (!found) throw std::runtime_error("no port is free");
    return ntohs(address.sin_port);
}

void replace(std::string& text, std::string const& from, std::string const& to) {
    auto const at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("etc/haproxy.cfg has no \"" + from + "\"");
    text.replace(at, from.size(), to);
}

}  // namespace

Nodes::Nodes(std::string const& url) : database_(url.empty() ? Installation() : Installation(url, "127.0.0.1:0", "")) {
    database_.done({"apply", demo("retail.toml")});
    for (std::size_t node = 0; node < count; ++node) {
        ports_[node] = free_port();
        installations_[node].emplace(database_, "127.0.0.1:" + std::to_string(ports_[node]), "drain_grace_ms = 2000\n");
        servers_[node] = std::make_unique<RunningServer>(*installations_[node]);
    }
    key_ = create_key(*installations_[0]);
    balance();
    auto first = office(0);
    if (first.post("/v1/programs/retail/partners", boost::json::object{{"handle", "acme"}}).status != 201) throw std::runtime_error("acme could not be enrolled");
    Session partner(server(0), create_key(*installations_[0], {"--kind", "partner", "--partner", "acme"}));
    if (partner.post("/v1/me/programs/retail/links", boost::json::object{{"code", "landing"}}).status != 201) throw std::runtime_error("the link could not be made");
}

void Nodes::balance() {
    if (!std::filesystem::exists(haproxy)) throw std::runtime_error("HAProxy is missing; install it with: sudo apt-get install -y haproxy");
    port_ = free_port();
    auto text = read_text(PARTNERD_SOURCE_DIR "/etc/haproxy.cfg");
    replace(text, "bind :80\n", "bind 127.0.0.1:" + std::to_string(port_) + "\n");
    for (std::size_t node = 0; node < count; ++node) {
        auto const number = std::to_string(node + 1);
        replace(text, "10.0.0." + number + ":8080", "127.0.0.1:" + std::to_string(ports_[node]));
    }
    auto const file = database_.path("haproxy.cfg");
    write_text(file, text);
    balancer_.emplace(std::vector<std::string>{haproxy, "-db", "-f", file.string()}, database_.path("haproxy.out"), database_.path("haproxy.err"));
    auto const deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        try {
            if (Session(port_, {}).get("/readyz").status == 200) return;
        } catch (std::runtime_error const&) {
            // It does not listen yet.
        }
        if (balancer_->poll() || std::chrono::steady_clock::now() > deadline) throw std::runtime_error("HAProxy does not serve: " + read_text(balancer_->err()));
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

void Nodes::stop(std::size_t node) {
    auto const ended = server(node).stop();
    if (ended.exit_code != 0) throw std::runtime_error("a server did not stop as it should: " + server(node).log());
}

void Nodes::kill(std::size_t node) { server(node).kill(); }

void Nodes::start(std::size_t node) {
    servers_[node] = std::make_unique<RunningServer>(*installations_[node]);
    std::this_thread::sleep_for(until_seen);
}

void Nodes::check_verified() const {
    auto const verified = database_.run({"verify"});
    if (verified.exit_code() != 0) throw std::runtime_error("verify: " + verified.out + verified.err);
}

}  // namespace partnerd::e2e
