// A database, read past the server: what is durable is what is in it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace partnerd::e2e {

// Opened read-only by its storage.url; may be used beside a running server. Throws std::runtime_error with the database's words.
class Database {
  public:
    explicit Database(std::string const& url);
    ~Database();

    std::int64_t number(std::string const& sql) const;                // of the first column of the first row; 0 without a row
    std::vector<std::int64_t> numbers(std::string const& sql) const;  // of the first column
    std::vector<std::string> texts(std::string const& sql) const;     // of the first column; "" for NULL

    struct Session;  // with SQLite, or with PostgreSQL

  private:
    std::unique_ptr<Session> session_;
};

// Changes a database that no server holds: what a test cannot wait for, such as the age of a click.
void edit(std::string const& url, std::string const& sql);

}  // namespace partnerd::e2e
