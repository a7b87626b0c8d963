// PostgreSQL's arrays as text (8.15.6 of its manual), for `= any(cast(:ids as bigint[]))`. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace partnerd::storage {

std::string array_text(std::span<std::int64_t const> numbers);
std::string array_text(std::span<std::string const> texts);

}  // namespace partnerd::storage
