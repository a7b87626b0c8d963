// A statement on a SQLite connection, with checked columns.
#pragma once

#include <vector>

#include "storage/sqlite_handle.hpp"
#include "storage/statement_cache.hpp"

namespace partnerd::storage {

class SqliteConnection;

class SqliteStatement final : public Statement, public Lendable {
  public:
    // Throws Failure(syntax) for a bad text or another number of columns than types. `connection` outlives it.
    SqliteStatement(SqliteConnection& connection, std::string const& sql, std::span<ColumnType const> types);

    void bind(std::string_view name, Value const& value) override;
    void bind_at(unsigned position, Value const& value) override;
    bool step() override;
    Value column(unsigned index) override;
    unsigned columns() const override { return static_cast<unsigned>(types_.size()); }
    std::int64_t affected() override;
    // Of a RowShape: binds, executes and resets, without a copy of the row. It counts as no change that Tx::changes() tells of.
    void run_row(RowShape const& shape, std::span<Value const> row);
    void reset() override;
    void release() override;

  private:
    enum class State { ready, row, done };
    void note_change();
    int position_of(std::string_view name);
    void bind_parameter(int number, Value const& value);
    enum class Keep { copy, borrow };
    int hand_over(int number, Value const& value, Keep keep = Keep::copy);
    void refuse_nul(int number, Value const& value);
    [[noreturn]] void fail(int code);
    [[noreturn]] void fail(Failure::Category category, std::string const& text);

    SqliteConnection& connection_;
    std::string sql_;
    std::vector<ColumnType> types_;
    SqliteHandle handle_;
    std::vector<std::string>
        names_;  // of the parameters, without their colon; copied, since SQLite replaces its own when the schema changes
    State state_ = State::ready;
    bool bound_ = false;
    std::size_t expected_ = 0;  // the parameter behind the last one that was bound
    bool writes_ = false;
    std::vector<std::uint64_t*> tables_;  // counters of those that it writes
    bool counts_ = false;  // its rows are in SQLite's count of changes: it is no CREATE, ALTER or DROP
    std::int64_t changes_before_ = 0;
    std::int64_t affected_ = 0;
};

}  // namespace partnerd::storage
