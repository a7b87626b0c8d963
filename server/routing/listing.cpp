#include "routing/listing.hpp"

#include <algorithm>
#include <charconv>
#include <memory>

#include "domain/calendar.hpp"
#include "domain/invariant.hpp"
#include "domain/money.hpp"
#include "domain/text.hpp"
#include "routing/csv.hpp"
#include "routing/json_writer.hpp"
#include "routing/page.hpp"

namespace partnerd::routing {

namespace {

using storage::ColumnType;
using Bound = std::pair<std::string, std::variant<std::int64_t, std::string>>;

constexpr std::int64_t csv_rows_max = 10'000;

// A listing with what its SQL needs, made once.
struct Prepared {
    Listing listing;
    std::string select;  // "select ... from ... where ..." up to the fixed condition
    std::vector<ColumnType> types;
};

bool is_filterable(ColumnKind kind) {
    return kind != ColumnKind::money && kind != ColumnKind::rate && kind != ColumnKind::json && kind != ColumnKind::zone_day;
}

std::shared_ptr<Prepared const> prepare(Listing listing) {
    auto made = std::make_shared<Prepared>();
    made->select = "select " + listing.id_sql;
    made->types = {ColumnType::i64};
    for (auto const& column : listing.columns) {
        bool const textual = column.kind == ColumnKind::text || column.kind == ColumnKind::json;
        made->select += ", " + column.sql;
        made->types.push_back(textual ? ColumnType::text : ColumnType::i64);
        if (column.kind == ColumnKind::zone_day) {
            made->select += ", " + column.zone_sql;
            made->types.push_back(ColumnType::text);
        }
        if (column.kind != ColumnKind::money) continue;
        made->select += ", " + column.currency_sql + ", " + column.exponent_sql;
        made->types.insert(made->types.end(), {ColumnType::text, ColumnType::i64});
    }
    made->select += " from " + listing.from + " where (" + (listing.where.empty() ? "1 = 1" : listing.where) + ")";
    for (auto const& filter : listing.filters) PARTNERD_INVARIANT(is_filterable(filter.column.kind));
    made->listing = std::move(listing);
    return made;
}

// One execution: the text, what is bound to it, and the row under the cursor. Ends the execution when it goes.
class Selection {
  public:
    Selection(storage::Tx& tx, Prepared const& prepared, std::string const& sql, std::vector<Bound> const& bound)
        : statement_(tx.prepare(sql, prepared.types)) {
        for (auto const& [name, value] : bound)
            std::visit([&, n = std::string_view(name)](auto const& v) { statement_.bind(n, storage::Value(v)); }, value);
    }
    Selection(Selection const&) = delete;
    Selection& operator=(Selection const&) = delete;
    ~Selection() { statement_.reset(); }
    bool next() { return statement_.step(); }
    storage::Value at(unsigned index) { return statement_.column(index); }

  private:
    storage::Statement& statement_;
};

// The text of a cell that is neither money nor json; nothing when there is none.
std::optional<std::string> cell_text(ListColumn const& column, storage::Value const& value, std::string_view zone) {
    if (value.is_null()) return std::nullopt;
    bool const zero_is_none = column.kind == ColumnKind::id || column.kind == ColumnKind::time || column.kind == ColumnKind::zone_day;
    if (zero_is_none && value.i64 == 0) return std::nullopt;
    switch (column.kind) {
        case ColumnKind::id: return format_id(column.prefix, value.i64);
        case ColumnKind::time: return format_instant(value.i64);
        case ColumnKind::day: return format_day(value.i64);
        case ColumnKind::rate: return format_rate(Rate{value.i64});
        case ColumnKind::boolean: return value.i64 != 0 ? "true" : "false";
        case ColumnKind::zone_day: return format_day(day_in_zone(value.i64, zone));
        case ColumnKind::integer:
        case ColumnKind::money: return std::to_string(value.i64);
        case ColumnKind::text:
        case ColumnKind::json: break;
    }
    return column.outside != nullptr ? column.outside(value.bytes) : std::string(value.bytes);
}

Money money_at(Selection& row, unsigned at) {
    auto const minor = row.at(at).i64;
    auto const exponent = static_cast<int>(row.at(at + 2).i64);
    auto const code = row.at(at + 1);
    PARTNERD_INVARIANT(!code.is_null());
    return {minor, Currency(code.bytes, exponent)};
}

// How many columns of the select are one of the listing.
unsigned width(ListColumn const& column) { return column.kind == ColumnKind::money ? 3 : column.kind == ColumnKind::zone_day ? 2 : 1; }

// The zone beside a zone_day, or nothing.
std::string zone_at(ListColumn const& column, Selection& row, unsigned at) {
    return column.kind == ColumnKind::zone_day ? std::string(row.at(at + 1).bytes) : std::string();
}

void write_json(JsonWriter& json, Listing const& listing, Selection& row) {
    json.begin_object().key("id").value(format_id(listing.prefix, row.at(0).i64));
    unsigned at = 1;
    for (auto const& column : listing.columns) {
        json.key(column.name);
        auto const value = row.at(at);
        if (value.is_null()) json.null();
        else if (column.kind == ColumnKind::money) json.value(money_at(row, at));
        else if (column.kind == ColumnKind::json) json.raw(value.bytes);
        else if (column.kind == ColumnKind::integer) json.value(value.i64);
        else if (column.kind == ColumnKind::boolean) json.value(value.i64 != 0);
        else if (auto const text = cell_text(column, value, zone_at(column, row, at))) json.value(*text);
        else json.null();
        at += width(column);
    }
    json.end_object();
}

void write_csv_header(CsvWriter& csv, Listing const& listing) {
    csv.text("id");
    for (auto const& column : listing.columns) {
        csv.text(column.name);
        if (column.kind == ColumnKind::money) csv.text(column.name + "_currency");
    }
    csv.end_row();
}

void write_csv(CsvWriter& csv, Listing const& listing, Selection& row) {
    csv.text(format_id(listing.prefix, row.at(0).i64));
    unsigned at = 1;
    for (auto const& column : listing.columns) {
        auto const value = row.at(at);
        bool const textual = column.kind == ColumnKind::text || column.kind == ColumnKind::json;
        if (column.kind == ColumnKind::money) {
            if (value.is_null()) csv.empty().empty();
            else {
                auto const money = money_at(row, at);
                csv.number(format_amount(money.minor, money.currency.exponent())).text(money.currency.code());
            }
        } else if (auto const text = cell_text(column, value, zone_at(column, row, at))) {
            textual ? csv.text(*text) : csv.number(*text);
        } else {
            csv.empty();
        }
        at += width(column);
    }
    csv.end_row();
}

Result<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t number = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || end != text.data() + text.size()) return Error(errc::invalid_query, "must be a whole number");
    return number;
}

