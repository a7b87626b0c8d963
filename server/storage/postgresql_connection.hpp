// One session with PostgreSQL: opened through SOCI, with its cache of statements. Never reconnects: a lost one is discarded.
#pragma once

#include <functional>
#include <memory>

#include "storage/connection.hpp"
#include "storage/postgresql_gather.hpp"
#include "storage/postgresql_pipeline.hpp"
#include "storage/postgresql_statement.hpp"
#include "storage/writer_health.hpp"

namespace partnerd::storage {

struct PostgresqlOpening {
    std::string conninfo;
    std::string shown;  // for messages, without the password
    int statement_timeout_ms = 0;
};

class PostgresqlConnection final : public Connection {
  public:
    // Throws Failure(connection) naming the server.
    explicit PostgresqlConnection(PostgresqlOpening const& opening);
    ~PostgresqlConnection() override;

    Dialect dialect() const override { return Dialect::postgresql; }
    Statement& lend(std::string_view sql, std::span<ColumnType const> types, unsigned depth) override;
    void give_back(unsigned depth) noexcept override { cache_.give_back(depth); }
    void command(std::string_view sql) override;
    void command_later(std::string_view sql) override;
    bool in_transaction() const override;
    void begin_late() override;
    // Session-level advisory lock, taken before BEGIN, so that the snapshot sees what the holder before committed.
    void lock(std::string_view key) override;

    void insert_row(RowShape const& shape, std::span<Value const> row, unsigned depth) override;
    // The lock of the first key; then which of the others could be had without waiting for anybody.
    std::vector<bool> lock_first(std::vector<std::string> const& keys);

    // What begin_late() sends, once; empty: it was sent already. unbounded: its statements have no time-out, and are waited for.
    void begin_with(std::string sql, bool unbounded = false);
    // And gives up the advisory locks. Throws Failure(conflict) when a statement failed before, Failure(timeout) when it is on the primary
    // alone. Waits without end for a synchronous standby, unless tell_waits() was called and the storage is to hurry.
    void commit();
    void drop_waiting();
    void roll_back() noexcept;  // likewise; a session that was lost meanwhile is not connected()
    void forget_writes() { wrote_ = false; }
    void note_write() {
        wrote_ = true;
        note_change();
    }
    void note_change() override {
        Connection::note_change();
        ++standing_;
    }
    bool is_clean() const;  // since forget_writes() nothing was written, and no statement failed
    std::string value(std::string const& sql);  // the first column of the last row of statements of our own
    void prepare(std::string const& name, std::string const& sql);  // alone
    // Sends what waits and `call`; throws Failure naming the one that failed.
    // beside: what was gathered stays where it is.
    PostgresqlResult run(PostgresqlCall const& call, bool beside = false);
    PostgresqlGather const& gathered() const { return gather_; }
    // Another number whenever a statement might be answered otherwise than before, but for the rows that are gathered() now.
    std::uint64_t standing() const { return standing_; }
    bool has_snapshot() const { return snapshot_; }  // one for all statements of the transaction
    void run_later(PostgresqlCall call);
    // Runs `work`, turns SOCI's errors into Failure, and gives the time back to the handler: it waited for others.
    void timed(std::function<void()> const& work, std::string_view sql);
    void on_progress(std::function<void()> progress) { progress_ = std::move(progress); }
    std::string const& transaction() const { return transaction_; }  // its id, once it has begun
    // Of the server, until it crashes, restarts, or another takes its place: ids of transactions mean nothing beyond.
    std::string const& incarnation() const { return incarnation_; }

    bool connected() const;
    void tell_waits(WriterHealth& health) { health_ = &health; }  // of a COMMIT, which may be given up then
    void lend_again(PostgresqlStatement& statement) { cache_.lend_again(statement, 0); }
    void release(PostgresqlStatement& statement) noexcept { cache_.release(statement); }
    soci::session& session() { return session_; }

  private:
    soci::postgresql_session_backend& backend() const;
    void unlock();
    void finish(std::string_view last);  // with the COMMIT
    PostgresqlPipeline::Outcome answer_of(std::function<PostgresqlPipeline::Outcome()> const& ask, std::string_view sql);
    static void hear_notice(void* self, PGresult const* notice);
    void send_gathered();  // with the next statement
    std::string const& name_of(RowShape const& shape);
    [[noreturn]] void fail(PostgresqlResult const& result, std::string_view sql) const;

    mutable soci::session session_;
    StatementCache<PostgresqlStatement> cache_;
    PostgresqlPipeline pipeline_;
    PostgresqlGather gather_;
    std::uint64_t standing_ = 0;
    std::vector<std::string> shapes_;  // the prepared statements, by RowShape::number()
    std::function<void()> progress_;
    WriterHealth* health_ = nullptr;
    std::chrono::milliseconds const statement_at_most_;
    SteadyClock::time_point silent_since_;
    PostgresqlPipeline::Meanwhile const patience_;
    PostgresqlPipeline::Meanwhile commit_wait_;  // while a COMMIT waits
    bool unbounded_ = false;
    std::string begin_, transaction_, incarnation_;
    bool locked_ = false, wrote_ = false, lost_ = false, snapshot_ = true;
    bool synchronous_ = false;    // commits wait for a standby
    bool primary_alone_ = false;  // the wait for the synchronous standby was cancelled
};

}  // namespace partnerd::storage
