// Which column of a file feeds which field.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imports/csv_reader.hpp"
#include "imports/kind.hpp"

namespace partnerd::imports {

class ColumnMap {
  public:
    // `columns`: the file's header. `options`: "amount=total" takes the field amount from the column total, "currency:=GBP" gives
    // the field the same text in every record. Names of columns are compared trimmed and without case. missing_column names
    // the column, the file's columns and the way out; invalid_field: an option that is none, or a column that is there twice.
    static Result<ColumnMap> make(Kind kind, std::vector<std::string> const& columns, std::vector<std::string> const& options);

    // The field of a record, trimmed; empty when the file has no column for it.
    std::string_view get(CsvRecord const& record, std::string_view field) const;
    // The code of the first required field that is empty; its detail names the column.
    Status check_filled(CsvRecord const& record) const;

  private:
    static constexpr std::size_t no_column = static_cast<std::size_t>(-1);
    struct Entry {
        Field const* field = nullptr;
        std::size_t column = no_column;
        std::string constant;
    };
    std::vector<Entry> entries_;  // in the order of fields_of
};

}  // namespace partnerd::imports
