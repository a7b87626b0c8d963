// An error of SQLite as a Failure. Categories: constraint (its extended code in the text), full (disk), conflict (busy),
// timeout (interrupted), connection (I/O, memory, a damaged or unreachable file), syntax, other.
#pragma once

#include "storage/sqlite.hpp"
#include "storage/tx.hpp"

namespace partnerd::storage {

// The last error of `database`, which returned `code`. `sql` is named in the text; values never are.
Failure sqlite_failure(sqlite::sqlite3* database, int code, std::string_view sql);

}  // namespace partnerd::storage