Result<std::variant<std::int64_t, std::string>> filter_value(ListColumn const& column, std::string_view text) {
    auto number = [&]() -> Result<std::int64_t> {
        switch (column.kind) {
            case ColumnKind::id: return parse_id(column.prefix, text);
            case ColumnKind::time: return parse_instant(text);
            case ColumnKind::day: return parse_day(text);
            case ColumnKind::integer: return parse_integer(text);
            default: break;
        }
        if (text != "true" && text != "false") return Error(errc::invalid_query, "must be true or false");
        return text == "true" ? 1 : 0;
    };
    if (column.kind == ColumnKind::text) {
        if (text.size() > 400 || has_control(text))
            return Error(errc::invalid_query, "must be at most 400 bytes without control characters");
        return column.inside != nullptr ? column.inside(text) : std::string(text);
    }
    auto const parsed = number();
    if (parsed) return *parsed;
    if (column.kind == ColumnKind::id) return Error(errc::invalid_query, "must be an id that begins with " + column.prefix + "_");
    return Error(errc::invalid_query, parsed.error().detail);
}

std::string_view sign(ListFilter::Compare compare) {
    return compare == ListFilter::Compare::equal ? " = " : compare == ListFilter::Compare::at_least ? " >= " : " < ";
}

// What a list request asks for, read against the allow-list.
struct Question {
    std::string conditions;
    std::vector<Bound> bound;
    bool csv = false;
};

// A word that no row can have, or a name that nobody has: an empty list would hide the typing mistake.
Status check_possible(storage::Tx& tx, Request const& request, ListFilter const& filter, std::string const& text) {
    auto const& words = filter.words;
    if (!words.empty() && std::find(words.begin(), words.end(), text) == words.end()) {
        std::string all;
        for (auto const& word : words) all += (all.empty() ? "" : ", ") + word;
        return Error(errc::invalid_query, "must be one of " + all, filter.name);
    }
    if (filter.known_sql.empty()) return {};
    auto const found =
        tx.value<std::int64_t>(filter.known_sql, {storage::arg("known", text), storage::arg("known_program", request.program)});
    if (!found) return Error(errc::invalid_query, "there is no " + filter.known_noun + " '" + text.substr(0, 64) + "' here", filter.name);
    return {};
}

Status ask_filter(Question& question, storage::Tx& tx, Request const& request, ListFilter const& filter, std::string const& text) {
    auto value = filter_value(filter.column, text);
    if (!value) return Error(value.error().code, value.error().detail, filter.name);
    if (auto status = check_possible(tx, request, filter, text); !status) return status;
    bool const whole_day = filter.column.kind == ColumnKind::day && filter.compare == ListFilter::Compare::below;
    if (whole_day) ++std::get<std::int64_t>(*value);
    question.conditions.append(" and ").append(filter.column.sql).append(sign(filter.compare)).append(":f_").append(filter.name);
    question.bound.emplace_back("f_" + filter.name, std::move(*value));
    return {};
}

Status ask_format(Question& question, std::string const& text) {
    if (text != "csv" && text != "json") return Error(errc::invalid_query, "format must be json or csv", "format");
    question.csv = text == "csv";
    return {};
}

