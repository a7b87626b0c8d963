// What an operator may configure, as plain data. options.cpp is the one table of keys, defaults, bounds and explanations; etc/partnerd.toml
// shows them all. Paths and sqlite: URLs are absolute once loaded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "logging/log.hpp"

namespace partnerd::config {

struct Limits {
    std::int64_t header_bytes = 16 * 1024;     // request line and fields together
    std::int64_t body_bytes = 1024 * 1024;     // at most; a route may take less
    std::int64_t header_timeout_seconds = 10;  // from the first byte to the last of the header
    std::int64_t idle_timeout_seconds = 75;    // between two requests of a connection
    std::int64_t drain_grace_ms = 0;           // how long a stop still serves, while /readyz answers 503
    std::int64_t drain_seconds = 30;           // how long a stop waits for requests in flight, after that
    std::int64_t connections_max = 10'000;
    std::int64_t connections_per_ip_max = 1'000;
    std::int64_t rate_per_minute = 6'000;  // requests of one client address; 0: no limit
};

struct Server {
    std::string listen = "127.0.0.1:8080";             // address:port, [v6]:port; port 0 takes a free one
    std::string metrics_listen = "127.0.0.1:9464";     // empty: no metrics listener
    std::string unix_socket;                           // for commands of this machine; empty: see cli/door.hpp
    std::int64_t threads = 0;                          // I/O threads; 0: as many as processors
    std::string public_url;  // as the world sees the server; no slash at its end. Empty: see public_url()
    std::vector<std::string> trusted_proxies;          // addresses and CIDR blocks whose X-Forwarded-For is believed
    Limits limits;
};

struct Storage {
    std::string url = "sqlite:///var/lib/partnerd/partnerd.db";  // or postgresql://...; a secret where it has a password
    std::int64_t readers = 4;
    std::int64_t writers = 8;  // PostgreSQL only
    std::int64_t batch_units = 64;
    std::int64_t batch_ms = 5;
};

struct Clicks {
    std::int64_t keep_days = 400;  // never less than they may earn; 0: for ever
};

struct Log {
    logging::Level level = logging::Level::info;
    logging::Format format = logging::Format::automatic;
};

struct Node {
    std::int64_t id = -1;  // 0 to 511, unique among the servers of one database; -1: 0 with SQLite, the first free one with PostgreSQL
};

struct Plugins {
    std::string directory = "/usr/lib/partnerd/plugins";
};

struct Plugin {
    std::string id;
    std::string file;           // absolute; <directory>/<id>.so where the configuration names none
    bool optional = false;      // true: a failure to load is logged and the server starts without it
    bool root_routes = false;   // true: may register routes outside its own folder
    std::string config = "{}";  // [plugin.config] as a JSON object
    int line = 0;               // of [[plugin]] in the file
};

struct Config {
    std::string file;  // absolute; empty when none was read
    Server server;
    Storage storage;
    Clicks clicks;
    Log log;
    Node node;
    Plugins plugins;
    std::vector<Plugin> plugin;  // in the order of the file, which is the order of loading
};

}  // namespace partnerd::config
