#include "storage/catalog.hpp"

#include <algorithm>
#include <map>

#include "domain/text.hpp"

namespace partnerd::storage {
namespace {

// table, column, type, place in the primary key from 1, or 0
constexpr char const* sqlite_columns =
    "select m.name, c.name, c.type, c.pk from sqlite_master m join pragma_table_info(m.name) c "
    "where m.type = 'table' and substr(m.name, 1, 7) <> 'sqlite_' order by 1, 2";
// A partition is a part of its table and no table of its own.
constexpr char const* postgresql_columns =
    "select t.relname, a.attname, format_type(a.atttypid, null), coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) "
    "from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped "
    "left join pg_index i on i.indrelid = t.oid and i.indisprimary "
    "where t.relnamespace = current_schema()::regnamespace and t.relkind in ('r', 'p') and not t.relispartition "
    "order by t.relname collate \"C\", a.attname collate \"C\"";

constexpr char const* sqlite_tables = "select name from sqlite_master where type = 'table' and substr(name, 1, 7) <> 'sqlite_' order by 1";
constexpr char const* postgresql_tables =
    "select t.relname from pg_class t where t.relnamespace = current_schema()::regnamespace and t.relkind in ('r', 'p') "
    "and not t.relispartition order by t.relname collate \"C\"";

ColumnType type_of(std::string const& table, std::string const& column, std::string const& declared) {
    static std::map<std::string, ColumnType, std::less<>> const known{
        {"bigint", ColumnType::i64}, {"integer", ColumnType::i64},          {"int", ColumnType::i64},  {"smallint", ColumnType::i64},
        {"text", ColumnType::text},  {"double precision", ColumnType::f64}, {"blob", ColumnType::blob}, {"bytea", ColumnType::blob},
    };
    auto const found = known.find(lower_ascii(declared));
    if (found != known.end()) return found->second;
    throw Failure(Failure::Category::other, "column " + column + " of table " + table + " has the type \"" + declared +
                                                "\"; portable are bigint, text, double precision, and blob or bytea");
}

}  // namespace

std::vector<std::string> table_names(Tx& tx) {
    std::vector<std::string> names;
    for (auto const& [name] : tx.query<std::string>(tx.dialect() == Dialect::sqlite ? sqlite_tables : postgresql_tables)) names.push_back(name);
    return names;
}

std::vector<Table> tables_of(Tx& tx) {
    std::vector<Table> tables;
    std::vector<std::pair<std::int64_t, std::string>> key;
    auto const finish = [&] {
        if (tables.empty()) return;
        std::sort(key.begin(), key.end());
        for (auto& [place, column] : key) tables.back().key.push_back(std::move(column));
        key.clear();
        if (tables.back().key.empty()) throw Failure(Failure::Category::other, "table " + tables.back().name + " has no primary key");
    };
    for (auto const& [table, column, type, place] :
         tx.query<std::string, std::string, std::string, std::int64_t>(tx.dialect() == Dialect::sqlite ? sqlite_columns : postgresql_columns)) {
        if (tables.empty() || tables.back().name != table) {
            finish();
            tables.push_back({table, {}, {}});
        }
        tables.back().columns.push_back({column, type_of(table, column, type)});
        if (place != 0) key.emplace_back(place, column);
    }
    finish();
    return tables;
}

std::string quoted(std::string_view name) {
    std::string out = "\"";
    for (char const c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

}  // namespace partnerd::storage
