#include "storage/sqlite_failure.hpp"

namespace partnerd::storage {
namespace {

Failure::Category category_of(int code) {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT: return Failure::Category::constraint;
        case SQLITE_FULL: return Failure::Category::full;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return Failure::Category::conflict;
        case SQLITE_INTERRUPT: return Failure::Category::timeout;
        case SQLITE_ERROR: return Failure::Category::syntax;
        case SQLITE_IOERR:
        case SQLITE_NOMEM:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_PROTOCOL: return Failure::Category::connection;
        default: return Failure::Category::other;
    }
}

}  // namespace

Failure sqlite_failure(sqlite::sqlite3* database, int code, std::string_view sql) {
    // The connection keeps the extended code of its last call; a later call may have replaced it by another family's.
    int const extended = database == nullptr ? code : sqlite::sqlite3_extended_errcode(database);
    bool const same = (extended & 0xff) == (code & 0xff);
    char const* text = same && database != nullptr ? sqlite::sqlite3_errmsg(database) : sqlite::sqlite3_errstr(code);
    std::string message = std::string(text) + " (SQLite " + std::to_string(same ? extended : code) + ")";
    if (!sql.empty()) message += " in: " + std::string(sql);
    return Failure(category_of(code), message);
}

}  // namespace partnerd::storage
