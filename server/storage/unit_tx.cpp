#include "storage/unit_tx.hpp"

#include "domain/result.hpp"

namespace partnerd::storage {

void UnitTx::open(Mode mode, SteadyClock::duration budget, Savepoints savepoints) {
    savepoints_ = savepoints;
    needs_savepoints_ = false;
    connection_.scope().open(mode, budget);
    if (connection_.dialect() == Dialect::sqlite) connection_.note_change();  // PostgreSQL's units share a snapshot
    hooks_.clear();
    depth_ = 0;
    begun_ = false;
}

Statement& UnitTx::prepare(std::string_view sql, std::span<ColumnType const> types) {
    connection_.scope().enter();
    try {
        if (!begun_) connection_.begin_late();
        begun_ = true;
        return connection_.lend(sql, types, depth_);
    } catch (Failure const& failure) {
        connection_.scope().fail(failure);
    }
}

template <class Write>
void UnitTx::insert_by(Write write) {
    auto& scope = connection_.scope();
    scope.enter();
    if (mode() == Mode::read) scope.fail(Failure(Failure::Category::state, "insert() in a handler that only reads"));
    try {
        if (!begun_) connection_.begin_late();
        begun_ = true;
        write();
    } catch (Failure const& failure) {
        scope.fail(failure);
    }
}

void UnitTx::insert_row(RowShape const& shape, std::span<Value const> row) {
    insert_by([&] { connection_.insert_row(shape, row, depth_); });
}

void UnitTx::insert_all(RowShape const& shape, RowSource const& rows) {
    insert_by([&] { connection_.insert_all(shape, rows, depth_); });
}

void UnitTx::lock(std::string_view key) {
    auto& scope = connection_.scope();
    scope.enter();
    if (mode() == Mode::read) scope.fail(Failure(Failure::Category::state, "lock() in a handler that only reads"));
    try {
        connection_.lock(key);
    } catch (Failure const& failure) {
        scope.fail(failure);
    }
}

void UnitTx::after_commit(std::function<void()> hook) {
    connection_.scope().require_sound();
    hooks_.push_back(std::move(hook));
}

void UnitTx::doom(std::string_view reason) { connection_.scope().doom(Failure(Failure::Category::state, std::string(reason))); }

void UnitTx::command(std::string const& sql) {
    auto& scope = connection_.scope();
    scope.require_sound();
    // When the database ended the transaction itself, a SAVEPOINT would begin another one and a RELEASE commit it.
    if (!connection_.in_transaction()) scope.fail(Failure(Failure::Category::connection, "the database ended the transaction"));
    try {
        connection_.command_later(sql);
    } catch (Failure const& failure) {
        scope.fail(failure);
    }
}

void UnitTx::undo_nested(std::string const& savepoint, std::int64_t written_before) {
    connection_.give_back(depth_);
    if (doomed()) return;
    if (savepoints_ == Savepoints::none) {
        if (connection_.rows_written() == written_before) return;
        connection_.note_change();
        needs_savepoints_ = true;
        return connection_.scope().doom(Failure(Failure::Category::state, "a part of the unit is to be undone: it will run again, with savepoints"));
    }
    connection_.note_rollback();
    command("ROLLBACK TO " + savepoint);
    command("RELEASE " + savepoint);
}

bool UnitTx::nested(std::function<bool()> const& part) {
    connection_.scope().enter();
    if (!begun_) connection_.begin_late();
    begun_ = true;
    auto const hooks = hooks_.size();
    auto const written = connection_.rows_written();
    bool const saves = savepoints_ == Savepoints::nested;
    auto const savepoint = saves ? "nested_" + std::to_string(depth_ + 1) : std::string();
    if (saves) command("SAVEPOINT " + savepoint);
    struct Depth {
        unsigned& value;
        explicit Depth(unsigned& depth) : value(depth) { ++value; }
        ~Depth() { --value; }
    } depth(depth_);
    bool keep = false;
    try {
        keep = part();
    } catch (Refused const&) {
        keep = false;
    } catch (...) {
        hooks_.resize(hooks);
        undo_nested(savepoint, written);
        throw;
    }
    connection_.scope().require_sound();
    if (!keep) {
        hooks_.resize(hooks);
        undo_nested(savepoint, written);
        return false;
    }
    connection_.give_back(depth_);
    if (saves) command("RELEASE " + savepoint);
    return true;
}

}  // namespace partnerd::storage
