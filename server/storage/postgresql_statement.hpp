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
    // True when its result may depend on rows of a table that were gathered and not sent yet.
    bool depends_on_gathered() const;
    bool is_asked_again(PostgresqlCall const& call) const;
    void check_columns();
    bool next_row();
    [[noreturn]] void fail(Failure::Category category, std::string const& text);

    PostgresqlConnection& connection_;
    std::string sql_;
    std::vector<ColumnType> types_;
    std::unique_ptr<soci::postgresql_statement_backend> backend_;
    std::map<std::string, std::optional<std::string>, std::less<>> parameters_;
    std::vector<Parameter*> in_order_;  // of their first appearance
    std::shared_ptr<PGresult> result_;
    // The last answer, and what it was an answer to: in one snapshot nobody is asked the same twice.
    struct Answer {
        std::vector<std::optional<std::string>> values;
        std::uint64_t standing = 0;
        std::shared_ptr<PGresult> result;
    } last_;
    std::vector<std::string> decoded_;  // the blobs of the row
    std::vector<std::string> const words_;  // of the statement, sorted; for one that reads
    bool const writes_, steady_;
    State state_ = State::ready;
    int row_ = -1;
    std::int64_t affected_ = 0;
};

}  // namespace partnerd::storage
