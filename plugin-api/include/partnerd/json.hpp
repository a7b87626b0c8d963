// partnerd/json.hpp - reading the JSON body of a request with Boost.JSON; optional: the wrapper itself needs no JSON library.
//
//   partnerd::Body body(request);
//   auto const code = body.text("code", 64);                  // required: 422 missing_field
//   auto const customer = body.optional_text("customer", 200);
//   body.finish();                                            // 422 unknown_field for anything that was not asked for
//
// What is wrong is refused with the codes of the core's own routes and a JSON pointer. A refusal commits (R8): read the whole body
// before writing.
#pragma once

#include <partnerd/plugin.hpp>

#include <boost/json.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace partnerd::inline v1 {

class Body {
  public:
    explicit Body(Request const& request) {
        boost::system::error_code ec;
        auto const text = request.body();
        value_ = boost::json::parse({text.data(), text.size()}, ec);
        if (ec && !is_utf8_at_fault(text)) refuse(400, "malformed_json", "the body is not JSON: " + ec.message());
        if (ec) refuse(400, "invalid_utf8", "the body is not UTF-8, or has half of a surrogate pair");
        if (!value_.is_object()) refuse(400, "malformed_json", "the body must be a JSON object");
    }

    // Whether the body says anything about it, null included: for bodies that change what is there and keep what they leave out.
    bool names(std::string_view name) const { return value_.get_object().contains(name); }

    std::string text(std::string_view name, std::size_t most) {
        auto found = optional_text(name, most);
        if (!found) refuse(422, "missing_field", "the field is required", pointer(name));
        return *found;
    }
    // Nothing when it is absent or null. Empty texts are refused.
    std::optional<std::string> optional_text(std::string_view name, std::size_t most) {
        auto const* const member = find(name);
        if (member == nullptr) return std::nullopt;
        if (!member->is_string()) refuse(422, "invalid_field", "a text is expected", pointer(name));
        std::string found(member->get_string());
        bool const control = found.find_first_of(std::string_view("\0\n\r\t\x1b\x7f", 6)) != std::string::npos;
        if (found.empty() || found.size() > most || control)
            refuse(422, "invalid_field",
                   "a text of 1 to " + std::to_string(most) + " characters without control characters is expected", pointer(name));
        return found;
    }
    std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t least, std::int64_t most) {
        auto const* const member = find(name);
        if (member == nullptr) return std::nullopt;
        if (!member->is_int64() || member->get_int64() < least || member->get_int64() > most)
            refuse(422, "invalid_field", "an integer from " + std::to_string(least) + " to " + std::to_string(most) + " is expected",
                   pointer(name));
        return member->get_int64();
    }
    std::optional<bool> optional_boolean(std::string_view name) {
        auto const* const member = find(name);
        if (member == nullptr) return std::nullopt;
        if (!member->is_bool()) refuse(422, "invalid_field", "true or false is expected", pointer(name));
        return member->get_bool();
    }
    // An object or array as it came, serialised; nothing when absent.
    std::optional<std::string> optional_object(std::string_view name, std::size_t most) {
        auto const* const member = find(name);
        if (member == nullptr) return std::nullopt;
        if (!member->is_object()) refuse(422, "invalid_field", "an object is expected", pointer(name));
        auto found = boost::json::serialize(*member);
        if (found.size() > most) refuse(422, "invalid_field", "the object is too large", pointer(name));
        return found;
    }
    // {"amount": "139.12", "currency": "GBP"} in `unit`, whose exponent is given. Never negative.
    std::optional<Money> optional_money(std::string_view name, std::string_view unit, int exponent) {
        auto const* const member = find(name);
        if (member == nullptr) return std::nullopt;
        auto const* const object = member->if_object();
        auto const* const currency = object != nullptr ? object->if_contains("currency") : nullptr;
        auto const* const amount = object != nullptr ? object->if_contains("amount") : nullptr;
        if (amount == nullptr || currency == nullptr || !currency->is_string() || object->size() != 2)
            refuse(422, "invalid_field", R"(an amount such as {"amount":"139.12","currency":"GBP"} is expected)", pointer(name));
        if (!amount->is_string()) refuse(422, "amount_not_a_string", "amounts are decimal strings", pointer(name) + "/amount");
        if (std::string_view(currency->get_string()) != unit)
            refuse(422, "currency_not_accepted", "the program's currency is " + std::string(unit), pointer(name) + "/currency");
        return Money(read_minor(amount->get_string(), exponent, pointer(name) + "/amount"), std::string(unit), exponent);
    }
    // What the core takes at most for an order, a line or a leg.
    static constexpr std::int64_t amount_minor_max = 10'000'000'000'000;
    // Decimal text to minor units; the refusals are the core's.
    static std::int64_t read_minor(std::string_view text, int exponent, std::string const& field) {
        auto const dot = text.find('.');
        auto const whole = text.substr(0, dot);
        auto const fraction = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
        if (text.starts_with('-')) refuse(422, "negative_amount", "the amount must not be negative", field);
        if (!digits(whole) || (dot != std::string_view::npos && !digits(fraction)))
            refuse(422, "invalid_amount", "this is not a decimal number", field);
        if (fraction.size() > static_cast<std::size_t>(exponent))
            refuse(422, "too_many_decimals", "the currency has " + std::to_string(exponent) + " decimals", field);
        auto all = std::string(whole) + std::string(fraction) + std::string(static_cast<std::size_t>(exponent) - fraction.size(), '0');
        std::int64_t minor = 0;
        for (char const c : all)
            if (__builtin_mul_overflow(minor, std::int64_t{10}, &minor) || __builtin_add_overflow(minor, std::int64_t{c - '0'}, &minor))
                refuse(422, "amount_overflow", "the amount is too large", field);
        if (minor > amount_minor_max) refuse(422, "amount_overflow", "the amount is too large", field);
        return minor;
    }
    void finish() const {
        for (auto const& member : value_.get_object())
            if (!asked_.contains(member.key())) refuse(422, "unknown_field", "the field is not known here", pointer(member.key()));
    }

  private:
    // Of a text that cannot be parsed: is a byte that is not UTF-8 to blame, or half of a surrogate pair?
    static bool is_utf8_at_fault(std::string_view text) {
        boost::json::parse_options lenient;
        lenient.allow_invalid_utf8 = true;
        boost::json::stream_parser parser({}, lenient);
        boost::system::error_code ec;
        auto const used = parser.write_some(text.data(), text.size(), ec);
        if (!ec) return parser.done();
        if (ec == boost::json::error::illegal_leading_surrogate || ec == boost::json::error::illegal_trailing_surrogate) return true;
        // The first half of a pair with no escape behind it is a syntax error to Boost: "\ud83d".
        auto const escape = used < 6 ? std::string_view() : text.substr(used - 6, 6);
        return escape.starts_with("\\u") && (escape[2] == 'd' || escape[2] == 'D') && std::string_view("89abAB").find(escape[3]) != std::string_view::npos;
    }
    static bool digits(std::string_view text) {
        return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    }
    static std::string pointer(std::string_view name) { return "/" + std::string(name); }
    boost::json::value const* find(std::string_view name) {
        asked_.emplace(name);
        auto const* const member = value_.get_object().if_contains(name);
        return member == nullptr || member->is_null() ? nullptr : member;
    }
    boost::json::value value_;
    std::set<std::string, std::less<>> asked_;
};

