#include "rules/fact_set.hpp"

#include <boost/json.hpp>

#include "domain/calendar.hpp"
#include "domain/json_text.hpp"
#include "domain/text.hpp"
#include "rules/fact_json.hpp"
#include "rules/json_read.hpp"

namespace partnerd::rules {

namespace json = boost::json;

namespace {

constexpr std::int64_t end_of_time_us = 253'402'300'800'000'000;  // the year 10000

// What could not be read back must not be written.
void check_value(std::string_view name, FactValue const& value) {
    auto const* text = std::get_if<std::string>(&value);
    if (text != nullptr && !is_utf8(*text)) throw Refused(Error(errc::invalid_utf8, "the fact '" + std::string(name) + "' is not UTF-8"));
    auto const* time = std::get_if<Instant>(&value);
    if (time != nullptr && (time->at_us < 0 || time->at_us >= end_of_time_us))
        throw Refused(Error(errc::invalid_field, "the fact '" + std::string(name) + "' is a time outside 1970 to 9999"));
}

Error wrong(std::string detail, std::string_view pointer) { return Error(errc::invalid_field, std::move(detail), std::string(pointer)); }

Result<FactValue> money_from_json(json::object const& object, std::string_view pointer) {
    auto const* amount = object.if_contains("amount");
    auto const* code = object.if_contains("currency");
    if (amount == nullptr || code == nullptr || object.size() != 2 || !amount->is_string() || !code->is_string())
        return wrong("money is {\"amount\", \"currency\"}", pointer);
    std::string_view const text = amount->get_string();
    std::string_view const unit = code->get_string();
    auto const point = text.find('.');
    auto const exponent = point == text.npos ? 0 : text.size() - point - 1;
    if (unit.empty() || unit.size() > 11 || exponent > 6) return wrong("this is not a unit of money", pointer);
    auto minor = parse_amount(text, static_cast<int>(exponent));
    if (!minor) return wrong(minor.error().detail, pointer);
    return FactValue(Money{*minor, Currency(unit, static_cast<int>(exponent))});
}

Result<FactValue> time_from_json(json::object const& object, std::string_view pointer) {
    auto const* time = object.if_contains("time");
    if (time == nullptr || object.size() != 1 || !time->is_string()) return wrong("an object is money or {\"time\"}", pointer);
    auto at = parse_instant(time->get_string());
    if (!at) return wrong(at.error().detail, pointer);
    return FactValue(Instant{*at});
}

}  // namespace

json::value money_to_json(Money const& money) {
    return json::object{{"amount", format_amount(money.minor, money.currency.exponent())}, {"currency", money.currency.code()}};
}

json::value value_to_json(FactValue const& value) {
    switch (type_of(value)) {
        case FactType::boolean: return std::get<bool>(value);
        case FactType::integer: return std::get<std::int64_t>(value);
        case FactType::text: return json::value(std::get<std::string>(value));
        case FactType::money: return money_to_json(std::get<Money>(value));
        case FactType::time: return json::object{{"time", format_instant(std::get<Instant>(value).at_us)}};
    }
    return nullptr;
}

namespace {

void write_value(JsonText& out, FactValue const& value) {
    switch (type_of(value)) {
        case FactType::boolean: out.truth(std::get<bool>(value)); break;
        case FactType::integer: out.number(std::get<std::int64_t>(value)); break;
        case FactType::text: out.text(std::get<std::string>(value)); break;
        case FactType::money: {
            auto const& money = std::get<Money>(value);
            out.open('{').key("amount").text(format_amount(money.minor, money.currency.exponent())).key("currency").text(money.currency.code()).close('}');
            break;
        }
        case FactType::time: out.open('{').key("time").text(format_instant(std::get<Instant>(value).at_us)).close('}'); break;
    }
}

void write_rows(JsonText& out, FactRows const& rows) {
    if (!rows.list) return write_value(out, rows.values.front());
    out.open('[');
    for (auto const& value : rows.values) write_value(out, value);
    out.close(']');
}

}  // namespace

json::value rows_to_json(FactRows const& rows) {
    if (!rows.list) return value_to_json(rows.values.front());
    json::array array;
    array.reserve(rows.values.size());
    for (auto const& value : rows.values) array.push_back(value_to_json(value));
    return array;
}

Result<FactValue> value_from_json(json::value const& value, std::string_view pointer) {
    if (value.is_bool()) return FactValue(value.get_bool());
    if (value.is_int64()) return FactValue(value.get_int64());
    if (value.is_string()) return FactValue(std::string(value.get_string()));
    if (!value.is_object()) return wrong("a fact is true, false, an integer, a text, money or a time", pointer);
    return value.get_object().contains("time") ? time_from_json(value.get_object(), pointer) : money_from_json(value.get_object(), pointer);
}

void FactSet::set(std::string name, FactValue value) {
    check_value(name, value);
    FactRows rows;
    rows.values.push_back(std::move(value));
    rows_.insert_or_assign(std::move(name), std::move(rows));
}

void FactSet::set_list(std::string name, std::vector<FactValue> values) {
    for (auto const& value : values) check_value(name, value);
    rows_.insert_or_assign(std::move(name), FactRows{true, std::move(values)});
}

void FactSet::erase(std::string_view name) {
    auto found = rows_.find(name);
    if (found != rows_.end()) rows_.erase(found);
}

FactRows const* FactSet::find(std::string_view name) const noexcept {
    auto found = rows_.find(name);
    return found == rows_.end() ? nullptr : &found->second;
}

FactValue const* FactSet::scalar(std::string_view name) const noexcept {
    auto const* rows = find(name);
    return rows == nullptr || rows->list ? nullptr : &rows->values.front();
}

FactSet FactSet::restricted_to(std::span<FactDeclaration const> declared) const {
    FactSet out;
    for (auto const& fact : declared)
        if (auto found = rows_.find(fact.name); found != rows_.end()) out.rows_.insert(*found);
    return out;
}

std::string FactSet::to_json() const {
    JsonText out;
    out.open('{');
    for (auto const& [name, rows] : rows_) write_rows(out.key(name), rows);
    return out.close('}').take();
}

Result<FactSet> FactSet::from_json(std::string_view text) {
    boost::system::error_code failed;
    auto const parsed = json::parse(text, failed);
    if (failed) return Error(errc::malformed_json, "the snapshot is not JSON: " + failed.message());
    if (!parsed.is_object()) return Error(errc::invalid_field, "a snapshot is an object of facts");
    FactSet out;
    for (auto const& member : parsed.get_object()) {
        auto const pointer = pointer_to("", std::string_view(member.key()));
        bool const list = member.value().is_array();
        std::vector<FactValue> values;
        auto take = [&](json::value const& value, std::string const& at) -> Status {
            auto read = value_from_json(value, at);
            if (!read) return read.error();
            values.push_back(std::move(*read));
            return {};
        };
        if (!list)
            if (auto taken = take(member.value(), pointer); !taken) return taken.error();
        for (std::size_t i = 0; list && i < member.value().get_array().size(); ++i)
            if (auto taken = take(member.value().get_array()[i], pointer_to(pointer, i)); !taken) return taken.error();
        out.rows_.insert_or_assign(std::string(member.key()), FactRows{list, std::move(values)});
    }
    return out;
}

}  // namespace partnerd::rules
