// The kinds of files that can be imported, and the fields of each.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "domain/result.hpp"

namespace partnerd::imports {

enum class Kind { orders, refunds, redemptions, partners, coupons, campaigns };

struct Field {
    std::string_view name;                  // as in "--column name=..."
    std::vector<std::string_view> columns;  // the columns it is taken from without being told, first that is there
    bool required = true;                   // the column must be there and each cell filled
    errc when_empty = errc::missing_field;  // how an empty cell of a required field is refused
};

Result<Kind> parse_kind(std::string_view text);  // invalid_field otherwise
std::string_view kind_name(Kind);
std::span<Field const> fields_of(Kind);

}  // namespace partnerd::imports