// "2017-03-03" as days since 1970-01-01; nothing for anything else. The civil-from-days algorithm of Howard Hinnant, inverted.
inline std::optional<std::int64_t> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9')) return std::nullopt;
    auto const number = [&](std::size_t at, std::size_t size) { return std::stoll(std::string(text.substr(at, size))); };
    auto const year = number(0, 4), month = number(5, 2), day = number(8, 2);
    static constexpr int days_of[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1970 || month < 1 || month > 12 || day < 1) return std::nullopt;
    bool const leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > days_of[month - 1] + (month == 2 && leap ? 1 : 0)) return std::nullopt;
    auto const y = month <= 2 ? year - 1 : year;
    auto const era = y / 400;
    auto const of_era = y - era * 400;
    auto const of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}
// Days since 1970-01-01 as "2017-03-03".
inline std::string format_day(std::int64_t days) {
    auto const z = days + 719468;
    auto const era = (z >= 0 ? z : z - 146096) / 146097;
    auto const of_era = z - era * 146097;
    auto const year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    auto const of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    auto const mp = (5 * of_year + 2) / 153;
    auto const day = of_year - (153 * mp + 2) / 5 + 1;
    auto const month = mp < 10 ? mp + 3 : mp - 9;
    auto const year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    auto const padded = [](std::int64_t number, std::size_t size) {
        auto digits = std::to_string(number);
        return digits.size() >= size ? digits : std::string(size - digits.size(), '0') + digits;
    };
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2);
}

}  // namespace partnerd::inline v1
