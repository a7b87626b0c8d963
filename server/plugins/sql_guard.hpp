// What SQL a plugin may send: one statement that reads or writes rows of its own tables.
#pragma once

#include <string_view>

#include "domain/result.hpp"

namespace partnerd::plugins {

// invalid_field naming what is wrong: not exactly one statement; none of SELECT, WITH, VALUES, INSERT, REPLACE, UPDATE, DELETE; a table,
// read or written, whose name does not begin with `plugin` and '_'. Pure; the text is split into words, quoted names and literals, not
// parsed.
struct SqlVerdict {
    bool writes = false;
};
Result<SqlVerdict> judge_sql(std::string_view plugin, std::string_view sql);
// The same; a text that passed is not split again on this thread.
Result<SqlVerdict> judge_sql_once(std::string_view plugin, std::string_view sql);

}  // namespace partnerd::plugins
