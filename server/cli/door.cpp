#include "cli/door.hpp"

#include <sys/un.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "cli/socket_door.hpp"
#include "domain/digest.hpp"
#include "http/client.hpp"
#include "logging/log.hpp"
#include "storage/url.hpp"

namespace partnerd::cli {

namespace {

constexpr int socket_connections = 32;
constexpr char const* usual_folder = "/run/partnerd";

// PostgreSQL has no file beside which a socket could lie. `serve` has systemd's folder from its unit, and commands find it at its place.
std::string runtime_folder() {
    auto const of = [](char const* name) {
        auto const* const value = std::getenv(name);
        return std::string(value != nullptr && *value == '/' ? value : "");
    };
    std::error_code ignored;
    if (auto const given = of("RUNTIME_DIRECTORY"); !given.empty()) return given.substr(0, given.find(':'));
    if (std::filesystem::is_directory(usual_folder, ignored)) return usual_folder;
    return of("XDG_RUNTIME_DIR");
}

// One for each node and database, whoever opens it.
std::string socket_of(std::string const& database, std::int64_t node) {
    auto const folder = runtime_folder();
    if (folder.empty()) return {};
    return folder + "/partnerd-" + sha256_hex(database + "\n" + std::to_string(node)).substr(0, 16) + ".sock";
}

}  // namespace

bool somebody_answers(std::string const& path) {
    if (path.empty() || !std::filesystem::exists(path)) return false;
    try {
        auto client = http::Client::unix_socket(path);
        client.set_timeout(std::chrono::seconds(5));
        return client.get("/livez").status == 200;
    } catch (std::exception const&) {
        return false;
    }
}

std::string socket_path(config::Config const& config) {
    if (!config.server.unix_socket.empty()) return config.server.unix_socket;
    auto const url = storage::parse_url(config.storage.url);
    if (url.dialect == storage::Dialect::postgresql && config.node.id < 0) return {};
    auto const path = url.dialect == storage::Dialect::sqlite ? url.path + ".sock" : socket_of(url.shown, config.node.id);
    return path.size() < sizeof(sockaddr_un::sun_path) ? path : std::string();
}

std::string find_socket(config::Config const& config) {
    constexpr std::int64_t nodes = 512;
    auto any = config;
    // The number that a server without one of its own took.
    for (auto node = std::max<std::int64_t>(config.node.id, 0); node < (config.node.id < 0 ? nodes : config.node.id + 1); ++node) {
        any.node.id = node;
        auto path = socket_path(any);
        if (somebody_answers(path)) return path;
        if (!config.server.unix_socket.empty()) break;
    }
    return {};
}

OpenDoor open_door(config::Config const& config) {
    if (auto const path = find_socket(config); !path.empty()) return {nullptr, std::make_unique<SocketDoor>(path, socket_connections)};
    // A command's result is what it prints; the log keeps to what is wrong.
    logging::set_level(std::max(logging::level(), logging::Level::warn));
    OpenDoor opened;
    opened.application = std::make_unique<host::Application>(config, host::Use::command);
    opened.door = std::make_unique<host::LocalDoor>(opened.application->dispatcher());
    return opened;
}

}  // namespace partnerd::cli
