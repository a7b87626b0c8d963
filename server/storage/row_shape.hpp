// Rows of one table that are written without a question: Tx::insert(). PostgreSQL gets those of a whole batch as one statement a table.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "storage/value.hpp"

namespace partnerd::storage {

struct RowColumn {
    std::string_view name;
    ColumnType type = ColumnType::i64;
};

// What becomes of a row whose key is there already.
enum class Twice {
    refuse,  // a failure of the constraint
    keep,    // the one that is there stays
    add,     // what stands behind the key is added to it
    only,    // the same, and a row that is not there is not made
};

// Constant, and as long-lived as the program: connections keep statements by its number.
class RowShape {
  public:
    // The first `keys` columns are the table's key; refuse needs none. Columns behind the key of add and only are i64.
    RowShape(std::string_view table, std::initializer_list<RowColumn> columns, Twice twice = Twice::refuse, std::size_t keys = 0);

    std::size_t number() const { return number_; }  // 0, 1, ... over all shapes
    std::string const& table() const { return table_; }
    std::vector<ColumnType> const& types() const { return types_; }
    Twice twice() const { return twice_; }
    bool adds() const { return twice_ == Twice::add || twice_ == Twice::only; }
    std::size_t keys() const { return keys_; }
    std::string const& one_row() const { return one_row_; }      // parameters :c0, :c1, ... by column
    std::string const& fed_rows() const { return fed_rows_; }    // SQLite: all of SqliteRowFeed; none of Twice::only
    std::size_t column_of(std::size_t parameter) const { return (parameter + first_) % types_.size(); }  // of those, by appearance
    std::string const& many_rows() const { return many_rows_; }  // PostgreSQL: one array a column, $1, $2, ...

  private:
    std::size_t number_;
    std::string table_;
    std::vector<ColumnType> types_;
    Twice twice_;
    std::size_t keys_;
    std::size_t first_ = 0;  // the column that one_row() names first
    std::string one_row_, fed_rows_, many_rows_;
};

}  // namespace partnerd::storage
