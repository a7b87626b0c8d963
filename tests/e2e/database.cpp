#include "e2e/database.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <stdexcept>

namespace partnerd::e2e {

struct Database::Session {
    virtual ~Session() = default;
    virtual std::vector<std::string> run(std::string const& sql) = 0;  // the first column
};

namespace {

constexpr int busy_ms = 10'000;

class SqliteSession final : public Database::Session {
  public:
    SqliteSession(std::string const& file, int flags) {
        if (sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
            std::string const why = sqlite3_errmsg(handle_);
            sqlite3_close(handle_);
            throw std::runtime_error(file + ": " + why);
        }
        sqlite3_busy_timeout(handle_, busy_ms);
    }
    ~SqliteSession() override { sqlite3_close(handle_); }

    // Every statement of the text, as PostgreSQL runs it.
    std::vector<std::string> run(std::string const& sql) override {
        std::vector<std::string> found;
        auto const collect = [](void* list, int columns, char** values, char**) {
            if (columns > 0) static_cast<std::vector<std::string>*>(list)->emplace_back(values[0] == nullptr ? "" : values[0]);
            return 0;
        };
        if (sqlite3_exec(handle_, sql.c_str(), collect, &found, nullptr) != SQLITE_OK) fail(sql);
        return found;
    }

  private:
    [[noreturn]] void fail(std::string const& sql) const { throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle_)); }

    sqlite3* handle_ = nullptr;
};

class PostgresqlSession final : public Database::Session {
  public:
    PostgresqlSession(std::string const& url, char const* read_only) : connection_(PQconnectdb(url.c_str()), &PQfinish) {
        if (PQstatus(connection_.get()) != CONNECTION_OK) fail(url);
        run(std::string("set default_transaction_read_only = ") + read_only);
    }

    std::vector<std::string> run(std::string const& sql) override {
        std::unique_ptr<PGresult, decltype(&PQclear)> const result(PQexec(connection_.get(), sql.c_str()), &PQclear);
        auto const status = PQresultStatus(result.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(sql);
        std::vector<std::string> found;
        for (int row = 0; row < PQntuples(result.get()); ++row) found.emplace_back(PQgetvalue(result.get(), row, 0));
        return found;
    }

  private:
    [[noreturn]] void fail(std::string const& what) const { throw std::runtime_error(what + ": " + PQerrorMessage(connection_.get())); }

    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

std::unique_ptr<Database::Session> open(std::string const& url, bool read_only) {
    if (!url.starts_with("sqlite://")) return std::make_unique<PostgresqlSession>(url, read_only ? "on" : "off");
    return std::make_unique<SqliteSession>(url.substr(9), read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
}

}  // namespace

Database::Database(std::string const& url) : session_(open(url, true)) {}
Database::~Database() = default;

std::vector<std::string> Database::texts(std::string const& sql) const { return session_->run(sql); }

std::vector<std::int64_t> Database::numbers(std::string const& sql) const {
    std::vector<std::int64_t> found;
    for (auto const& text : texts(sql)) found.push_back(text.empty() ? 0 : std::stoll(text));
    return found;
}

std::int64_t Database::number(std::string const& sql) const {
    auto const found = numbers(sql);
    return found.empty() ? 0 : found.front();
}

void edit(std::string const& url, std::string const& sql) { open(url, false)->run(sql); }

}  // namespace partnerd::e2e
