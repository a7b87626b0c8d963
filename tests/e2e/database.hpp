// The file of a database, read past the server: what is durable is what is in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

struct sqlite3;

namespace partnerd::e2e {

// Opened read-only; may be used beside a running server. Throws std::runtime_error with SQLite's words.
class Database {
  public:
    explicit Database(std::filesystem::path const& file);
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;
    ~Database();

    std::int64_t number(std::string const& sql) const;                // of the first column of the first row; 0 without a row
    std::vector<std::int64_t> numbers(std::string const& sql) const;  // of the first column
    std::vector<std::string> texts(std::string const& sql) const;     // of the first column

  private:
    sqlite3* handle_ = nullptr;
};

// Changes a file that no server holds: what a test cannot wait for, such as the age of a click.
void edit(std::filesystem::path const& file, std::string const& sql);

}  // namespace partnerd::e2e
