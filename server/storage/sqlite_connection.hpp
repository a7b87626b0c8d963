// One connection to a SQLite database: opened through SOCI, configured, with its cache of statements.
#pragma once

#include <map>
#include <string>

#include "storage/connection.hpp"
#include "storage/sqlite_row_feed.hpp"
#include "storage/sqlite_statement.hpp"
#include "storage/written_tables.hpp"

namespace partnerd::storage {

struct SqliteOpening {
    std::string path;
    std::string vfs;
    Mode mode = Mode::read;
    std::int64_t wal_limit_bytes = 0;  // the writer cuts a longer log down when it starts it anew
    std::int64_t max_bytes = 0;        // of the writer's file; 0: no bound
};

class SqliteConnection final : public Connection {
  public:
    static constexpr int foreign_lock_wait_ms = 5000;  // for somebody's sqlite3 shell; inside the server nobody contends

    // Throws Failure(connection) naming the file. A reader is read-only and is interrupted at its scope's deadline; the
    // writer is never interrupted. Neither checkpoints by itself.
    explicit SqliteConnection(SqliteOpening const& opening);
    ~SqliteConnection() override;

    Dialect dialect() const override { return Dialect::sqlite; }
    Statement& lend(std::string_view sql, std::span<ColumnType const> types, unsigned depth) override;
    void give_back(unsigned depth) noexcept override { cache_.give_back(depth); }
    void command(std::string_view sql) override;
    void insert_row(RowShape const& shape, std::span<Value const> row, unsigned depth) override;
    void insert_all(RowShape const& shape, RowSource const& rows, unsigned depth) override;
    std::int64_t rows_written() const override { return sqlite::sqlite3_total_changes64(database_) + uncounted_; }
    bool in_transaction() const override { return sqlite::sqlite3_get_autocommit(database_) == 0; }

    std::uint64_t changes_of(TableSet const& tables) override { return mode_ == Mode::read ? changes_ : written_.changes_of(tables); }
    void note_rollback() override;
    WrittenTables& written() { return written_; }
    // At the begin of a transaction that writes: has anybody else written since the last one?
    void notice_others();

    void lend_again(SqliteStatement& statement) { cache_.lend_again(statement, 0); }
    void release(SqliteStatement& statement) noexcept { cache_.release(statement); }
    void note_uncounted() { ++uncounted_; }  // a statement ran that SQLite counts no rows of
    bool busy() const;  // some statement was left in the middle
    soci::session& session() { return session_; }
    sqlite::sqlite3* database() const { return database_; }
    std::int64_t number(std::string_view sql);  // the first column of the only row of a statement of our own

  private:
    void configure(SqliteOpening const& opening);
    static int past_deadline(void* connection);

    soci::session session_;
    sqlite::sqlite3* database_ = nullptr;
    Mode mode_ = Mode::read;
    std::int64_t uncounted_ = 0;
    std::int64_t data_version_ = 0;
    WrittenTables written_;
    std::map<std::string, SqliteHandle, std::less<>> commands_;
    std::optional<SqliteHandle> ask_data_version_;
    StatementCache<SqliteStatement> cache_;
    std::vector<std::unique_ptr<SqliteStatement>> rows_;  // by the number of the shape
    std::optional<SqliteRowFeed> feed_;
};

}  // namespace partnerd::storage
