#include "rules/json_read.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "domain/text.hpp"

namespace partnerd::rules {

namespace json = boost::json;

namespace {

constexpr std::size_t max_texts = 1000;

Error wrong(std::string detail, std::string_view pointer, errc code = errc::invalid_field) {
    return Error(code, std::move(detail), std::string(pointer));
}

Result<Money> parse_money(std::string_view amount, Currency const& currency, std::string_view pointer) {
    auto minor = parse_amount_not_negative(amount, currency.exponent());
    if (!minor) {
        auto error = std::move(minor).error();
        error.field = pointer;
        return error;
    }
    if (*minor > amount_minor_max) return wrong("an amount is at most " + format_money({amount_minor_max, currency}), pointer, errc::amount_overflow);
    return Money{*minor, currency};
}

Result<Currency> read_currency(json::value const& value, std::string_view pointer) {
    if (!value.is_string()) return wrong("a currency is a text such as \"GBP\"", pointer);
    auto currency = find_currency(value.get_string());
    if (!currency) return wrong(currency.error().detail, pointer, currency.error().code);
    return *currency;
}

}  // namespace

std::string pointer_to(std::string_view pointer, std::string_view name) {
    std::string out(pointer);
    out += '/';
    for (char c : name) {
        if (c == '~') out += "~0";
        else if (c == '/') out += "~1";
        else out += c;
    }
    return out;
}

std::string pointer_to(std::string_view pointer, std::size_t index) { return std::string(pointer) + "/" + std::to_string(index); }

Status only_members(json::object const& object, std::initializer_list<std::string_view> known, std::string_view pointer) {
    for (auto const& member : object) {
        if (std::find(known.begin(), known.end(), std::string_view(member.key())) != known.end()) continue;
        std::string names;
        for (auto name : known) names += (names.empty() ? "" : ", ") + std::string(name);
        return wrong("this is not known here; known are: " + names, pointer_to(pointer, std::string_view(member.key())),
                     errc::unknown_field);
    }
    return {};
}

Result<json::value const*> required_member(json::object const& object, std::string_view name, std::string_view pointer) {
    auto const* value = object.if_contains(name);
    if (value == nullptr) return wrong("'" + std::string(name) + "' is required", pointer_to(pointer, name), errc::missing_field);
    return value;
}

Result<std::string> read_text(json::value const& value, std::string_view pointer) {
    if (!value.is_string() || value.get_string().empty()) return wrong("this must be a text that is not empty", pointer);
    return std::string(value.get_string());
}

Result<std::string> read_handle(json::value const& value, std::string_view pointer) {
    if (!value.is_string() || !is_handle(value.get_string()))
        return wrong("this must have 1 to 64 of a-z 0-9 '-' '_' '.', and begin with a letter or digit", pointer);
    return std::string(value.get_string());
}

Result<std::vector<std::string>> read_texts(json::value const& value, std::string_view pointer) {
    if (!value.is_array() || value.get_array().empty()) return wrong("this must be an array of texts that is not empty", pointer);
    auto const& array = value.get_array();
    if (array.size() > max_texts) return wrong("this has more than 1000 texts", pointer);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < array.size(); ++i) {
        auto text = read_text(array[i], pointer_to(pointer, i));
        if (!text) return text.error();
        if (std::find(texts.begin(), texts.end(), *text) != texts.end())
            return wrong("'" + *text + "' is named twice", pointer_to(pointer, i));
        texts.push_back(std::move(*text));
    }
    return texts;
}

Result<bool> read_flag(json::value const& value, std::string_view pointer) {
    if (!value.is_bool()) return wrong("this must be true or false", pointer);
    return value.get_bool();
}

Result<Rate> read_rate(json::value const& value, std::string_view pointer) {
    if (!value.is_string()) return wrong("a rate is a text such as \"12.5%\"", pointer, errc::invalid_rate);
    auto rate = parse_rate(value.get_string());
    if (!rate) return wrong(rate.error().detail, pointer, rate.error().code);
    return *rate;
}

Result<Money> read_money(json::value const& value, Currency const& payout, std::string_view pointer, bool any_currency) {
    if (value.is_string()) return parse_money(value.get_string(), payout, pointer);
    if (value.is_number()) return wrong("write the amount as a text: \"5.00\"", pointer, errc::amount_not_a_string);
    if (!value.is_object()) return wrong("an amount is a text such as \"5.00\"", pointer, errc::invalid_amount);
    auto const& object = value.get_object();
    if (auto known = only_members(object, {"amount", "currency"}, pointer); !known) return known.error();
    auto amount = required_member(object, "amount", pointer);
    if (!amount) return amount.error();
    auto named = required_member(object, "currency", pointer);
    if (!named) return named.error();
    auto currency = read_currency(**named, pointer_to(pointer, "currency"));
    if (!currency) return currency.error();
    if (!any_currency && *currency != payout)
        return wrong("amounts here are in the payout currency, " + std::string(payout.code()), pointer_to(pointer, "currency"),
                     errc::currency_mismatch);
    if (!(*amount)->is_string())
        return wrong("write the amount as a text: \"5.00\"", pointer_to(pointer, "amount"), errc::amount_not_a_string);
    return parse_money((*amount)->get_string(), *currency, pointer_to(pointer, "amount"));
}

Error under(std::string_view pointer, Error error) {
    error.field = std::string(pointer) + error.field;
    return error;
}

}  // namespace partnerd::rules
