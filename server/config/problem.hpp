// One thing that is wrong in what an operator wrote, with its place and the way out.
#pragma once

#include <string>
#include <vector>

namespace partnerd::config {

struct Problem {
    std::string source;  // a file name, "environment" or "command line"
    int line = 0;        // from 1; 0 where the source has no lines
    int column = 0;
    std::string key;   // "server.limits.body_bytes", "plugin[1].id", PARTNERD__SERVER__LISTEN, --listen; may be empty
    std::string what;  // what is wrong; never a secret
    std::string way_out;

    // "etc/partnerd.toml:12:3: server.lisen: this key is not known. Did you mean server.listen?"
    std::string text() const;
};

using Problems = std::vector<Problem>;

// Sorted by source, line and column, one line each.
std::string list(Problems const& problems);

}  // namespace partnerd::config
