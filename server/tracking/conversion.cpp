#include "tracking/conversion.hpp"

#include <boost/json.hpp>

#include "domain/json_text.hpp"
#include "programs/text_list.hpp"

namespace partnerd::tracking {

using storage::arg;
namespace json = boost::json;

namespace {

constexpr std::string_view columns =
    "select id, program, kind, external_id, test, order_id, state, reason, at_us, recorded_at_us, currency, exponent, total_minor, base_minor, left_total_minor, "
    "left_base_minor, order_total_minor, order_base_minor, breakdown, ordered_items, items, customer, customer_is_new, click, link, code, source, enrollment, partner, terms, plugin, content_hash, sub1 "
    "from conversion where ";

std::optional<Conversion> first_conversion(storage::Tx& tx, std::string const& where, std::initializer_list<storage::Arg> args) {
    using I = std::int64_t;
    using T = std::string;
    auto const row = tx.row<I, I, T, T, bool, T, T, T, I, I, T, I, I, I, I, I, I, I, T, T, T, T, bool, I, I, T, T, I, I, I, T, T, T>(std::string(columns) + where, args);
    if (!row) return std::nullopt;
    Conversion c;
    T currency;
    I exponent = 0;
    std::tie(c.id, c.program, c.kind, c.external_id, c.test, c.order_id, c.state, c.reason, c.at_us, c.recorded_at_us, currency, exponent, c.amounts.total_minor, c.amounts.base_minor,
             c.left.total_minor, c.left.base_minor, c.order.total_minor, c.order.base_minor, c.breakdown, c.ordered_items, c.items, c.customer, c.customer_is_new, c.click, c.link, c.code, c.source, c.enrollment, c.partner, c.terms, c.plugin, c.content_hash, c.sub1) = *row;
    c.currency = Currency(currency, static_cast<int>(exponent));
    return c;
}

std::string write_due(std::vector<rules::Line> const& due) {
    JsonText out;
    out.open('[');
    for (auto const& line : due) out.open('{').key("key").text(line.key).key("payee").number(line.payee).key("kind").text(line.kind).key("minor").number(line.amount.minor).close('}');
    return out.close(']').take();
}

std::vector<rules::Line> read_due(std::string_view text, Currency const& payout) {
    std::vector<rules::Line> due;
    auto const value = json::parse({text.data(), text.size()});
    for (auto const& element : value.as_array()) {
        auto const& line = element.as_object();
        due.push_back({std::string(line.at("key").as_string()), line.at("payee").as_int64(), std::string(line.at("kind").as_string()), Money{line.at("minor").as_int64(), payout}});
    }
    return due;
}

}  // namespace

void insert_conversion(storage::Tx& tx, Conversion const& c) {
    constexpr auto text = storage::ColumnType::text;
    static storage::RowShape const rows(
        "conversion", {{"id"}, {"program"}, {"kind", text}, {"external_id", text}, {"test"}, {"order_id", text}, {"state", text}, {"reason", text}, {"at_us"}, {"recorded_at_us"},
                       {"currency", text}, {"exponent"}, {"total_minor"}, {"base_minor"}, {"left_total_minor"}, {"left_base_minor"}, {"order_total_minor"}, {"order_base_minor"},
                       {"breakdown", text}, {"ordered_items", text}, {"items", text}, {"customer", text}, {"customer_is_new"}, {"click"}, {"link"}, {"code", text}, {"source", text},
                       {"enrollment"}, {"partner"}, {"terms"}, {"plugin", text}, {"content_hash", text}, {"sub1", text}});
    tx.insert(rows, {c.id, c.program, c.kind, c.external_id, c.test, c.order_id, c.state, c.reason, c.at_us, c.recorded_at_us, c.currency.code(), c.currency.exponent(), c.amounts.total_minor,
                     c.amounts.base_minor, c.left.total_minor, c.left.base_minor, c.order.total_minor, c.order.base_minor, c.breakdown, c.ordered_items, c.items, c.customer, c.customer_is_new,
                     c.click, c.link, c.code, c.source, c.enrollment, c.partner, c.terms, c.plugin, c.content_hash, c.sub1});
}

void insert_trace(storage::Tx& tx, Conversion const& c, ConversionTrace const& t) {
    constexpr auto text = storage::ColumnType::text;
    static storage::RowShape const rows("conversion_trace", {{"conversion"}, {"program"}, {"snapshot", text}, {"winners", text}, {"due", text}, {"fx_rate", text}, {"trace", text}});
    auto const winners = programs::write_text_list(t.winners), due = write_due(t.due);
    tx.insert(rows, {c.id, c.program, t.snapshot, winners, due, t.fx_rate, t.trace});
}

void update_trace(storage::Tx& tx, Conversion const& c, ConversionTrace const& t) {
    tx.put("update conversion_trace set snapshot = :snapshot, winners = :winners, due = :due, fx_rate = :fx, trace = :trace where program = :program and conversion = :conversion",
            {arg("snapshot", t.snapshot), arg("winners", programs::write_text_list(t.winners)), arg("due", write_due(t.due)), arg("fx", t.fx_rate), arg("trace", t.trace),
             arg("program", c.program), arg("conversion", c.id)});
}

void update_left(storage::Tx& tx, Conversion const& c) {
    tx.put("update conversion set left_total_minor = :total, left_base_minor = :base, order_total_minor = :order_total, order_base_minor = :order_base, items = :items "
            "where program = :program and id = :id",
            {arg("total", c.left.total_minor), arg("base", c.left.base_minor), arg("order_total", c.order.total_minor), arg("order_base", c.order.base_minor),
             arg("items", c.items), arg("program", c.program), arg("id", c.id)});
}

void update_state(storage::Tx& tx, Conversion const& c) {
    tx.put("update conversion set state = :state, reason = :reason, source = :source, enrollment = :enrollment, partner = :partner where program = :program and id = :id",
            {arg("state", c.state), arg("reason", c.reason), arg("source", c.source), arg("enrollment", c.enrollment), arg("partner", c.partner), arg("program", c.program), arg("id", c.id)});
}

Standing standing_of(Conversion const& c) { return {c.order, c.left, read_items(c.items, c.currency.exponent())}; }

void set_standing(Conversion& c, Remains const& remains) {
    c.order = remains.order;
    c.left = remains.left;
    c.items = write_items(remains.items, c.currency.exponent());
}

std::optional<Conversion> find_conversion(storage::Tx& tx, Id program, Id id) { return first_conversion(tx, "program = :program and id = :id", {arg("program", program), arg("id", id)}); }

std::optional<Conversion> find_conversion(storage::Tx& tx, Id id) { return first_conversion(tx, "id = :id", {arg("id", id)}); }

std::optional<Conversion> find_conversion(storage::Tx& tx, Id program, bool test, std::string_view kind, std::string_view external_id) {
    return first_conversion(tx, "program = :program and test = :test and kind = :kind and external_id = :external_id",
                            {arg("program", program), arg("test", test), arg("kind", kind), arg("external_id", external_id)});
}

std::optional<ConversionTrace> find_trace(storage::Tx& tx, Id program, Id conversion, Currency const& payout) {
    auto const row = tx.row<std::string, std::string, std::string, std::string, std::string>(
        "select snapshot, winners, due, fx_rate, trace from conversion_trace where program = :program and conversion = :conversion", {arg("program", program), arg("conversion", conversion)});
    if (!row) return std::nullopt;
    auto const& [snapshot, winners, due, fx_rate, trace] = *row;
    return ConversionTrace{snapshot, programs::read_text_list(winners), read_due(due, payout), fx_rate, trace};
}

}  // namespace partnerd::tracking