Result<Question> read_question(Listing const& listing, storage::Tx& tx, Request const& request) {
    Question question;
    question.csv = request.header("accept").find("text/csv") != std::string_view::npos;
    auto const first = request.params.begin() + static_cast<std::ptrdiff_t>(request.path_params);
    for (auto param = first; param != request.params.end(); ++param) {
        auto const& [name, text] = *param;
        if (std::any_of(first, param, [&](auto const& other) { return other.first == name; }))
            return Error(errc::invalid_query, "a parameter was given twice", name);
        if (name == "limit" || name == "starting_after") continue;
        auto const filter = std::find_if(listing.filters.begin(), listing.filters.end(), [&](auto const& f) { return f.name == name; });
        if (filter == listing.filters.end() && name != "format")
            return Error(errc::invalid_query, "this list does not have this parameter", name);
        auto const asked = name == "format" ? ask_format(question, text) : ask_filter(question, tx, request, *filter, text);
        if (!asked) return asked.error();
    }
    return question;
}

void answer_json(Response& response, Listing const& listing, Selection& rows, std::int64_t limit) {
    std::string data;
    JsonWriter json(data);
    Id last = 0;
    std::int64_t count = 0;
    bool more = false;
    while (rows.next()) {
        if ((more = count++ == limit)) break;
        last = rows.at(0).i64;
        write_json(json, listing, rows);
    }
    response.body = page_json(data, more, more ? format_id(listing.prefix, last) : "");
}

void answer_csv(Response& response, Listing const& listing, Selection& rows, std::int64_t limit) {
    CsvWriter csv(response.body);
    write_csv_header(csv, listing);
    Id last = 0;
    std::int64_t count = 0;
    bool more = false;
    while (rows.next()) {
        if ((more = count++ == limit)) break;
        last = rows.at(0).i64;
        write_csv(csv, listing, rows);
    }
    response.content_type = "text/csv; charset=utf-8";
    response.set_header("content-disposition", "attachment; filename=\"" + listing.noun + ".csv\"");
    if (more) response.set_header("next-cursor", format_id(listing.prefix, last));
}

Status answer_list(Prepared const& prepared, ScopeFunction const& scope, storage::Tx& tx, Request const& request, Response& response) {
    auto const& listing = prepared.listing;
    auto question = read_question(listing, tx, request);
    if (!question) return question.error();
    auto const most = question->csv ? csv_rows_max : 100;
    auto const page = parse_page(request, listing.prefix, question->csv ? csv_rows_max : 25, most);
    if (!page) return page.error();
    auto allowed = scope(tx, request);
    if (!allowed) return allowed.error();
    auto sql = prepared.select + " and (" + allowed->where + ")" + question->conditions;
    auto& bound = question->bound;
    bound.insert(bound.end(), allowed->values.begin(), allowed->values.end());
    if (page->after != 0) {
        sql += " and " + listing.id_sql + " < :page_after";
        bound.emplace_back("page_after", page->after);
    }
    sql += " order by " + listing.id_sql + " desc limit :page_limit";
    bound.emplace_back("page_limit", page->limit + 1);
    Selection rows(tx, prepared, sql, bound);
    question->csv ? answer_csv(response, listing, rows, page->limit) : answer_json(response, listing, rows, page->limit);
    return {};
}

std::optional<std::string> select_one(Prepared const& prepared, storage::Tx& tx, Id id, ListScope const& scope) {
    auto bound = scope.values;
    bound.emplace_back("one_id", id);
    auto const sql = prepared.select + " and (" + scope.where + ") and " + prepared.listing.id_sql + " = :one_id";
    Selection row(tx, prepared, sql, bound);
    if (!row.next()) return std::nullopt;
    std::string text;
    JsonWriter json(text);
    write_json(json, prepared.listing, row);
    return text;
}

ListScope no_limit() { return {"1 = 1", {}}; }

}  // namespace

TxHandler list_of(Listing listing, ScopeFunction scope) {
    return [prepared = prepare(std::move(listing)), scope = std::move(scope)](storage::Tx& tx, Request& request, Response& response) {
        return answer_list(*prepared, scope, tx, request, response);
    };
}

TxHandler one_of(Listing listing, ScopeFunction scope, std::string parameter) {
    return [prepared = prepare(std::move(listing)), scope = std::move(scope), parameter = std::move(parameter)](
               storage::Tx& tx, Request& request, Response& response) -> Status {
        if (request.params.size() > request.path_params)
            return Error(errc::invalid_query, "this resource has no parameters", request.params[request.path_params].first);
        auto const nothing = Error(errc::not_found, "there is no such " + prepared->listing.noun);
        auto const id = parse_id(prepared->listing.prefix, request.param(parameter).value_or(""));
        if (!id) return nothing;
        auto const allowed = scope(tx, request);
        if (!allowed) return allowed.error();
        auto found = select_one(*prepared, tx, *id, *allowed);
        if (!found) return nothing;
        response.body = std::move(*found);
        return {};
    };
}

std::optional<std::string> row_json(storage::Tx& tx, Listing const& listing, Id id) {
    return select_one(*prepare(listing), tx, id, no_limit());
}

}  // namespace partnerd::routing
