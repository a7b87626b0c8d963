// The configuration in force as text, without secrets.
#pragma once

#include <string>

#include "config/config.hpp"

namespace partnerd::config {

// TOML with every key, which load() reads back; passwords and values whose key names a secret are "***".
std::string print_toml(Config const& config);
std::string print_json(Config const& config);  // the same as one JSON object

}  // namespace partnerd::config
