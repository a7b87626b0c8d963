// Tx over a connection: the same unit of work on both databases. One per connection, opened anew for every handler.
#pragma once

#include <vector>

#include "storage/connection.hpp"

namespace partnerd::storage {

class UnitTx final : public Tx {
  public:
    explicit UnitTx(Connection& connection) : connection_(connection) {}

    // Savepoints::none: a nested part that wrote and is to be undone dooms the unit instead; needs_savepoints() says so then.
    enum class Savepoints { none, nested };
    void open(Mode mode, SteadyClock::duration budget, Savepoints savepoints = Savepoints::nested);
    bool needs_savepoints() const { return needs_savepoints_; }
    // Resets all statements of the handler; its hooks stay until they are taken.
    void close() noexcept { connection_.give_back(0); }
    std::vector<std::function<void()>> take_hooks() { return std::exchange(hooks_, {}); }

    Dialect dialect() const override { return connection_.dialect(); }
    Mode mode() const override { return connection_.scope().mode(); }
    Statement& prepare(std::string_view sql, std::span<ColumnType const> types) override;
    void lock(std::string_view key) override;
    void after_commit(std::function<void()> hook) override;
    bool nested(std::function<bool()> const& part) override;
    void insert_row(RowShape const& shape, std::span<Value const> row) override;
    void insert_all(RowShape const& shape, RowSource const& rows) override;
    std::uint64_t changes() const override { return connection_.changes(); }
    std::uint64_t changes_of(TableSet const& tables) const override { return connection_.changes_of(tables); }
    std::shared_ptr<void>& memory() override { return connection_.memory(); }
    bool doomed() const override { return connection_.scope().doomed(); }
    void doom(std::string_view reason) override;

  private:
    template <class Write>
    void insert_by(Write write);
    void command(std::string const& sql);  // a failure dooms the unit
    void undo_nested(std::string const& savepoint, std::int64_t written_before);

    Connection& connection_;
    std::vector<std::function<void()>> hooks_;
    unsigned depth_ = 0;
    bool begun_ = false;
    Savepoints savepoints_ = Savepoints::nested;
    bool needs_savepoints_ = false;
};

}  // namespace partnerd::storage
