// The configuration file as one layer over the defaults.
#pragma once

#include <filesystem>
#include <string>

#include "config/config.hpp"
#include "config/option.hpp"
#include "config/problem.hpp"

namespace partnerd::config {

// Reads `file`, puts its values into `config` and appends all that is wrong to `problems`.
void read_file_layer(std::string const& file, Config& config, Problems& problems);

// "storage.url_file" -> the option storage.url, when that one is a secret; null otherwise.
Option const* option_of_secret_file(std::string_view key);
// Assigns what the named file holds, without the end of line at its end. A failure is appended with the place of `at`.
void assign_from_file(Option const& option, Config& config, std::string const& file, std::filesystem::path const& base, Problem at,
                      Problems& problems);
// "storage.ulr" -> the problem of an unknown key, with a suggestion.
Problem unknown_key(Problem at, std::string_view name);

}  // namespace partnerd::config
