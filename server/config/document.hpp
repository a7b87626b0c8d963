// A parsed TOML text. Included only inside config/: toml++ stays behind it.
#pragma once

#include <toml++/toml.h>

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "config/apply_file.hpp"
#include "config/problem.hpp"

namespace partnerd::config {

std::variant<toml::table, Problem> parse_document(std::string_view text, std::string const& source);

inline constexpr int nesting_max = 30;  // Boost.JSON's parser refuses more than 32

struct JsonText {
    std::string json;
    std::map<std::string, Place, std::less<>> places;  // JSON pointer -> where the value begins; "" is the table itself
    Problem problem;                                   // what is empty when all went well
};
// Dates and times become strings in RFC 3339; infinity and NaN are refused.
JsonText to_json(toml::table const& table, std::string const& source);

}  // namespace partnerd::config
