#include "storage/plugin_tables.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "domain/text.hpp"
#include "storage/tx.hpp"

namespace partnerd::storage {
namespace {

// The words of a statement, names without quotes, in lower case; everything else is one word a character.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    auto const is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    for (std::size_t i = 0; i < text.size();) {
        auto end = i;
        while (end < text.size() && is_word(text[end])) ++end;
        if (end > i) words.push_back(lower_ascii(text.substr(i, end - i)));
        else if (std::string_view(" \t\r\n\"`").find(text[i]) == std::string_view::npos) words.emplace_back(1, text[i]);
        i = std::max(end, i + 1);
    }
    return words;
}

class Reader {
  public:
    explicit Reader(std::vector<std::string> words) : words_(std::move(words)) {}
    std::string next() { return at_ < words_.size() ? words_[at_++] : std::string(); }
    bool skip(std::string_view word) {
        if (at_ >= words_.size() || words_[at_] != word) return false;
        ++at_;
        return true;
    }
    void skip_if_exists() {
        if (!skip("if")) return;
        skip("not");
        skip("exists");
    }
    // The word behind `word`, wherever that comes.
    std::string behind(std::string_view word) const {
        auto const found = std::find(words_.begin() + static_cast<std::ptrdiff_t>(at_), words_.end(), word);
        return found == words_.end() || std::next(found) == words_.end() ? std::string() : *std::next(found);
    }

  private:
    std::vector<std::string> words_;
    std::size_t at_ = 0;
};

// The names that the statement makes, changes or fills; empty for a statement of another kind.
std::vector<std::string> targets_of(std::string_view statement) {
    Reader reader(words_of(statement));
    auto const verb = reader.next();
    if (verb == "create" || verb == "drop") {
        reader.skip("unique");
        bool const index = reader.skip("index");
        if (!index && !reader.skip("table")) return {};
        reader.skip_if_exists();
        auto const name = reader.next();
        if (index && verb == "create") return {name, reader.behind("on")};
        return {name};
    }
    if (verb == "alter" && reader.skip("table")) {
        reader.skip_if_exists();
        auto const name = reader.next();
        if (reader.skip("rename") && reader.skip("to")) return {name, reader.next()};
        return {name};
    }
    if (verb == "insert" && reader.skip("into")) return {reader.next()};
    if (verb == "delete" && reader.skip("from")) return {reader.next()};
    if (verb == "update") return {reader.next()};
    return {};
}

}  // namespace

void refuse_foreign_tables(std::string_view plugin, std::string_view statement) {
    auto prefix = lower_ascii(plugin) + "_";
    std::replace_if(
        prefix.begin(), prefix.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    auto const targets = targets_of(statement);
    bool const own = !targets.empty() && std::ranges::all_of(targets, [&](std::string const& name) { return name.starts_with(prefix); });
    if (own) return;
    throw Failure(Failure::Category::state, "plugin " + std::string(plugin) +
                                                " may create, alter, drop and fill only tables and indices that begin with " + prefix +
                                                ", not: " + std::string(statement));
}

}  // namespace partnerd::storage
