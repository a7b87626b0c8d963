// Values as PostgreSQL's text format writes them. Pure.
#pragma once

#include <optional>
#include <string>

#include "storage/value.hpp"

namespace partnerd::storage {

std::string postgresql_text(Value const& value);  // of a value that is not NULL; a blob as \x and hexadecimal digits

// A column of the type with this OID, read as declared; nothing when the types do not fit or the text is no such value.
// A bool reads as 0 or 1, a numeric without a fraction as an integer. `decoded` holds the bytes of a blob.
std::optional<Value> value_of_text(ColumnType declared, unsigned oid, std::string_view text, std::string& decoded);

}  // namespace partnerd::storage
