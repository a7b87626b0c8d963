#include "e2e/nodes.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

namespace partnerd::e2e {

namespace {

constexpr char const *haproxy = "/usr/sbin/haproxy", *nginx_program = "/usr/sbin/nginx";
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

void require_stopped(Ended ended, RunningServer const& server) {
    if (ended.exit_code != 0) throw std::runtime_error("a server did not stop as it should: " + server.log());
}

void replace(std::string& text, std::string const& from, std::string const& to) {
    auto const at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("the example configuration has no \"" + from + "\"");
    text.replace(at, from.size(), to);
}

}  // namespace

Nodes::Nodes(std::string const& url, bool nginx) : database_(url.empty() ? Installation() : Installation(url, "127.0.0.1:0", "")) {
    database_.done({"apply", demo("retail.toml")});
    for (std::size_t node = 0; node < count; ++node) {
        ports_[node] = free_port();
        installations_[node].emplace(database_, "127.0.0.1:" + std::to_string(ports_[node]), "drain_grace_ms = 2000\n");
        servers_[node] = std::make_unique<RunningServer>(*installations_[node]);
    }
    key_ = create_key(*installations_[0]);
    nginx ? balance_with_nginx() : balance();
    wait_until_balanced();
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
}

// Without TLS, and on a port of its own.
// nginx is several processes: killed, the first would leave the others behind.
Nodes::~Nodes() {
    if (!balancer_) return;
    balancer_->signal(SIGTERM);
    try {
        balancer_->wait(std::chrono::seconds(20));
    } catch (std::exception const&) {
        // It is killed, then.
    }
}

void Nodes::write_nginx_config(std::size_t out) const {
    auto text = read_text(PARTNERD_SOURCE_DIR "/etc/nginx.conf");
    replace(text, "    server 127.0.0.1:8080;\n", "");
    for (std::size_t node = 0; node < count; ++node) {
        auto const number = std::to_string(node + 1);
        replace(text, "# server 10.0.0." + number + ":8080 max_fails=1 fail_timeout=2s;", "server 127.0.0.1:" + std::to_string(ports_[node]) + " max_fails=1 fail_timeout=2s" + (node == out ? " down;" : ";"));
    }
    auto const first = text.find("server {\n    listen 80;"), second = text.find("server {\n    listen 443 ssl");
    if (first == std::string::npos || second == std::string::npos) throw std::runtime_error("etc/nginx.conf has not the two servers");
    text.erase(first, second - first);
    replace(text, "listen 443 ssl http2;", "listen 127.0.0.1:" + std::to_string(port_) + ";");
    for (auto const* const word : {"listen [::]:443", "ssl_certificate ", "ssl_certificate_key", "ssl_protocols"}) replace(text, word, std::string("# ") + word);
    auto const folder = database_.folder().string();
    std::string temporary;
    for (auto const* const kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) temporary += std::string(kind) + "_temp_path " + folder + "/nginx-" + kind + ";\n";
    write_text(database_.path("nginx.conf"), "daemon off;\nworker_processes 2;\npid " + folder + "/nginx.pid;\nerror_log " + folder + "/nginx.err warn;\nevents {}\nhttp {\naccess_log off;\n" + temporary + text + "}\n");
}

void Nodes::balance_with_nginx() {
    if (!std::filesystem::exists(nginx_program)) throw std::runtime_error("nginx is missing; install it with: sudo apt-get install -y nginx-light");
    port_ = free_port();
    write_nginx_config(count);
    balancer_.emplace(std::vector<std::string>{nginx_program, "-p", database_.folder().string(), "-c", database_.path("nginx.conf").string()}, database_.path("nginx.out"), database_.path("nginx.err"));
}

void Nodes::take_out(std::size_t node, bool out) {
    write_nginx_config(out ? node : count);
    balancer_->signal(SIGHUP);
    // Old processes of nginx end with what they have in flight, and then nothing comes from them any more.
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
}

void Nodes::wait_until_balanced() {
    auto const deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        try {
            if (Session(port_, {}).get("/readyz").status == 200) return;
        } catch (std::runtime_error const&) {
            // It does not listen yet.
        }
        if (balancer_->poll() || std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the balancer does not serve: " + read_text(balancer_->err()));
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

void Nodes::stop_all() {
    for (auto const& server : servers_) server->signal(SIGTERM);
    for (auto const& server : servers_) require_stopped(server->wait(), *server);
}

void Nodes::stop(std::size_t node) { require_stopped(server(node).stop(), server(node)); }

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
