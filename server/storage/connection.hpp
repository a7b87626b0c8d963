// One session with a database, as a unit of work needs it. [one thread at a time]
#pragma once

#include <vector>

#include "storage/scope.hpp"

namespace partnerd::storage {

class Connection {
  public:
    virtual ~Connection() = default;
    virtual Dialect dialect() const = 0;
    // Lends the cached statement; another instance when it is lent already. Throws Failure, dooms nothing.
    virtual Statement& lend(std::string_view sql, std::span<ColumnType const> types, unsigned depth) = 0;
    // Resets the statements lent at `depth` or deeper; 0 at the end of a handler.
    virtual void give_back(unsigned depth) noexcept = 0;
    // SAVEPOINT and its kin. Throws Failure, dooms nothing.
    virtual void command(std::string_view sql) = 0;
    // The same, but it may be sent with the next statement, and fail there.
    virtual void command_later(std::string_view sql) { command(sql); }
    // False when the database itself ended the transaction.
    virtual bool in_transaction() const = 0;
    // Before the first statement of a unit, where the transaction begins late.
    virtual void begin_late() {}
    virtual void lock(std::string_view) {}
    // Grows with whatever the transaction was changed by, and with nothing else. SQLite only.
    virtual std::int64_t rows_written() const { return 0; }
    // Tx::insert(). Throws Failure, and dooms the unit.
    virtual void insert_row(RowShape const& shape, std::span<Value const> row, unsigned depth) = 0;
    virtual void insert_all(RowShape const& shape, RowSource const& rows, unsigned depth) {
        std::vector<Value> row(shape.types().size());
        while (rows(row)) insert_row(shape, row, depth);
    }

    Scope& scope() { return scope_; }
    std::uint64_t changes() const { return changes_; }
    virtual void note_change() { ++changes_; }  // Tx::changes()
    virtual std::uint64_t changes_of(TableSet const&) { return changes_; }
    // A savepoint or the transaction was rolled back.
    virtual void note_rollback() { note_change(); }
    std::shared_ptr<void>& memory() { return memory_; }

  protected:
    Scope scope_;
    std::uint64_t changes_ = 0;
    std::shared_ptr<void> memory_;
};

}  // namespace partnerd::storage
