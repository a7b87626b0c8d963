#include "storage/sqlite_statement.hpp"

#include "storage/sql_text.hpp"
#include "storage/sqlite_connection.hpp"
#include "storage/sqlite_failure.hpp"

namespace partnerd::storage {
namespace {

char const* name_of(ColumnType type) {
    switch (type) {
        case ColumnType::i64: return "an integer";
        case ColumnType::f64: return "a number";
        case ColumnType::text: return "text";
        case ColumnType::blob: return "a blob";
    }
    return "an unknown type";
}

char const* name_of_stored(int type) {
    switch (type) {
        case SQLITE_INTEGER: return "an integer";
        case SQLITE_FLOAT: return "a number";
        case SQLITE_TEXT: return "text";
        default: return "a blob";
    }
}

std::string_view bytes_of(sqlite::sqlite3_stmt* handle, int index, void const* data) {
    return {static_cast<char const*>(data == nullptr ? "" : data), static_cast<std::size_t>(sqlite::sqlite3_column_bytes(handle, index))};
}

}  // namespace

SqliteStatement::SqliteStatement(SqliteConnection& connection, std::string const& sql, std::span<ColumnType const> types)
    : connection_(connection), sql_(sql), types_(types.begin(), types.end()), handle_(connection.session(), sql) {
    auto const columns = static_cast<std::size_t>(sqlite::sqlite3_column_count(handle_.get()));
    if (columns != types_.size())
        throw Failure(Failure::Category::syntax, "the statement returns " + std::to_string(columns) + " columns, but " +
                                                     std::to_string(types_.size()) + " were declared: " + sql_);
    int const parameters = sqlite::sqlite3_bind_parameter_count(handle_.get());
    for (int i = 1; i <= parameters; ++i) {
        char const* name = sqlite::sqlite3_bind_parameter_name(handle_.get(), i);
        if (name == nullptr || *name != ':') throw Failure(Failure::Category::syntax, "parameters are written :name in: " + sql_);
        names_.emplace_back(name + 1);
    }
    writes_ = sqlite::sqlite3_stmt_readonly(handle_.get()) == 0;
    tables_ = connection_.written().take_compiled();
    auto const word = first_word_of_sql(sql_);
    counts_ = word == "insert" || word == "update" || word == "delete" || word == "replace" || word == "with";
}

int SqliteStatement::position_of(std::string_view name) {
    if (expected_ < names_.size() && names_[expected_] == name) return static_cast<int>(++expected_);
    for (std::size_t i = 0; i < names_.size(); ++i)
        if (names_[i] == name) return static_cast<int>(i) + 1;
    return 0;
}

int SqliteStatement::hand_over(int number, Value const& value, Keep keep) {
    using sqlite::sqlite3_destructor_type;  // SQLITE_TRANSIENT and SQLITE_STATIC name it
    auto* handle = handle_.get();
    auto const size = static_cast<sqlite::sqlite3_uint64>(value.bytes.size());
    char const* const data = size == 0 ? "" : value.bytes.data();
    auto const kept = size == 0 || keep == Keep::borrow ? SQLITE_STATIC : SQLITE_TRANSIENT;
    switch (value.kind) {
        case Value::Kind::null: return sqlite::sqlite3_bind_null(handle, number);
        case Value::Kind::i64: return sqlite::sqlite3_bind_int64(handle, number, value.i64);
        case Value::Kind::f64: return sqlite::sqlite3_bind_double(handle, number, value.f64);
        case Value::Kind::text: return sqlite::sqlite3_bind_text64(handle, number, data, size, kept, SQLITE_UTF8);
        case Value::Kind::blob: return sqlite::sqlite3_bind_blob64(handle, number, data, size, kept);
    }
    return SQLITE_MISUSE;
}

void SqliteStatement::bind(std::string_view name, Value const& value) {
    connection_.scope().require_sound();
    int const number = position_of(name);
    if (number == 0) fail(Failure::Category::syntax, "no parameter :" + std::string(name));
    bind_parameter(number, value);
}

void SqliteStatement::bind_at(unsigned position, Value const& value) {
    connection_.scope().require_sound();
    if (position >= names_.size()) fail(Failure::Category::syntax, "no parameter " + std::to_string(position));
    bind_parameter(static_cast<int>(position) + 1, value);
}

// PostgreSQL's text cannot hold it; the same on both databases.
void SqliteStatement::refuse_nul(int number, Value const& value) {
    if (value.kind == Value::Kind::text && value.bytes.find('\0') != std::string_view::npos)
        fail(Failure::Category::other, "a text with a NUL for :" + names_[static_cast<std::size_t>(number) - 1]);
}

void SqliteStatement::run_row(RowShape const& shape, std::span<Value const> row) {
    PARTNERD_INVARIANT(row.size() == names_.size());  // all are bound: none is left of an earlier row
    for (unsigned i = 0; i < row.size(); ++i) {
        auto const& value = row[shape.column_of(i)];
        int const number = static_cast<int>(i) + 1;
        refuse_nul(number, value);
        if (int const code = hand_over(number, value, Keep::borrow); code != SQLITE_OK) fail(code);
    }
    int const code = sqlite::sqlite3_step(handle_.get());
    if (code != SQLITE_DONE) fail(code);
    handle_.reset();
}

void SqliteStatement::bind_parameter(int number, Value const& value) {
    if (!lent) connection_.lend_again(*this);
    if (state_ != State::ready) fail(Failure::Category::state, "bind() on a statement that was not reset");
    refuse_nul(number, value);
    if (int const code = hand_over(number, value); code != SQLITE_OK) fail(code);
    bound_ = true;
}

void SqliteStatement::note_change() {
    connection_.note_change();
    for (auto* const counter : tables_) ++*counter;
    if (counts_) return;
    connection_.note_uncounted();
    connection_.written().all_may_have_changed();
}

bool SqliteStatement::step() {
    if (state_ == State::done) return false;
    connection_.scope().enter();
    if (!lent) connection_.lend_again(*this);
    auto* database = connection_.database();
    if (state_ == State::ready && writes_) note_change();
    if (state_ == State::ready) changes_before_ = sqlite::sqlite3_total_changes64(database);
    int const code = sqlite::sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) {
        state_ = State::row;
        return true;
    }
    if (code != SQLITE_DONE) fail(code);
    state_ = State::done;
    // A statement that changes nothing leaves the count of the one before it.
    bool const changed = writes_ && sqlite::sqlite3_total_changes64(database) != changes_before_;
    affected_ = changed ? sqlite::sqlite3_changes64(database) : 0;
    handle_.reset();
    return false;
}

