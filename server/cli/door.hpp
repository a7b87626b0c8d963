// How a command reaches the data: in this process when nobody else serves them, over the Unix socket of the server that does.
#pragma once

#include <memory>
#include <string>

#include "config/config.hpp"
#include "host/application.hpp"
#include "imports/door.hpp"

namespace partnerd::cli {

// Where `serve` listens for commands: [server] unix_socket, else beside the SQLite database or, for PostgreSQL, in $RUNTIME_DIRECTORY,
// /run/partnerd or $XDG_RUNTIME_DIR; empty: nowhere, or, with PostgreSQL and no node.id, one that only find_socket() knows.
std::string socket_path(config::Config const& config);

// Where a server of this database answers on this machine; empty: nowhere.
std::string find_socket(config::Config const& config);

bool somebody_answers(std::string const& socket);  // a server that is alive

struct OpenDoor {
    std::unique_ptr<host::Application> application;  // empty: a server is running and answers
    std::unique_ptr<imports::Door> door;
};
// Throws std::runtime_error naming the holder when another process has the data and does not answer on its socket.
OpenDoor open_door(config::Config const& config);

}  // namespace partnerd::cli
