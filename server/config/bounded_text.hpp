// The text of a TOML file that is safe to hand to toml++ 3.3, which crashes on keys of very many parts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "config/problem.hpp"

namespace partnerd::config {

inline constexpr std::size_t file_bytes_max = 1024 * 1024;
inline constexpr std::size_t line_bytes_max = 4096;
inline constexpr int key_parts_max = 16;

std::variant<std::string, Problem> read_file(std::string const& file, std::size_t bytes_max = file_bytes_max);
// The first thing that is out of bounds: size, a line's length, a key's parts, UTF-8. Pure.
std::optional<Problem> check_bounds(std::string_view text, std::string const& source);

}  // namespace partnerd::config
