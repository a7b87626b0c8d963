#include "plugins/sql_guard.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/text.hpp"

namespace partnerd::plugins {
namespace {

struct Token {
    enum class Kind { word, quoted_name, literal, symbol } kind = Kind::symbol;
    std::string text;  // words in lower case; names without quotes
};

bool begins_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool goes_on(char c) { return begins_word(c) || (c >= '0' && c <= '9') || c == '$'; }

class Splitter {
  public:
    explicit Splitter(std::string_view sql) : sql_(sql) {}

    Result<std::vector<Token>> split() {
        std::vector<Token> tokens;
        for (;;) {
            if (!skip_blank()) return Error(errc::invalid_field, "a comment is not closed");
            if (at_ == sql_.size()) return tokens;
            Token token;
            if (!next(token)) return Error(errc::invalid_field, "a quote is not closed");
            tokens.push_back(std::move(token));
        }
    }

  private:
    bool skip_blank() {
        while (at_ < sql_.size()) {
            if (sql_[at_] == ' ' || (sql_[at_] >= '\t' && sql_[at_] <= '\r')) ++at_;
            else if (sql_.substr(at_, 2) == "--") at_ = std::min(sql_.find('\n', at_), sql_.size());
            else if (sql_.substr(at_, 2) == "/*") {
                auto const end = sql_.find("*/", at_ + 2);
                if (end == std::string_view::npos) return false;
                at_ = end + 2;
            } else return true;
        }
        return true;
    }
    bool next(Token& token) {
        char const c = sql_[at_];
        if (c == '\'') return quoted(token, '\'', Token::Kind::literal);
        if (c == '"' || c == '`') return quoted(token, c, Token::Kind::quoted_name);
        if (c == '[') return quoted(token, ']', Token::Kind::quoted_name);
        if (c == '$') return false;  // dollar quotes of PostgreSQL: no use in a prepared statement
        auto const begin = at_++;
        if (!begins_word(c)) {
            token.text = c;
            return true;
        }
        while (at_ < sql_.size() && goes_on(sql_[at_])) ++at_;
        token.kind = Token::Kind::word;
        token.text = lower_ascii(sql_.substr(begin, at_ - begin));
        return true;
    }
    bool quoted(Token& token, char end, Token::Kind kind) {
        token.kind = kind;
        for (++at_; at_ < sql_.size(); ++at_) {
            if (sql_[at_] != end) {
                token.text += sql_[at_];
                continue;
            }
            if (++at_ < sql_.size() && sql_[at_] == end) {
                token.text += end;
                continue;
            }
            if (kind == Token::Kind::quoted_name) token.text = lower_ascii(token.text);
            return true;
        }
        return false;
    }
    std::string_view sql_;
    std::size_t at_ = 0;
};

class Judge {
  public:
    Judge(std::string_view plugin, std::vector<Token> tokens) : prefix_(std::string(plugin) + "_"), tokens_(std::move(tokens)) {}

    Result<SqlVerdict> judge() {
        while (!tokens_.empty() && tokens_.back().kind == Token::Kind::symbol && tokens_.back().text == ";") tokens_.pop_back();
        if (tokens_.empty()) return Error(errc::invalid_field, "an empty statement");
        static constexpr std::array<std::string_view, 7> allowed = {"select", "with", "values", "insert", "replace", "update", "delete"};
        if (tokens_[0].kind != Token::Kind::word || std::ranges::find(allowed, tokens_[0].text) == allowed.end())
            return Error(errc::invalid_field, "only SELECT, WITH, VALUES, INSERT, REPLACE, UPDATE and DELETE");
        collect_named_queries();
        for (at_ = 0; at_ < tokens_.size(); ++at_) {
            if (is_symbol(at_, ";")) return Error(errc::invalid_field, "more than one statement");
            if (auto const status = look(); !status) return status.error();
        }
        return SqlVerdict{writes_};
    }

  private:
    bool is_word(std::size_t i, std::string_view text) const {
        return i < tokens_.size() && tokens_[i].kind == Token::Kind::word && tokens_[i].text == text;
    }
    bool is_symbol(std::size_t i, std::string_view text) const {
        return i < tokens_.size() && tokens_[i].kind == Token::Kind::symbol && tokens_[i].text == text;
    }
    bool is_name(std::size_t i) const {
        return i < tokens_.size() && (tokens_[i].kind == Token::Kind::word || tokens_[i].kind == Token::Kind::quoted_name);
    }

    // WITH a AS (...), b(x) AS MATERIALIZED (...): a and b are no tables.
    void collect_named_queries() {
        for (std::size_t i = 1; i < tokens_.size(); ++i) {
            if (!is_word(i, "as") || !(is_symbol(i + 1, "(") || is_word(i + 1, "materialized") || is_word(i + 1, "not"))) continue;
            auto name = i - 1;
            if (is_symbol(name, ")"))
                while (name > 0 && !is_symbol(name, "(")) --name;
            if (is_symbol(name, "(") && name > 0) --name;
            if (is_name(name)) named_.push_back(tokens_[name].text);
        }
    }

