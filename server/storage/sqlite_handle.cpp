#include "storage/sqlite_handle.hpp"

#include <cstring>

#include "storage/sql_text.hpp"
#include "storage/sqlite_failure.hpp"

namespace partnerd::storage {

sqlite::sqlite3* database_of(soci::session& session) { return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_; }

void SqliteHandle::Finalize::operator()(soci::sqlite3_statement_backend* backend) const noexcept {
    backend->clean_up();
    delete backend;
}

SqliteHandle::SqliteHandle(soci::session& session, std::string const& sql)
    : backend_(static_cast<soci::sqlite3_statement_backend*>(session.make_statement_backend())) {
    if (sql.find('\0') != std::string::npos) throw Failure(Failure::Category::syntax, "a statement may not contain a NUL");
    try {
        backend_->alloc();
        backend_->prepare(sql, soci::details::st_repeatable_query);
    } catch (soci::soci_error const&) {
        auto* database = database_of(session);
        throw sqlite_failure(database, sqlite::sqlite3_errcode(database), sql);
    }
    if (get() == nullptr) throw Failure(Failure::Category::syntax, "an empty statement: " + sql);
    // SOCI drops the tail; SQLite keeps the text of what it compiled.
    auto const compiled = std::strlen(sqlite::sqlite3_sql(get()));
    if (!is_blank_sql(std::string_view(sql).substr(compiled)))
        throw Failure(Failure::Category::syntax, "more than one statement in one text: " + sql);
}

}  // namespace partnerd::storage
