#include "storage/schema.hpp"

namespace partnerd::storage {
namespace {

[[noreturn]] void refuse(std::string const& what, std::string_view statement) {
    throw Failure(Failure::Category::syntax, what + " in the table definition: " + std::string(statement));
}

std::string expanded(std::string_view mark, Dialect dialect, std::string_view statement) {
    bool const sqlite = dialect == Dialect::sqlite;
    if (mark.empty()) return "{}";  // an empty JSON object as a default
    if (mark == "id") return sqlite ? "integer primary key" : "bigint not null";
    if (mark == "rowid") return sqlite ? " without rowid" : "";
    if (mark.starts_with("key:")) return sqlite ? "" : ", primary key (" + std::string(mark.substr(4)) + ")";
    refuse("unknown mark {" + std::string(mark) + "}", statement);
}

}  // namespace

std::string for_dialect(std::string_view statement, Dialect dialect) {
    auto rest = statement;
    for (auto const& [mark, its] :
         {std::pair<std::string_view, Dialect>{"{sqlite}", Dialect::sqlite}, {"{postgresql}", Dialect::postgresql}}) {
        if (!rest.starts_with(mark)) continue;
        if (its != dialect) return {};
        rest.remove_prefix(mark.size());
    }
    std::string out;
    while (!rest.empty()) {
        auto const open = rest.find('{');
        out += rest.substr(0, open);
        if (open == std::string_view::npos) break;
        auto const close = rest.find('}', open);
        if (close == std::string_view::npos) refuse("a '{' without its '}'", statement);
        out += expanded(rest.substr(open + 1, close - open - 1), dialect, statement);
        rest.remove_prefix(close + 1);
    }
    return out;
}

Migration make_migration(std::uint32_t version, std::string name, std::vector<TableList> const& lists) {
    Migration migration{version, std::move(name), {}, {}};
    for (auto const& list : lists)
        for (auto const statement : list) {
            if (auto text = for_dialect(statement, Dialect::sqlite); !text.empty()) migration.sqlite.push_back(std::move(text));
            if (auto text = for_dialect(statement, Dialect::postgresql); !text.empty()) migration.postgresql.push_back(std::move(text));
        }
    return migration;
}

}  // namespace partnerd::storage
