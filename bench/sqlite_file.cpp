#include "sqlite_file.hpp"

#include <stdexcept>

namespace bench {

SqliteStatement::SqliteStatement(sqlite3* database, std::string const& sql) : database_(database) {
    if (sqlite3_prepare_v3(database, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK)
        throw std::runtime_error(std::string(sqlite3_errmsg(database)) + ": " + sql);
}

bool SqliteStatement::step() {
    int const code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    throw std::runtime_error(std::string(sqlite3_errmsg(database_)) + ": " + sqlite3_sql(statement_));
}

void SqliteStatement::run() {
    while (step()) {}
    reset();
}

std::string SqliteStatement::text(int column) const {
    auto const* const text = reinterpret_cast<char const*>(sqlite3_column_text(statement_, column));
    return text == nullptr ? std::string() : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

Value SqliteStatement::value(int column) const {
    if (sqlite3_column_type(statement_, column) == SQLITE_INTEGER) return number(column);
    return text(column);
}

SqliteFile::SqliteFile(std::string const& path) {
    if (sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) {
        std::string const why = sqlite3_errmsg(database_);
        sqlite3_close(database_);
        throw std::runtime_error("cannot open " + path + ": " + why);
    }
    sqlite3_busy_timeout(database_, 5000);
}

void SqliteFile::run(char const* sql) {
    if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error(std::string(sqlite3_errmsg(database_)) + ": " + sql);
}

}  // namespace bench
