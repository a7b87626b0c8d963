// The mark of a database that another one is being copied into: as long as it is there, nobody may take the half for the whole.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "storage/storage.hpp"

namespace partnerd::storage {

inline constexpr std::string_view copy_mark_table = "copy_under_way";

struct CopyMark {
    std::string source;  // without its password
    std::int64_t started_at_us = 0;
};
std::optional<CopyMark> copy_mark(Storage& storage);  // [worker]
// Throws Failure(state) that names the source and the way out. `shown` names the database. [worker]
void refuse_unfinished_copy(Storage& storage, std::string_view shown);

// Throws Failure(state) unless the database has no table, or is marked and has no other than `known` and this mark. [worker]
void refuse_foreign_target(Storage& storage, std::string_view shown, std::span<std::string const> known);
// The same, then drops what an unfinished copy left, and marks the database. [main]
void begin_copy(Storage& storage, std::string_view shown, std::span<std::string const> known, CopyMark const& mark);
void finish_copy(Storage& storage);  // [main]

}  // namespace partnerd::storage
