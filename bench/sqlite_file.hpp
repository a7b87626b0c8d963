// An SQLite file and its prepared statements, as thin as can be: what a bare program would use.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bench {

using Value = std::variant<std::int64_t, std::string>;

class SqliteStatement {
  public:
    SqliteStatement(sqlite3* database, std::string const& sql);  // throws std::runtime_error with the text
    ~SqliteStatement() { sqlite3_finalize(statement_); }
    SqliteStatement(SqliteStatement&& other) noexcept : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}
    SqliteStatement& operator=(SqliteStatement&&) = delete;

    void bind(int position, std::int64_t value) { sqlite3_bind_int64(statement_, position, value); }
    void bind(int position, std::string_view text) {  // the text stands until the step
        sqlite3_bind_text(statement_, position, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
    bool step();  // true: a row
    void run();   // one that gives no row; ready for the next
    void reset() { sqlite3_reset(statement_); }
    int columns() const { return sqlite3_column_count(statement_); }
    std::string column_name(int column) const { return sqlite3_column_name(statement_, column); }
    std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
    Value value(int column) const;
    std::string text(int column) const;

  private:
    sqlite3* database_;
    sqlite3_stmt* statement_ = nullptr;
};

class SqliteFile {
  public:
    explicit SqliteFile(std::string const& path);
    ~SqliteFile() { sqlite3_close(database_); }
    SqliteFile(SqliteFile const&) = delete;
    SqliteFile& operator=(SqliteFile const&) = delete;
    SqliteStatement prepare(std::string const& sql) { return {database_, sql}; }
    void run(char const* sql);

  private:
    sqlite3* database_ = nullptr;
};

}  // namespace bench
