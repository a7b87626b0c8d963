// A list of a noun, declared: its columns, its filters, and whose rows they are. Makes the handlers of both read routes.
//
//     Listing const conversions{
//         .noun = "conversion", .from = "conversion c", .id_sql = "c.id", .prefix = "cnv",
//         .columns = {column::text("kind", "c.kind"), column::id("partner", "c.partner", "ptr"),
//                     column::money("amount", "c.amount_minor", "c.currency", "c.exponent"), column::time("at", "c.at_us")},
//         .filters = {filter::equal("kind", column::text("", "c.kind")), filter::from("from", "c.at_us"), filter::until("to", "c.at_us")}};
//     router.add({.kind = RouteKind::read, .method = "GET", .path = "/v1/programs/{program}/conversions", .scopes = "operator merchant",
//                 .handle = list_of(conversions, of_program("c.program"))});
//     router.add({..., .path = "/v1/programs/{program}/conversions/{id}", .handle = one_of(conversions, of_program("c.program"))});
//
// A list: newest first, ?limit&starting_after, one optional parameter a filter, and CSV by ?format=csv or Accept: text/csv
// (then up to 10'000 rows, and the header Next-Cursor when there are more). Any other parameter: 400 invalid_query.
// Only the declaration's own text becomes SQL; what the request says is bound.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "routing/route.hpp"

namespace partnerd::routing {

enum class ColumnKind { id, text, integer, boolean, money, time, day, zone_day, rate, json };

struct ListColumn {
    ColumnKind kind = ColumnKind::text;
    std::string name;                        // of the JSON member and of the CSV column; money has a second CSV column <name>_currency
    std::string sql;                         // an expression over `from`
    std::string prefix;                      // of an id
    std::string currency_sql, exponent_sql;  // of money
    std::string zone_sql = {};               // of zone_day
    bool nullable = false;                   // ids, times and zone_days always may be null; others when they say so
    std::string schema = {};                 // of json: its JSON Schema; empty: anything
    // Of text that is kept in other words than it is shown in; filters take the shown ones.
    std::string (*outside)(std::string_view stored) = nullptr;
    std::string (*inside)(std::string_view shown) = nullptr;
};

namespace column {
ListColumn id(std::string name, std::string sql, std::string prefix);  // 0 and NULL are null
ListColumn text(std::string name, std::string sql);
ListColumn translated(std::string name, std::string sql, std::string (*outside)(std::string_view), std::string (*inside)(std::string_view));
ListColumn integer(std::string name, std::string sql);
ListColumn boolean(std::string name, std::string sql);
ListColumn money(std::string name, std::string minor_sql, std::string currency_sql, std::string exponent_sql);
ListColumn time(std::string name, std::string sql);                               // microseconds -> RFC 3339; 0 and NULL are null
ListColumn day(std::string name, std::string sql);                                // days since 1970 -> "2017-03-03"
ListColumn day_of(std::string name, std::string time_sql, std::string zone_sql);  // the civil day of an instant in a zone; 0 is null
ListColumn rate(std::string name, std::string sql);                               // parts per million -> "12.5%"
ListColumn json(std::string name, std::string sql);                               // text that is JSON; in CSV the text itself
ListColumn json(std::string name, std::string sql, std::string schema);
ListColumn nullable(ListColumn column);  // an outer join may not find it
}  // namespace column

struct ListFilter {
    enum class Compare { equal, at_least, below };
    std::string name;  // of the query parameter
    Compare compare = Compare::equal;
    ListColumn column;                    // its kind says how the value is read: ids by prefix, times by RFC 3339, truth as true or false
    std::vector<std::string> words = {};  // of a closed set; any other is refused with the list of them
    std::string known_noun = {};          // "partner": a value that known_sql does not find is refused: there is no partner '..'
    std::string known_sql = {};           // "select 1 from .. where .. = :known and .. = :known_program"; the path's program
};

namespace filter {
ListFilter equal(std::string name, ListColumn column);                     // ?status=approved
ListFilter same(ListColumn shown);                                         // by the column's name
ListFilter one_word_of(ListColumn shown, std::vector<std::string> words);  // ?status=approved, by the column's name
ListFilter known(std::string noun, ListColumn shown, std::string known_sql);
ListFilter from(std::string name, std::string time_sql);        // ?from=2011-01-01T00:00:00Z: >=
ListFilter until(std::string name, std::string time_sql);       // ?to=...: <
ListFilter from_day(std::string name, std::string day_sql);     // ?from=2011-01-01: >=
ListFilter through_day(std::string name, std::string day_sql);  // ?to=2011-01-31: that day too
}  // namespace filter

struct Listing {
    std::string noun;                 // for messages and the CSV's file name
    std::string from;                 // "conversion c join partner p on p.id = c.partner"
    std::string id_sql;               // unique and growing with time: the order and the cursor
    std::string prefix;               // of the id
    std::vector<ListColumn> columns;  // beside "id", which comes first
    std::vector<ListFilter> filters;
    std::string where;        // a fixed condition, or empty
    std::string schema = {};  // the name of a row in /openapi.json; empty: the noun
};

// A condition that the route adds, with its bound values: whose rows the caller may see.
struct ListScope {
    std::string where;  // "c.program = :scope_program"; names begin with scope_
    std::vector<std::pair<std::string, std::variant<std::int64_t, std::string>>> values;
};
using ScopeFunction = std::function<Result<ListScope>(storage::Tx&, Request const&)>;

ScopeFunction everything();                         // an operator's
ScopeFunction of_program(std::string program_sql);  // = request.program
ScopeFunction of_principal(std::string owner_sql);  // = request.principal.id: a partner's own
ScopeFunction both(ScopeFunction a, ScopeFunction b);

TxHandler list_of(Listing listing, ScopeFunction scope);
// The row whose id is the path's parameter; not_found for another's row too.
TxHandler one_of(Listing listing, ScopeFunction scope, std::string parameter = "id");
// The row as a JSON object, for a write route that answers with what it made; nothing if there is none.
std::optional<std::string> row_json(storage::Tx& tx, Listing const& listing, Id id);

}  // namespace partnerd::routing
