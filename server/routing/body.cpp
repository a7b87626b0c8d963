#include "routing/body.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>

#include "domain/calendar.hpp"
#include "domain/text.hpp"
#include "routing/body_schema.hpp"

namespace partnerd::routing {

namespace json = boost::json;

using Kind = BodyShape::Kind;

namespace {

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

bool has_forbidden_control(std::string_view text, bool lines) {
    return std::any_of(text.begin(), text.end(), [&](char c) {
        bool const control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        return control && !(lines && (c == '\n' || c == '\t' || c == '\r'));
    });
}

// RFC 6901 section 3.
void append_token(std::string& pointer, std::string_view name) {
    pointer += '/';
    for (char const c : name) {
        if (c == '~') pointer += "~0";
        else if (c == '/') pointer += "~1";
        else pointer += c;
    }
}

std::string_view view_of(json::string_view text) { return {text.data(), text.size()}; }

// At most 64 bytes, never ending inside a character.
std::string clipped(std::string_view utf8) {
    auto end = std::min<std::size_t>(utf8.size(), 64);
    while (end < utf8.size() && end > 0 && (utf8[end] & 0xc0) == 0x80) --end;
    return std::string(utf8.substr(0, end));
}

Error named_type(std::string_view wanted) { return Error(errc::invalid_field, "must be " + std::string(wanted)); }

}  // namespace

BodyReader::BodyReader(JsonBody const& body) : object_(body.root().if_object()), first_(&own_first_) {
    if (object_ == nullptr) own_first_ = Error(errc::invalid_field, "the body must be a JSON object");
}

BodyReader::BodyReader(json::object const* object, std::string pointer, std::optional<Error>* first)
    : object_(object), pointer_(std::move(pointer)), first_(first) {}

bool BodyReader::has(std::string_view name) const {
    auto const* value = object_ == nullptr ? nullptr : object_->if_contains({name.data(), name.size()});
    return value != nullptr && !value->is_null();
}

bool BodyReader::is_null(std::string_view name) {
    if (sketch_ != nullptr) sketch_->nullable(name);
    auto const* value = object_ == nullptr ? nullptr : object_->if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_null()) return false;
    take(name, {});
    return true;
}

json::value const* BodyReader::take(std::string_view name, BodyShape const& shape) {
    if (sketch_ != nullptr) sketch_->note(name, shape, false);
    if (object_ == nullptr) return nullptr;
    auto const found = object_->find({name.data(), name.size()});
    if (found == object_->end()) return nullptr;
    read_.emplace_back(found->key().data(), found->key().size());
    return found->value().is_null() ? nullptr : &found->value();
}

json::value const* BodyReader::required(std::string_view name, BodyShape const& shape) {
    auto const* value = take(name, shape);
    if (sketch_ != nullptr) sketch_->note(name, shape, true);
    if (value == nullptr) refuse(name, errc::missing_field, "'" + std::string(name) + "' is required");
    return value;
}

void BodyReader::require(std::string_view name, std::string words) {
    if (sketch_ != nullptr) sketch_->require(name);
    if (!has(name)) refuse(name, errc::missing_field, std::move(words));
}

std::string BodyReader::pointer_to(std::string_view name) const {
    auto pointer = pointer_;
    append_token(pointer, name);
    return pointer;
}

void BodyReader::refuse(std::string_view name, errc code, std::string detail) {
    if (sketch_ == nullptr && !failed()) *first_ = Error(code, std::move(detail), pointer_to(name));
}

std::optional<std::string_view> BodyReader::string_of(json::value const& value, std::string_view name) {
    if (auto const* text = value.if_string()) return std::string_view(text->data(), text->size());
    refuse(name, errc::invalid_field, "must be a string");
    return std::nullopt;
}

std::optional<std::string> BodyReader::checked_text(json::value const& value, std::string_view name, TextRule rule) {
    auto const text = string_of(value, name);
    if (!text) return std::nullopt;
    auto const length = characters(*text);
    if (length < rule.min || length > rule.max) {
        refuse(name, errc::invalid_field, "must have " + std::to_string(rule.min) + " to " + std::to_string(rule.max) + " characters");
        return std::nullopt;
    }
    if (has_forbidden_control(*text, rule.lines)) {
        refuse(name, errc::invalid_field, "must not contain control characters");
        return std::nullopt;
    }
    return std::string(*text);
}

// A string that `parse` turns into a T; its refusal gets this member's pointer.
template <class T, class Parse>
std::optional<T> BodyReader::parsed(json::value const* value, std::string_view name, Parse const& parse) {
    if (value == nullptr) return std::nullopt;
    auto const text = string_of(*value, name);
    if (!text) return std::nullopt;
    Result<T> result = parse(*text);
    if (result) return std::move(*result);
    refuse(name, result.error().code, std::move(result.error().detail));
    return std::nullopt;
}

