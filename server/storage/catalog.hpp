// The tables of a database, as its own catalog has them: for what treats all of them alike.
#pragma once

#include <string>
#include <vector>

#include "storage/tx.hpp"

namespace partnerd::storage {

struct TableColumn {
    std::string name;
    ColumnType type = ColumnType::text;
    bool operator==(TableColumn const&) const = default;
};

struct Table {
    std::string name;
    std::vector<TableColumn> columns;  // by name, so that both dialects agree
    std::vector<std::string> key;      // the primary key, in its order; dialects may differ here
};

std::vector<std::string> table_names(Tx& tx);  // by name; of the schema that the session is in, without the engine's own
// Throws Failure(other) naming a column whose type has no like in the other dialect, or a table without a primary key.
std::vector<Table> tables_of(Tx& tx);

std::string quoted(std::string_view name);  // an identifier in SQL

}  // namespace partnerd::storage
