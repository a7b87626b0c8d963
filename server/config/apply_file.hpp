// The file of `partnerd apply`: TOML turned into JSON, with the line of each value, so that the server's errors, which carry
// JSON pointers, can be shown as a place in the file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "config/problem.hpp"
#include "domain/result.hpp"

namespace partnerd::config {

struct Place {
    int line = 0;
    int column = 0;
};

struct ApplyFile {
    std::string file;                                  // as it was named
    std::string json;                                  // an object; dates and times are strings in RFC 3339
    std::map<std::string, Place, std::less<>> places;  // JSON pointer (RFC 6901) -> where the value begins

    // "programs/shoes.toml:12: terms.rules[0].rate". A pointer without a place of its own (a missing field) gets its parent's.
    std::string place_of(std::string_view pointer) const;
};

// Same bounds as load(). The problem names file, line and column. [any thread]; reads the file.
std::variant<ApplyFile, Problem> read_apply_file(std::string const& file);
std::variant<ApplyFile, Problem> parse_apply_text(std::string_view toml, std::string file);

}  // namespace partnerd::config
