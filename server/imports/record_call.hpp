// One record as the request that records it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "imports/column_map.hpp"
#include "imports/door.hpp"

namespace partnerd::imports {

struct RecordCall {
    std::string key;  // calls with the same key must not overlap, and keep the file's order
    Call call;
};

// The path and body of each kind; amounts and times go as they are written, so that the server judges them. Empty cells of optional
// fields are left out. A redemption's day goes as "day", an instant as "at". Refused: an empty cell of a required field.
Result<RecordCall> make_call(Kind kind, std::string_view program, ColumnMap const& columns, CsvRecord const& record, bool dry_run);

// What can be judged without a server, with its codes: amounts, currencies, times and days.
Status check_record(Kind kind, ColumnMap const& columns, CsvRecord const& record);

}  // namespace partnerd::imports
