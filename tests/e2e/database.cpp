#include "e2e/database.hpp"

#include <sqlite3.h>

#include <functional>
#include <stdexcept>

namespace partnerd::e2e {

namespace {

constexpr int busy_ms = 10'000;

[[noreturn]] void fail(sqlite3* handle, std::string const& what) { throw std::runtime_error(what + ": " + sqlite3_errmsg(handle)); }

void each_row(sqlite3* handle, std::string const& sql, std::function<void(sqlite3_stmt*)> const& row) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) fail(handle, sql);
    int step = SQLITE_OK;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) row(statement);
    sqlite3_finalize(statement);
    if (step != SQLITE_DONE) fail(handle, sql);
}

}  // namespace

Database::Database(std::filesystem::path const& file) {
    if (sqlite3_open_v2(file.c_str(), &handle_, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) {
        std::string const why = sqlite3_errmsg(handle_);
        sqlite3_close(handle_);
        throw std::runtime_error(file.string() + ": " + why);
    }
    sqlite3_busy_timeout(handle_, busy_ms);
}

Database::~Database() { sqlite3_close(handle_); }

std::vector<std::int64_t> Database::numbers(std::string const& sql) const {
    std::vector<std::int64_t> found;
    each_row(handle_, sql, [&](sqlite3_stmt* statement) { found.push_back(sqlite3_column_int64(statement, 0)); });
    return found;
}

std::int64_t Database::number(std::string const& sql) const {
    auto const found = numbers(sql);
    return found.empty() ? 0 : found.front();
}

std::vector<std::string> Database::texts(std::string const& sql) const {
    std::vector<std::string> found;
    each_row(handle_, sql, [&](sqlite3_stmt* statement) {
        auto const* const text = reinterpret_cast<char const*>(sqlite3_column_text(statement, 0));
        found.emplace_back(text == nullptr ? "" : text);
    });
    return found;
}

void edit(std::filesystem::path const& file, std::string const& sql) {
    sqlite3* handle = nullptr;
    bool const done = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK &&
                      sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    std::string const why = sqlite3_errmsg(handle);
    sqlite3_close(handle);
    if (!done) throw std::runtime_error(sql + ": " + why);
}

}  // namespace partnerd::e2e
