// Many rows for one statement of SQLite: INSERT ... SELECT from a virtual table that reads them from memory (sqlite.org/vtab.html). A
// statement a row costs SQLite a quarter more: what it binds, begins and ends each time. [the connection's thread]
#pragma once

#include <vector>

#include "storage/row_shape.hpp"
#include "storage/sqlite_handle.hpp"

namespace partnerd::storage {

class SqliteRowFeed {
  public:
    static constexpr std::size_t columns_max = 16;

    // Makes the table partnerd_row_feed known to the connection, which `session` is of and which outlives this.
    explicit SqliteRowFeed(soci::session& session);
    SqliteRowFeed(SqliteRowFeed const&) = delete;
    SqliteRowFeed& operator=(SqliteRowFeed const&) = delete;

    // Executes shape.fed_rows() over `rows`. Throws Failure, and the rows before the one that failed may be written, whether SQLite counts them
    // as changes or not: the unit is to be undone.
    void write(RowShape const& shape, RowSource const& rows);

  private:
    friend struct SqliteRowFeedModule;
    int advance() noexcept;

    soci::session& session_;
    std::vector<std::unique_ptr<SqliteHandle>> statements_;  // by the number of the shape
    RowSource const* rows_ = nullptr;                        // while write() runs
    std::vector<Value> row_;
    bool has_row_ = false, has_nul_ = false, at_end_ = false;
};

}  // namespace partnerd::storage
