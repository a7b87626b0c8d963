// The table of the keys an operator may set: where the value lives, its bounds, what it means. The file, the environment, the flags, the
// print and the test of etc/partnerd.toml all go by it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "config/problem.hpp"

namespace partnerd::config {

using Slot = std::variant<std::string*, std::int64_t*, std::vector<std::string>*, logging::Level*, logging::Format*>;

struct Option {
    enum class Kind { plain, path, database };  // path and database: relative ones are made absolute
    std::string_view key;                       // "server.limits.body_bytes"
    Slot (*slot)(Config& config);
    std::int64_t min = 0, max = 0;                          // of integers
    std::string (*check)(std::string_view text) = nullptr;  // of texts, and of each text of a list
    Kind kind = Kind::plain;
    bool secret = false;  // may hold a password: <key>_file is accepted, and what is shown is scrubbed
};

std::span<Option const> options();
Option const* find_option(std::string_view key);
std::vector<std::string> option_keys();

// A value as a source gives it.
using Value = std::variant<std::string, std::int64_t, bool, double, std::vector<std::string>>;

// Puts the value into `config`; relative paths begin at `base`. Fills what and way_out of the problem (and nothing else) when it is
// refused. Returns whether it was taken.
bool assign(Option const& option, Config& config, Value const& value, std::filesystem::path const& base, Problem& problem);

// A variable's or flag's text as the value the option takes: a number, a list at commas, or the text itself.
Value value_of_text(Option const& option, std::string const& text);

// The value in force, as it is written in TOML: 5, "text", ["a", "b"]. Secrets are scrubbed.
std::string toml_value(Option const& option, Config const& config);
std::string toml_text(std::string_view text);  // a TOML basic string, which is also a JSON string

}  // namespace partnerd::config
