// Statements whose results nobody reads: they wait, and go to the server in one round trip with the next one that is read (libpq's
// pipeline mode, PostgreSQL 15, 34.5). [one thread at a time]
#pragma once

#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace partnerd::storage {

struct PostgresqlCall {
    std::string sql;   // sent as it is, when there is no name; otherwise for messages
    std::string name;  // of a prepared statement
    std::vector<std::optional<std::string>> values;
    bool binary = false;  // the values; otherwise they are text
};

using PostgresqlResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

class PostgresqlPipeline {
  public:
    // What came of a round trip. failed: the first of those that had waited and failed; then `last` was not run.
    struct Outcome {
        PostgresqlResult last{nullptr, &PQclear}, failed{nullptr, &PQclear};
        std::string failed_sql;
        bool lost = false;  // the session
        bool given_up = false;
    };

    void add(PostgresqlCall call) { waiting_.push_back(std::move(call)); }
    bool empty() const { return waiting_.empty(); }
    bool full() const { return waiting_.size() >= most; }
    void clear() { waiting_.clear(); }
    // Asked some times a second while an answer does not come; false gives the session up.
    using Meanwhile = std::function<bool()>;
    // Alone: what waits goes on waiting.
    Outcome prepare(PGconn* connection, std::string const& name, std::string const& sql, Meanwhile const& meanwhile);
    // Sends what waits, and `last`.
    Outcome run(PGconn* connection, PostgresqlCall const& last, Meanwhile const& meanwhile);

  private:
    // Far less than the buffers of a socket hold in answers: neither side waits for the other with full hands.
    static constexpr std::size_t most = 128;

    std::vector<PostgresqlCall> waiting_;
};

}  // namespace partnerd::storage