std::string BodyReader::text(std::string_view name, TextRule rule) {
    auto const* value = required(name, BodyShape::of_text(rule));
    return value == nullptr ? std::string() : checked_text(*value, name, rule).value_or("");
}
std::optional<std::string> BodyReader::optional_text(std::string_view name, TextRule rule) {
    auto const* value = take(name, BodyShape::of_text(rule));
    return value == nullptr ? std::nullopt : checked_text(*value, name, rule);
}

namespace {
// Whole numbers only: 1.0 and 1e3 are doubles to the parser and are refused.
Result<std::int64_t> whole_number(json::value const& value, std::int64_t low, std::int64_t high) {
    auto const range = "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
    auto const* number = value.if_int64();
    if (number == nullptr || *number < low || *number > high) return named_type(range);
    return *number;
}
}  // namespace

std::int64_t BodyReader::integer(std::string_view name, std::int64_t low, std::int64_t high) {
    if (required(name, {Kind::integer, low, high}) == nullptr) return 0;
    return optional_integer(name, low, high).value_or(0);
}
std::optional<std::int64_t> BodyReader::optional_integer(std::string_view name, std::int64_t low, std::int64_t high) {
    auto const* value = take(name, {Kind::integer, low, high});
    if (value == nullptr) return std::nullopt;
    auto number = whole_number(*value, low, high);
    if (number) return *number;
    refuse(name, number.error().code, std::move(number.error().detail));
    return std::nullopt;
}

bool BodyReader::boolean(std::string_view name) {
    if (required(name, {Kind::boolean}) == nullptr) return false;
    return optional_boolean(name).value_or(false);
}
std::optional<bool> BodyReader::optional_boolean(std::string_view name) {
    auto const* value = take(name, {Kind::boolean});
    if (value == nullptr) return std::nullopt;
    if (auto const* truth = value->if_bool()) return *truth;
    refuse(name, errc::invalid_field, "must be true or false");
    return std::nullopt;
}

namespace {
Result<std::string> checked_handle(std::string_view text) {
    if (is_handle(text)) return std::string(text);
    return named_type("a handle: 1 to 64 of a-z 0-9 '-' '_' '.', beginning with a letter or digit");
}
Result<std::string> checked_code(std::string_view text) {
    if (is_code(text)) return std::string(text);
    return named_type("a code: 2 to 64 letters, digits, '-' or '_'");
}
Result<std::string> chosen(std::string_view text, std::initializer_list<std::string_view> choices) {
    if (std::find(choices.begin(), choices.end(), text) != choices.end()) return std::string(text);
    std::string list;
    for (auto const choice : choices) list += (list.empty() ? "" : ", ") + std::string(choice);
    return named_type("one of: " + list);
}
Result<Id> checked_id(std::string_view text, std::string_view prefix) {
    if (auto id = parse_id(prefix, text)) return *id;
    return named_type("an id that begins with " + std::string(prefix) + "_");
}
}  // namespace

std::int64_t BodyReader::instant(std::string_view name) {
    return parsed<std::int64_t>(required(name, {Kind::instant}), name, parse_instant).value_or(0);
}
std::optional<std::int64_t> BodyReader::optional_instant(std::string_view name) {
    return parsed<std::int64_t>(take(name, {Kind::instant}), name, parse_instant);
}
std::int64_t BodyReader::day(std::string_view name) {
    return parsed<std::int64_t>(required(name, {Kind::day}), name, parse_day).value_or(0);
}
std::optional<std::int64_t> BodyReader::optional_day(std::string_view name) {
    return parsed<std::int64_t>(take(name, {Kind::day}), name, parse_day);
}
std::string BodyReader::handle(std::string_view name) {
    return parsed<std::string>(required(name, {Kind::handle}), name, checked_handle).value_or("");
}
std::optional<std::string> BodyReader::optional_handle(std::string_view name) {
    return parsed<std::string>(take(name, {Kind::handle}), name, checked_handle);
}
std::string BodyReader::code(std::string_view name) {
    return parsed<std::string>(required(name, {Kind::code}), name, checked_code).value_or("");
}
std::optional<std::string> BodyReader::optional_code(std::string_view name) {
    return parsed<std::string>(take(name, {Kind::code}), name, checked_code);
}
std::string BodyReader::email(std::string_view name) {
    return parsed<std::string>(required(name, {Kind::email}), name, normalise_email).value_or("");
}
std::optional<std::string> BodyReader::optional_email(std::string_view name) {
    return parsed<std::string>(take(name, {Kind::email}), name, normalise_email);
}
Rate BodyReader::rate(std::string_view name) { return parsed<Rate>(required(name, {Kind::rate}), name, parse_rate).value_or(Rate{}); }
std::optional<Rate> BodyReader::optional_rate(std::string_view name) { return parsed<Rate>(take(name, {Kind::rate}), name, parse_rate); }
Currency BodyReader::currency(std::string_view name) {
    return parsed<Currency>(required(name, {Kind::currency}), name, find_currency).value_or(Currency{});
}
std::optional<Currency> BodyReader::optional_currency(std::string_view name) {
    return parsed<Currency>(take(name, {Kind::currency}), name, find_currency);
}

