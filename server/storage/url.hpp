// Where the database is, from the one setting storage.url.
#pragma once

#include <string>
#include <string_view>

#include "storage/tx.hpp"

namespace partnerd::storage {

struct Url {
    Dialect dialect = Dialect::sqlite;
    std::string path;      // SQLite: the file
    std::string conninfo;  // PostgreSQL: key=value words of libpq; holds the password, never logged
    std::string shown;     // for messages: without the password
};

// "sqlite:///abs/path", "sqlite:relative/path", "postgresql://user:password@host:port/name?host=/socket/dir".
// Throws Failure(syntax) that says what is wrong and shows the forms.
Url parse_url(std::string_view text);

}  // namespace partnerd::storage
