// A plugin's shared library. Opened once, with its symbols to itself, and never closed: threads, thread-locals and static data
// of a plugin may outlive any point at which closing would seem safe.
#pragma once

#include <partnerd/plugin.h>

#include <string>

#include "domain/result.hpp"

namespace partnerd::plugins {

// What the library's entry says, or not_a_plugin: no library, no entry, the entry refuses (NULL) or throws. [main]
Result<partnerd_plugin const*> open_plugin(std::string const& path);

}  // namespace partnerd::plugins