    Status table(std::size_t i, bool written) {
        if (!is_name(i)) return Error(errc::invalid_field, "a table's name is expected");
        auto const& name = tokens_[i].text;
        if (is_symbol(i + 1, ".")) return Error(errc::invalid_field, "a table is named without its schema: " + name);
        auto const own = name.starts_with(prefix_) && name.size() > prefix_.size();
        if (own || (!written && std::ranges::find(named_, name) != named_.end())) return {};
        return Error(errc::invalid_field, "the table " + name + " is not the plugin's: its own begin with " + prefix_);
    }

    Status look() {
        if (is_word(at_, "into")) return write(at_ + 1);
        if (is_word(at_, "update")) return update();
        if (is_word(at_, "join")) return source(at_ + 1);
        if (!is_word(at_, "from")) return {};
        if (at_ > 0 && is_word(at_ - 1, "delete")) return write(at_ + 1);
        if (at_ > 0 && is_word(at_ - 1, "distinct")) return {};  // IS DISTINCT FROM
        return sources(at_ + 1);
    }
    Status write(std::size_t i) {
        writes_ = true;
        if (is_word(i, "only")) ++i;
        return table(i, true);
    }
    Status update() {
        if (at_ > 0 && (is_word(at_ - 1, "for") || is_word(at_ - 1, "do"))) return {};  // FOR UPDATE, ON CONFLICT ... DO UPDATE SET
        if (at_ > 1 && is_word(at_ - 1, "key") && is_word(at_ - 2, "no")) return {};    // FOR NO KEY UPDATE
        auto i = at_ + 1;
        if (is_word(i, "or")) i += 2;  // UPDATE OR IGNORE
        return write(i);
    }
    // One table, subquery or function behind FROM, JOIN or a comma.
    Status source(std::size_t i) {
        if (is_word(i, "lateral")) ++i;
        if (is_word(i, "only")) ++i;
        if (is_symbol(i, "("))
            return is_name(i + 1) && !is_word(i + 1, "select") && !is_word(i + 1, "values") && !is_word(i + 1, "with") ? source(i + 1)
                                                                                                                       : Status();
        if (is_name(i) && is_symbol(i + 1, "(")) return function(i);
        return table(i, false);
    }
    Status function(std::size_t i) {
        static constexpr std::array<std::string_view, 8> known = {"json_each",           "json_tree",
                                                                  "generate_series",     "unnest",
                                                                  "jsonb_each",          "jsonb_array_elements",
                                                                  "json_array_elements", "jsonb_array_elements_text"};
        if (std::ranges::find(known, tokens_[i].text) != known.end()) return {};
        return Error(errc::invalid_field, "the function " + tokens_[i].text + " is not allowed as a table");
    }
    // a, b x, (select ...) y, c: every source of a list, until a word ends it.
    Status sources(std::size_t i) {
        if (auto const status = source(i); !status) return status;
        int depth = 0;
        static constexpr std::array<std::string_view, 14> ends = {"where",     "group",     "order",  "limit", "having", "union", "except",
                                                                  "intersect", "returning", "window", "set",   "offset", "for",   "on"};
        for (; i < tokens_.size(); ++i) {
            if (is_symbol(i, "(")) ++depth;
            if (is_symbol(i, ")") && --depth < 0) return {};
            if (depth > 0) continue;
            if (tokens_[i].kind == Token::Kind::word && std::ranges::find(ends, tokens_[i].text) != ends.end() && tokens_[i].text != "on")
                return {};
            if (!is_symbol(i, ",")) continue;
            if (auto const status = source(i + 1); !status) return status;
        }
        return {};
    }

    std::string const prefix_;
    std::vector<Token> tokens_;
    std::vector<std::string> named_;
    std::size_t at_ = 0;
    bool writes_ = false;
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};
using Verdicts = std::unordered_map<std::string, SqlVerdict, TextHash, std::equal_to<>>;

}  // namespace

Result<SqlVerdict> judge_sql_once(std::string_view plugin, std::string_view sql) {
    constexpr std::size_t texts_max = 1000;
    thread_local std::unordered_map<std::string, Verdicts, TextHash, std::equal_to<>> passed;  // by plugin, then by text
    auto of_plugin = passed.find(plugin);
    if (of_plugin == passed.end()) of_plugin = passed.emplace(plugin, Verdicts()).first;
    auto& verdicts = of_plugin->second;
    if (auto const known = verdicts.find(sql); known != verdicts.end()) return known->second;
    auto verdict = judge_sql(plugin, sql);
    if (verdict && verdicts.size() >= texts_max) verdicts.clear();
    if (verdict) verdicts.emplace(sql, *verdict);
    return verdict;
}

Result<SqlVerdict> judge_sql(std::string_view plugin, std::string_view sql) {
    auto tokens = Splitter(sql).split();
    if (!tokens) return tokens.error();
    return Judge(plugin, std::move(*tokens)).judge();
}

}  // namespace partnerd::plugins
