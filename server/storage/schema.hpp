// Table definitions written once for both dialects.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/storage.hpp"

namespace partnerd::storage {

// A folder that owns tables lists them in tables.cpp as single statements in this notation:
//   "create table link (id {id}, program bigint not null, code text not null {key:program,id})"
//   {id}           SQLite: integer primary key        PostgreSQL: bigint not null
//   {key:a,b}      SQLite: nothing                    PostgreSQL: , primary key (a,b)
//   {rowid}        SQLite: without rowid              PostgreSQL: nothing   (behind the closing bracket)
//   A statement that begins with {sqlite} or {postgresql} is for that dialect alone.
// Money, times (microseconds) and ids are BIGINT, truth values BIGINT 0/1, everything else TEXT; no other types.
std::string for_dialect(std::string_view statement, Dialect dialect);  // empty when it is not for this dialect

using TableList = std::vector<std::string_view>;
// One migration from the lists of several folders, in order.
Migration make_migration(std::uint32_t version, std::string name, std::vector<TableList> const& lists);

}  // namespace partnerd::storage