Id BodyReader::id(std::string_view name, std::string_view prefix) {
    return parsed<Id>(required(name, {.kind = Kind::id, .words = prefix}), name,
                      [&](std::string_view text) { return checked_id(text, prefix); })
        .value_or(0);
}
std::optional<Id> BodyReader::optional_id(std::string_view name, std::string_view prefix) {
    return parsed<Id>(take(name, {.kind = Kind::id, .words = prefix}), name,
                      [&](std::string_view text) { return checked_id(text, prefix); });
}
std::string BodyReader::choice(std::string_view name, std::initializer_list<std::string_view> choices) {
    return parsed<std::string>(required(name, {.kind = Kind::choice, .choices = choices}), name,
                               [&](std::string_view text) { return chosen(text, choices); })
        .value_or("");
}
std::optional<std::string> BodyReader::optional_choice(std::string_view name, std::initializer_list<std::string_view> choices) {
    return parsed<std::string>(take(name, {.kind = Kind::choice, .choices = choices}), name,
                               [&](std::string_view text) { return chosen(text, choices); });
}

std::optional<Money> BodyReader::read_money(json::value const& value, std::string_view name, MoneyRule rule) {
    if (value.is_number() || value.is_string()) {
        auto const code = value.is_number() ? errc::amount_not_a_string : errc::invalid_field;
        refuse(name, code, R"(must be an object such as {"amount": "139.12", "currency": "GBP"})");
        return std::nullopt;
    }
    auto const* members = value.if_object();
    if (members == nullptr) {
        refuse(name, errc::invalid_field, R"(must be an object such as {"amount": "139.12", "currency": "GBP"})");
        return std::nullopt;
    }
    BodyReader in(members, pointer_to(name), first_);
    auto const* amount = in.required("amount", {Kind::text});
    if (amount != nullptr && amount->is_number())
        in.refuse("amount", errc::amount_not_a_string, R"(write the amount as a string: "139.12")");
    auto const unit = in.currency("currency");
    auto const minor = in.parsed<std::int64_t>(amount, "amount", [&](std::string_view text) {
        return rule.negative ? parse_amount(text, unit.exponent()) : parse_amount_not_negative(text, unit.exponent());
    });
    if (minor && *minor == 0 && !rule.zero) in.refuse("amount", errc::invalid_field, "must not be zero");
    in.refuse_unknown();
    if (failed() || !minor) return std::nullopt;
    return Money{*minor, unit};
}

Money BodyReader::money(std::string_view name, MoneyRule rule) {
    auto const* value = required(name, {Kind::money});
    return value == nullptr ? Money{} : read_money(*value, name, rule).value_or(Money{});
}
std::optional<Money> BodyReader::optional_money(std::string_view name, MoneyRule rule) {
    auto const* value = take(name, {Kind::money});
    return value == nullptr ? std::nullopt : read_money(*value, name, rule);
}

std::vector<std::pair<std::string, std::string>> BodyReader::map(std::string_view name, std::size_t max_count, TextRule rule) {
    std::vector<std::pair<std::string, std::string>> members;
    if (sketch_ != nullptr) {
        sketch_->note(name, BodyShape::of_texts(Kind::map, max_count, rule), false);
        return members;
    }
    object(name, [&](BodyReader& in) {
        if (in.object_->size() > max_count)
            return refuse(name, errc::invalid_field, "must have at most " + std::to_string(max_count) + " members");
        for (auto const& member : *in.object_) {
            auto const key = view_of(member.key());
            auto const* value = in.take(key, {});
            if (!is_utf8(key) || has_control(key) || key.empty() || characters(key) > 64)
                return in.refuse(key, errc::invalid_field, "the name must have 1 to 64 characters");
            if (value == nullptr) continue;
            if (auto const* number = value->if_int64()) members.emplace_back(key, std::to_string(*number));
            else if (auto const* truth = value->if_bool()) members.emplace_back(key, *truth ? "true" : "false");
            else if (auto text = in.checked_text(*value, key, rule)) members.emplace_back(key, std::move(*text));
        }
    });
    return failed() ? std::vector<std::pair<std::string, std::string>>() : members;
}

void BodyReader::refuse_unknown() {
    if (object_ == nullptr || failed()) return;
    for (auto const& member : *object_) {
        auto const key = view_of(member.key());
        if (std::find(read_.begin(), read_.end(), key) != read_.end()) continue;
        auto const shown = has_control(key) ? "this field" : "'" + clipped(key) + "'";
        return refuse(key, errc::unknown_field, shown + " is not known here");
    }
}

Status BodyReader::finish() {
    refuse_unknown();
    if (failed()) return **first_;
    return {};
}

}  // namespace partnerd::routing
