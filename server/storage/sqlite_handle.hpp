// One prepared statement of SQLite, owned by SOCI's back end. SOCI opens and prepares; the handle is bound, stepped and read
// directly, since SOCI's step finalizes the statement on any error, hides the extended code, and reads columns unchecked.
#pragma once

#include <memory>

#include "storage/sqlite.hpp"
#include "storage/tx.hpp"

namespace partnerd::storage {

class SqliteHandle {
  public:
    // Throws Failure(syntax) unless `sql` is exactly one statement.
    SqliteHandle(soci::session& session, std::string const& sql);
    sqlite::sqlite3_stmt* get() const { return backend_->stmt_; }
    void reset() noexcept { sqlite::sqlite3_reset(get()); }

  private:
    struct Finalize {
        void operator()(soci::sqlite3_statement_backend* backend) const noexcept;
    };
    std::unique_ptr<soci::sqlite3_statement_backend, Finalize> backend_;
};

sqlite::sqlite3* database_of(soci::session& session);

}  // namespace partnerd::storage
