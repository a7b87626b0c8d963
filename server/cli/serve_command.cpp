#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <ostream>
#include <thread>

#include "cli/commands.hpp"
#include "cli/configuration.hpp"
#include "cli/door.hpp"
#include "cli/notify.hpp"
#include "cli/signals.hpp"
#include "config/difference.hpp"
#include "host/application.hpp"
#include "http/metrics_listener.hpp"
#include "http/server.hpp"
#include "logging/log.hpp"
#include "storage/url.hpp"

namespace partnerd::cli {

namespace {

http::HttpSettings http_settings(config::Config const& config) {
    auto const& server = config.server;
    auto const& limits = server.limits;
    http::HttpSettings settings;
    settings.listen = server.listen;
    settings.unix_socket = socket_path(config);
    settings.threads = server.threads > 0 ? static_cast<unsigned>(server.threads) : std::max(1u, std::thread::hardware_concurrency());
    settings.limits.header_bytes = static_cast<std::size_t>(limits.header_bytes);
    settings.header_deadline = std::chrono::seconds(limits.header_timeout_seconds);
    settings.idle_deadline = std::chrono::seconds(limits.idle_timeout_seconds);
    settings.connections = static_cast<std::size_t>(limits.connections_max);
    settings.connections_per_ip = static_cast<std::size_t>(limits.connections_per_ip_max);
    settings.unrouted_body_bytes = std::min(settings.unrouted_body_bytes, static_cast<std::size_t>(limits.body_bytes));
    settings.trusted_proxies = server.trusted_proxies;
    return settings;
}

// What the signals ask for, and the main thread waits for.
class Wish {
  public:
    void drain() {
        std::lock_guard const lock(mutex_);
        draining_ = true;
        changed_.notify_all();
    }
    void wait_for_drain() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return draining_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool draining_ = false;
};

// All that may change while the server runs.
constexpr std::string_view changes_at_once = "log.level";

// The rest of a new configuration is checked, and waits for a restart.
std::string waits_for_restart(config::Config const& serving, config::Config const& read) {
    std::string keys;
    for (auto const& key : config::differing_keys(serving, read))
        if (key != changes_at_once) keys += (keys.empty() ? "" : ", ") + key;
    return keys;
}

void reload(Invocation const& invocation, config::Config const& serving, Notifier const& notifier) {
    notifier.reloading();
    auto const loaded = config::load(config_sources(invocation));
    if (!loaded.problems.empty()) {
        logging::error("the new configuration is not valid; the old one stays", {{"problems", loaded.problems.size()}, {"first", config::list({loaded.problems.front()})}});
    } else {
        logging::set_level(loaded.config.log.level);
        logging::info("configuration read again", {{"log_level", logging::level_name(loaded.config.log.level)}});
        auto const waiting = waits_for_restart(serving, loaded.config);
        if (!waiting.empty()) logging::warn("what else is new in the configuration waits for a restart", {{"keys", waiting}});
    }
    notifier.ready();
}

// Tells balancers to go elsewhere and serves until they have.
void leave(config::Config const& config, host::Application& application, http::Server& server) {
    application.announce_stop();
    server.announce_stop();
    auto const grace = std::chrono::milliseconds(config.server.limits.drain_grace_ms);
    if (grace.count() == 0) return;
    logging::info("stopping: not ready any more, serving on for a while", {{"ms", grace.count()}});
    std::this_thread::sleep_for(grace);
}

void run_until_drained(config::Config const& config, host::Application& application, Wish& wish, Notifier const& notifier) {
    http::Server server(http_settings(config), application.dispatcher(), application.metrics(), application.clock());
    std::unique_ptr<http::MetricsListener> metrics;
    if (!config.server.metrics_listen.empty()) metrics = std::make_unique<http::MetricsListener>(config.server.metrics_listen, application.metrics(), application.clock());
    if (metrics) metrics->start();
    server.start();
    application.start_background();
    logging::info("ready", {{"listen", config.server.listen}, {"port", server.port()}, {"metrics", config.server.metrics_listen}, {"socket", socket_path(config)}, {"node", config.node.id}});
    notifier.ready("serving");
    wish.wait_for_drain();
    notifier.stopping();
    leave(config, application, server);
    auto const patience = std::chrono::seconds(config.server.limits.drain_seconds);
    logging::info("stopping: finishing what is in flight", {{"seconds_at_most", config.server.limits.drain_seconds}});
    // The dispatcher takes requests until the server has no connection: one whose header came in time is answered when its body is there.
    auto const deadline = std::chrono::steady_clock::now() + patience;
    if (!server.drain(patience)) logging::warn("some requests were not finished in time", {{"connections", server.connections()}});
    auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    application.drain(std::max(left, std::chrono::milliseconds(0)));
    server.stop();
    if (metrics) metrics->stop();
}

int run_serve(Invocation& invocation) {
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    if (auto const missing = config::check_files(*config); !missing.empty()) {
        invocation.err << config::list(missing);
        return exit_failed;
    }
    // SQLite's lock file names the holder's process; PostgreSQL lets many in, but a socket is one server's.
    if (auto const path = socket_path(*config); storage::parse_url(config->storage.url).dialect == storage::Dialect::postgresql && somebody_answers(path)) {
        invocation.err << "partnerd: a server of " << storage::parse_url(config->storage.url).shown << " answers on " << path << " already; stop it, or give this one "
                       << (config->server.unix_socket.empty() ? "a node.id of its own, or none" : "a server.unix_socket of its own") << '\n';
        return exit_failed;
    }
    Wish wish;
    auto const notifier = Notifier::of_process();
    // Before any thread: they inherit the mask.
    Signals const signals({[&] { wish.drain(); }, [] { _exit(1); }, [&] { reload(invocation, *config, notifier); }});
    host::Application application(*config, host::Use::serve);
    auto served = *config;
    served.node.id = application.node();  // the socket is named after it
    run_until_drained(served, application, wish, notifier);
    logging::info("stopped");
    return exit_ok;
}

}  // namespace

Command const serve_command{
    .name = "serve",
    .summary = "run the server",
    .synopsis = "partnerd serve [--config FILE] [--set KEY=VALUE]...",
    .description = "Checks the configuration, brings the tables up to date, loads the plugins and serves until SIGTERM or\n"
                   "SIGINT; then /readyz says 503, it serves on for drain_grace_ms, closes its listeners, finishes what is\n"
                   "in flight and stops. A second signal stops at once. SIGHUP reads the configuration again:\n"
                   "the level of the log follows, the rest is checked and waits for a restart; the log names what waits.\n"
                   "\n"
                   "Commands (key, apply, import) of the same machine reach the server through a Unix socket: [server]\n"
                   "unix_socket, or <database>.sock; with PostgreSQL a file in /run/partnerd. Who may open the\n"
                   "socket is an operator.",
    .examples = "$ partnerd serve --config /etc/partnerd/partnerd.toml",
    .configured = true,
    .run = run_serve,
};

}  // namespace partnerd::cli
