// Reads the configuration: flag > environment > file > default, checked whole.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/problem.hpp"

namespace partnerd::config {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Sources {
    std::string file;   // empty: no file
    Pairs environment;  // names that begin with PARTNERD__ and their values; see environment_of_process()
    Pairs flags;        // key and value: {"server.listen", "0.0.0.0:80"}
};

struct Loaded {
    Config config;      // usable only when there are no problems
    Problems problems;  // all of them
};

// The variables of this process that begin with PARTNERD__. [main]
Pairs environment_of_process();

// A variable is PARTNERD__SECTION__KEY (PARTNERD__SERVER__LIMITS__BODY_BYTES); lists are separated by commas.
// PARTNERD__STORAGE__URL_FILE, or storage.url_file in the file, names a file that holds the value, so that a secret is in no
// environment and in no shared file; the end of line at its end is taken off.
// Relative paths of the file are relative to its folder; those of variables and flags to the working directory.
// The file has at most 1 MB, lines of at most 4096 bytes and keys of at most 16 parts: toml++ 3.3 crashes on what is far beyond.
// [main]; reads files, changes nothing.
Loaded load(Sources const& sources);

// server.public_url, or http:// and server.listen; who listens on all addresses is reached at 127.0.0.1.
std::string public_url(Config const& config);

// What of the configuration is missing on this machine: the libraries of plugins that are not optional. For `check` and `serve`. [main]
Problems check_files(Config const& config);

// Where the file is when nobody names one: $PARTNERD_CONFIG, ./partnerd.toml, /etc/partnerd/partnerd.toml; none otherwise.
std::optional<std::string> find_file();

}  // namespace partnerd::config
