// The little that storage/ reads out of a statement's text itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace partnerd::storage {

bool is_blank_sql(std::string_view text);  // only white space, semicolons and comments
// The first word in lower case, behind white space and comments: "select", "insert", ...
std::string first_word_of_sql(std::string_view text);
// All words of a text in lower case, sorted, each once: names, keywords, and what stands in quotes.
std::vector<std::string> words_of_sql(std::string_view text);
// Throws Failure(syntax) for what a handler may not send: BEGIN, COMMIT, SAVEPOINT and their kin, ATTACH, PRAGMA, SET, ...
void refuse_session_statements(std::string_view text);

}  // namespace partnerd::storage