Value SqliteStatement::column(unsigned index) {
    if (state_ != State::row) fail(Failure::Category::state, "column() without a row");
    if (index >= types_.size()) fail(Failure::Category::syntax, "no column " + std::to_string(index));
    auto* handle = handle_.get();
    int const i = static_cast<int>(index);
    int const stored = sqlite::sqlite3_column_type(handle, i);
    Value value;
    if (stored == SQLITE_NULL) return value;
    if (types_[index] == ColumnType::i64 && stored == SQLITE_INTEGER) {
        value.kind = Value::Kind::i64;
        value.i64 = sqlite::sqlite3_column_int64(handle, i);
    } else if (types_[index] == ColumnType::f64 && (stored == SQLITE_FLOAT || stored == SQLITE_INTEGER)) {
        value.kind = Value::Kind::f64;
        value.f64 = sqlite::sqlite3_column_double(handle, i);
    } else if (types_[index] == ColumnType::text && stored == SQLITE_TEXT) {
        value.kind = Value::Kind::text;
        value.bytes = bytes_of(handle, i, sqlite::sqlite3_column_text(handle, i));
    } else if (types_[index] == ColumnType::blob && stored == SQLITE_BLOB) {
        value.kind = Value::Kind::blob;
        value.bytes = bytes_of(handle, i, sqlite::sqlite3_column_blob(handle, i));
    } else {
        fail(Failure::Category::other, "column " + std::to_string(index) + " (" + sqlite::sqlite3_column_name(handle, i) + ") holds " +
                                           name_of_stored(stored) + ", but " + name_of(types_[index]) + " was declared");
    }
    return value;
}

std::int64_t SqliteStatement::affected() {
    if (state_ != State::done) fail(Failure::Category::state, "affected() before step() returned false");
    return affected_;
}

void SqliteStatement::reset() {
    if (state_ == State::row) handle_.reset();
    if (bound_) sqlite::sqlite3_clear_bindings(handle_.get());
    state_ = State::ready;
    bound_ = false;
    expected_ = 0;
    affected_ = 0;
}

void SqliteStatement::release() {
    reset();
    connection_.release(*this);
}

void SqliteStatement::fail(int code) {
    auto failure = sqlite_failure(connection_.database(), code, sql_);
    handle_.reset();
    state_ = State::done;
    connection_.scope().fail(std::move(failure));
}

void SqliteStatement::fail(Failure::Category category, std::string const& text) {
    connection_.scope().fail(Failure(category, text + " in: " + sql_));
}

}  // namespace partnerd::storage
