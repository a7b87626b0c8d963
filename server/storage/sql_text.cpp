#include <algorithm>
#include <array>
#include <string>

#include "domain/text.hpp"
#include "storage/sql_text.hpp"
#include "storage/tx.hpp"

namespace partnerd::storage {
namespace {

std::string_view skip_blank(std::string_view text) {
    while (!text.empty()) {
        if (text.starts_with("--")) {
            text.remove_prefix(std::min(text.find('\n'), text.size()));
        } else if (text.starts_with("/*")) {
            auto const end = text.find("*/", 2);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
        } else if (std::string_view(" \t\r\n\f;").find(text.front()) != std::string_view::npos) {
            text.remove_prefix(1);
        } else {
            break;
        }
    }
    return text;
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

constexpr std::array session_words{std::string_view("begin"),     std::string_view("start"),      std::string_view("commit"),
                                   std::string_view("end"),       std::string_view("rollback"),   std::string_view("abort"),
                                   std::string_view("savepoint"), std::string_view("release"),    std::string_view("prepare"),
                                   std::string_view("execute"),   std::string_view("deallocate"), std::string_view("discard"),
                                   std::string_view("attach"),    std::string_view("detach"),     std::string_view("pragma"),
                                   std::string_view("vacuum"),    std::string_view("set"),        std::string_view("reset"),
                                   std::string_view("listen"),    std::string_view("unlisten"),   std::string_view("copy")};

}  // namespace

bool is_blank_sql(std::string_view text) { return skip_blank(text).empty(); }

std::string first_word_of_sql(std::string_view text) {
    text = skip_blank(text);
    auto const end = std::find_if_not(text.begin(), text.end(), is_word);
    return lower_ascii(text.substr(0, static_cast<std::size_t>(end - text.begin())));
}

std::vector<std::string> words_of_sql(std::string_view text) {
    std::vector<std::string> words;
    for (auto at = text.begin(); at != text.end();) {
        auto const in_name = [](char c) { return is_word(c) || (c >= '0' && c <= '9'); };
        auto const begin = std::find_if(at, text.end(), in_name);
        at = std::find_if_not(begin, text.end(), in_name);
        if (begin != at) words.push_back(lower_ascii({begin, at}));
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

void refuse_session_statements(std::string_view text) {
    auto const word = first_word_of_sql(text);
    if (std::find(session_words.begin(), session_words.end(), word) == session_words.end()) return;
    throw Failure(Failure::Category::syntax,
                  "a handler may not send " + word + ": the storage begins, commits and configures its sessions itself");
}

}  // namespace partnerd::storage
