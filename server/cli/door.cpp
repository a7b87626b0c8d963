#include "cli/door.hpp"

#include <sys/un.h>

#include <filesystem>
#include <stdexcept>

#include "cli/socket_door.hpp"
#include "http/client.hpp"
#include "logging/log.hpp"
#include "storage/url.hpp"

namespace partnerd::cli {

namespace {

constexpr int socket_connections = 32;

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

}  // namespace

std::string socket_path(config::Config const& config) {
    if (!config.server.unix_socket.empty()) return config.server.unix_socket;
    auto const url = storage::parse_url(config.storage.url);
    auto const path = url.dialect == storage::Dialect::sqlite ? url.path + ".sock" : std::string();
    return path.size() < sizeof(sockaddr_un::sun_path) ? path : std::string();
}

OpenDoor open_door(config::Config const& config) {
    auto const path = socket_path(config);
    if (somebody_answers(path)) return {nullptr, std::make_unique<SocketDoor>(path, socket_connections)};
    // A command's result is what it prints; the log keeps to what is wrong.
    logging::set_level(std::max(logging::level(), logging::Level::warn));
    OpenDoor opened;
    opened.application = std::make_unique<host::Application>(config, host::Use::command);
    opened.door = std::make_unique<host::LocalDoor>(opened.application->dispatcher());
    return opened;
}

}  // namespace partnerd::cli
