// The words in which a noun is declared as a list: columns, filters, scopes.
#include "routing/listing.hpp"

namespace partnerd::routing {
namespace column {
ListColumn id(std::string name, std::string sql, std::string prefix) {
    return {ColumnKind::id, std::move(name), std::move(sql), std::move(prefix), {}, {}};
}
ListColumn text(std::string name, std::string sql) { return {ColumnKind::text, std::move(name), std::move(sql), {}, {}, {}}; }
ListColumn translated(std::string name, std::string sql, std::string (*outside)(std::string_view), std::string (*inside)(std::string_view)) {
    auto column = text(std::move(name), std::move(sql));
    column.outside = outside;
    column.inside = inside;
    return column;
}
ListColumn integer(std::string name, std::string sql) { return {ColumnKind::integer, std::move(name), std::move(sql), {}, {}, {}}; }
ListColumn boolean(std::string name, std::string sql) { return {ColumnKind::boolean, std::move(name), std::move(sql), {}, {}, {}}; }
ListColumn money(std::string name, std::string minor_sql, std::string currency_sql, std::string exponent_sql) {
    return {ColumnKind::money, std::move(name), std::move(minor_sql), {}, std::move(currency_sql), std::move(exponent_sql)};
}
ListColumn time(std::string name, std::string sql) { return {ColumnKind::time, std::move(name), std::move(sql), {}, {}, {}}; }
ListColumn day(std::string name, std::string sql) { return {ColumnKind::day, std::move(name), std::move(sql), {}, {}, {}}; }
ListColumn day_of(std::string name, std::string time_sql, std::string zone_sql) {
    return {ColumnKind::zone_day, std::move(name), std::move(time_sql), {}, {}, {}, std::move(zone_sql)};
}
ListColumn rate(std::string name, std::string sql) { return {ColumnKind::rate, std::move(name), std::move(sql), {}, {}, {}}; }
ListColumn json(std::string name, std::string sql) { return {ColumnKind::json, std::move(name), std::move(sql), {}, {}, {}}; }
ListColumn json(std::string name, std::string sql, std::string schema) {
    auto made = json(std::move(name), std::move(sql));
    made.schema = std::move(schema);
    return made;
}
ListColumn nullable(ListColumn column) {
    column.nullable = true;
    return column;
}
}  // namespace column

namespace filter {
using Compare = ListFilter::Compare;
ListFilter equal(std::string name, ListColumn column) { return {std::move(name), Compare::equal, std::move(column)}; }
ListFilter same(ListColumn shown) {
    auto name = shown.name;
    return equal(std::move(name), std::move(shown));
}
ListFilter one_word_of(ListColumn shown, std::vector<std::string> words) {
    auto made = same(std::move(shown));
    made.words = std::move(words);
    return made;
}
ListFilter known(std::string noun, ListColumn shown, std::string known_sql) {
    auto made = same(std::move(shown));
    made.known_noun = std::move(noun);
    made.known_sql = std::move(known_sql);
    return made;
}
ListFilter from(std::string name, std::string time_sql) {
    return {std::move(name), Compare::at_least, column::time("", std::move(time_sql))};
}
ListFilter until(std::string name, std::string time_sql) {
    return {std::move(name), Compare::below, column::time("", std::move(time_sql))};
}
ListFilter from_day(std::string name, std::string day_sql) {
    return {std::move(name), Compare::at_least, column::day("", std::move(day_sql))};
}
ListFilter through_day(std::string name, std::string day_sql) {
    return {std::move(name), Compare::below, column::day("", std::move(day_sql))};
}
}  // namespace filter

ScopeFunction everything() {
    return [](storage::Tx&, Request const&) -> Result<ListScope> { return ListScope{"1 = 1", {}}; };
}

ScopeFunction of_program(std::string program_sql) {
    return [where = std::move(program_sql) + " = :scope_program"](storage::Tx&, Request const& request) -> Result<ListScope> {
        return ListScope{where, {{"scope_program", request.program}}};
    };
}

ScopeFunction of_principal(std::string owner_sql) {
    return [where = std::move(owner_sql) + " = :scope_principal"](storage::Tx&, Request const& request) -> Result<ListScope> {
        return ListScope{where, {{"scope_principal", request.principal.id}}};
    };
}

ScopeFunction both(ScopeFunction a, ScopeFunction b) {
    return [a = std::move(a), b = std::move(b)](storage::Tx& tx, Request const& request) -> Result<ListScope> {
        auto first = a(tx, request);
        if (!first) return first;
        auto second = b(tx, request);
        if (!second) return second;
        first->where = "(" + first->where + ") and (" + second->where + ")";
        first->values.insert(first->values.end(), second->values.begin(), second->values.end());
        return first;
    };
}

}  // namespace partnerd::routing
