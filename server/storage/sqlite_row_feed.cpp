#include "storage/sqlite_row_feed.hpp"

#include "domain/invariant.hpp"
#include "storage/sqlite_failure.hpp"

namespace partnerd::storage {

using sqlite::sqlite3_destructor_type;  // SQLITE_STATIC names it

// The functions that SQLite calls. Nothing is thrown through it: a RowSource does not throw.
struct SqliteRowFeedModule {
    struct Table : sqlite::sqlite3_vtab {
        SqliteRowFeed* feed = nullptr;
    };
    struct Cursor : sqlite::sqlite3_vtab_cursor {};

    static SqliteRowFeed& feed_of(sqlite::sqlite3_vtab_cursor* cursor) { return *static_cast<Table*>(cursor->pVtab)->feed; }

    static int connect(sqlite::sqlite3* database, void* feed, int, char const* const*, sqlite::sqlite3_vtab** out, char**) {
        static_assert(SqliteRowFeed::columns_max == 16);
        int const code = sqlite::sqlite3_declare_vtab(database, "create table x(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15)");
        if (code != SQLITE_OK) return code;
        auto* const table = new (std::nothrow) Table();
        if (table == nullptr) return SQLITE_NOMEM;
        table->feed = static_cast<SqliteRowFeed*>(feed);
        *out = table;
        return SQLITE_OK;
    }
    static int disconnect(sqlite::sqlite3_vtab* table) {
        delete static_cast<Table*>(table);
        return SQLITE_OK;
    }
    static int best_index(sqlite::sqlite3_vtab*, sqlite::sqlite3_index_info* info) {
        info->estimatedCost = 1;
        return SQLITE_OK;
    }
    static int open(sqlite::sqlite3_vtab*, sqlite::sqlite3_vtab_cursor** out) {
        *out = new (std::nothrow) Cursor();
        return *out == nullptr ? SQLITE_NOMEM : SQLITE_OK;
    }
    static int close(sqlite::sqlite3_vtab_cursor* cursor) {
        delete static_cast<Cursor*>(cursor);
        return SQLITE_OK;
    }
    static int filter(sqlite::sqlite3_vtab_cursor* cursor, int, char const*, int, sqlite::sqlite3_value**) { return feed_of(cursor).advance(); }
    static int next(sqlite::sqlite3_vtab_cursor* cursor) { return feed_of(cursor).advance(); }
    static int eof(sqlite::sqlite3_vtab_cursor* cursor) { return feed_of(cursor).has_row_ ? 0 : 1; }
    static int column(sqlite::sqlite3_vtab_cursor* cursor, sqlite::sqlite3_context* context, int index) {
        auto const& row = feed_of(cursor).row_;
        auto const i = static_cast<std::size_t>(index);
        if (i >= row.size()) return SQLITE_OK;  // NULL
        auto const& value = row[i];
        char const* const data = value.bytes.empty() ? "" : value.bytes.data();
        switch (value.kind) {
            case Value::Kind::null: break;
            case Value::Kind::i64: sqlite::sqlite3_result_int64(context, value.i64); break;
            case Value::Kind::f64: sqlite::sqlite3_result_double(context, value.f64); break;
            case Value::Kind::text: sqlite::sqlite3_result_text64(context, data, value.bytes.size(), SQLITE_STATIC, SQLITE_UTF8); break;
            case Value::Kind::blob: sqlite::sqlite3_result_blob64(context, data, value.bytes.size(), SQLITE_STATIC); break;
        }
        return SQLITE_OK;
    }
    static int row_id(sqlite::sqlite3_vtab_cursor*, sqlite::sqlite_int64* out) {
        *out = 0;
        return SQLITE_OK;
    }

    static sqlite::sqlite3_module const* module() {
        static sqlite::sqlite3_module const known = [] {
            sqlite::sqlite3_module m{};
            m.xConnect = connect;  // without xCreate it is there by its name alone
            m.xBestIndex = best_index;
            m.xDisconnect = disconnect;
            m.xOpen = open;
            m.xClose = close;
            m.xFilter = filter;
            m.xNext = next;
            m.xEof = eof;
            m.xColumn = column;
            m.xRowid = row_id;
            return m;
        }();
        return &known;
    }
};

SqliteRowFeed::SqliteRowFeed(soci::session& session) : session_(session) {
    auto* const database = database_of(session);
    int const code = sqlite::sqlite3_create_module_v2(database, "partnerd_row_feed", SqliteRowFeedModule::module(), this, nullptr);
    if (code != SQLITE_OK) throw sqlite_failure(database, code, "partnerd_row_feed");
}

int SqliteRowFeed::advance() noexcept {
    has_row_ = rows_ != nullptr && !at_end_ && (*rows_)(row_);
    at_end_ = !has_row_;
    if (!has_row_) return SQLITE_OK;
    for (auto const& value : row_)
        if (value.kind == Value::Kind::text && value.bytes.find('\0') != std::string_view::npos) {
            has_nul_ = true;
            return SQLITE_ERROR;
        }
    return SQLITE_OK;
}

void SqliteRowFeed::write(RowShape const& shape, RowSource const& rows) {
    PARTNERD_INVARIANT(shape.types().size() <= columns_max && shape.twice() != Twice::only && rows_ == nullptr);
    if (statements_.size() <= shape.number()) statements_.resize(shape.number() + 1);
    auto& statement = statements_[shape.number()];
    if (statement == nullptr) statement = std::make_unique<SqliteHandle>(session_, shape.fed_rows());
    row_.assign(shape.types().size(), Value());
    rows_ = &rows;
    has_nul_ = at_end_ = false;
    int const code = sqlite::sqlite3_step(statement->get());
    rows_ = nullptr;
    auto const failed = [&] {
        if (has_nul_) return Failure(Failure::Category::other, "a text with a NUL in: " + shape.fed_rows());
        if (code != SQLITE_DONE) return sqlite_failure(database_of(session_), code, shape.fed_rows());
        return Failure(Failure::Category::state, "the database has a table partnerd_row_feed, which is the server's own name: drop it");
    };
    if (code == SQLITE_DONE && at_end_) return statement->reset();
    auto const failure = failed();
    statement->reset();
    throw failure;
}

}  // namespace partnerd::storage
