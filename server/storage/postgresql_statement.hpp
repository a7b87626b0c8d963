// A statement on a PostgreSQL session: prepared and executed by SOCI's back end, its result read from libpq with checked types.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "storage/postgresql.hpp"
#include "storage/postgresql_pipeline.hpp"
#include "storage/statement_cache.hpp"

namespace partnerd::storage {

class PostgresqlConnection;

class PostgresqlStatement final : public Statement, public Lendable {
  public:
    // Throws Failure. `connection` outlives it.
    PostgresqlStatement(PostgresqlConnection& connection, std::string const& sql, std::span<ColumnType const> types);
    ~PostgresqlStatement() override;

    void bind(std::string_view name, Value const& value) override;
    void bind_at(unsigned position, Value const& value) override;
    bool step() override;
    void run_later() override;
    Value column(unsigned index) override;
    unsigned columns() const override { return static_cast<unsigned>(types_.size()); }
    std::int64_t affected() override;
    void reset() override;
    void release() override;
    void forget() noexcept { backend_->statementName_.clear(); }  // the session ends: no DEALLOCATE

  private:
    enum class State { ready, row, done };
    using Parameter = std::pair<std::string const, std::optional<std::string>>;  // every value travels as text
    void bind_parameter(Parameter& parameter, Value const& value);
    PostgresqlCall call() const;
    void execute();
    void check_columns();
    bool next_row();
    [[noreturn]] void fail(Failure::Category category, std::string const& text);

    PostgresqlConnection& connection_;
    std::string sql_;
    std::vector<ColumnType> types_;
    std::unique_ptr<soci::postgresql_statement_backend> backend_;
    std::map<std::string, std::optional<std::string>, std::less<>> parameters_;
    std::vector<Parameter*> in_order_;  // of their first appearance
    PostgresqlResult result_{nullptr, &PQclear};
    std::vector<std::string> decoded_;  // the blobs of the row
    bool const writes_;
    State state_ = State::ready;
    int row_ = -1;
    std::int64_t affected_ = 0;
};

}  // namespace partnerd::storage
