#include "domain/money.hpp"

#include <algorithm>
#include <numeric>

#include "domain/invariant.hpp"

namespace partnerd {

namespace {

struct Iso {
    std::string_view code;
    int exponent;
};
// ISO 4217 active codes with an exponent other than 2; all others of the list below have 2.
constexpr Iso odd_exponents[] = {
    {"BHD", 3}, {"BIF", 0}, {"CLF", 4}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"IQD", 3}, {"ISK", 0}, {"JOD", 3}, {"JPY", 0},
    {"KMF", 0}, {"KRW", 0}, {"KWD", 3}, {"LYD", 3}, {"OMR", 3}, {"PYG", 0}, {"RWF", 0}, {"TND", 3}, {"UGX", 0}, {"UYI", 0},
    {"UYW", 4}, {"VND", 0}, {"VUV", 0}, {"XAF", 0}, {"XOF", 0}, {"XPF", 0}, {"points", 0}};
constexpr std::string_view two_decimals =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP "
    "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR "
    "KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN "
    "PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD "
    "TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWL ";

constexpr std::int64_t powers_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits of `text` appended to `value`; false on overflow.
bool append_digits(std::string_view text, std::int64_t& value) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return !__builtin_mul_overflow(value, std::int64_t{10}, &value) && !__builtin_add_overflow(value, std::int64_t{c - '0'}, &value);
    });
}

}  // namespace

Currency::Currency(std::string_view code, int exponent) {
    PARTNERD_INVARIANT(!code.empty() && code.size() <= code_.size() && exponent >= 0 && exponent <= 6);
    std::copy(code.begin(), code.end(), code_.begin());
    size_ = static_cast<std::uint8_t>(code.size());
    exponent_ = static_cast<std::uint8_t>(exponent);
}

Result<Currency> find_currency(std::string_view code) {
    for (auto const& iso : odd_exponents)
        if (iso.code == code) return Currency(code, iso.exponent);
    if (code.size() == 3) {
        auto at = two_decimals.find(code);
        if (at != std::string_view::npos && at % 4 == 0) return Currency(code, 2);
    }
    return Error(errc::unknown_currency, "'" + std::string(code.substr(0, 16)) + "' is not an ISO 4217 code in upper case");
}

Result<std::int64_t> parse_amount(std::string_view text, int exponent) {
    auto const shown = "'" + std::string(text.substr(0, 40)) + "'";
    bool const negative = text.starts_with('-');
    auto const digits = text.substr(negative ? 1 : 0);
    auto const dot = digits.find('.');
    auto const whole = digits.substr(0, dot);
    auto const fraction = dot == std::string_view::npos ? std::string_view() : digits.substr(dot + 1);
    bool const well_formed = !whole.empty() && std::all_of(whole.begin(), whole.end(), is_digit) &&
                             std::all_of(fraction.begin(), fraction.end(), is_digit) &&
                             (dot == std::string_view::npos || !fraction.empty());
    if (!well_formed) return Error(errc::invalid_amount, shown + " is not a decimal number such as \"139.12\"");
    if (fraction.size() > static_cast<std::size_t>(exponent))
        return Error(errc::too_many_decimals, shown + " has more than " + std::to_string(exponent) + " decimals");
    std::int64_t value = 0;
    if (!append_digits(whole, value) || !append_digits(fraction, value) ||
        __builtin_mul_overflow(value, powers_of_ten[exponent - static_cast<int>(fraction.size())], &value))
        return Error(errc::amount_overflow, shown + " is too large");
    return negative ? -value : value;
}

Result<std::int64_t> parse_amount_not_negative(std::string_view text, int exponent) {
    auto amount = parse_amount(text, exponent);
    if (amount && (*amount < 0 || text.starts_with('-')))
        return Error(errc::negative_amount, "'" + std::string(text.substr(0, 40)) + "' must not be negative");
    return amount;
}

std::string format_amount(std::int64_t minor, int exponent) {
    // Through unsigned, since the lowest int64 has no positive counterpart.
    auto const magnitude = minor < 0 ? ~static_cast<std::uint64_t>(minor) + 1 : static_cast<std::uint64_t>(minor);
    auto text = std::to_string(magnitude);
    auto const decimals = static_cast<std::size_t>(exponent);
    if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
    if (decimals > 0) text.insert(text.size() - decimals, 1, '.');
    if (minor < 0) text.insert(0, 1, '-');
    return text;
}

std::string format_money(Money const& money) {
    return format_amount(money.minor, money.currency.exponent()) + " " + std::string(money.currency.code());
}

std::int64_t round_half_away(__int128 numerator, __int128 denominator) {
    PARTNERD_INVARIANT(denominator > 0);
    bool const negative = numerator < 0;
    __int128 const magnitude = negative ? -numerator : numerator;
    // Not (2n + d) / 2d: that would overflow for large n.
    __int128 rounded = magnitude / denominator;
    __int128 const rest = magnitude % denominator;
    if (rest >= denominator - rest) ++rounded;
    if (negative) rounded = -rounded;
    PARTNERD_INVARIANT(rounded >= INT64_MIN && rounded <= INT64_MAX);
    return static_cast<std::int64_t>(rounded);
}

Result<Rate> parse_rate(std::string_view text) {
    auto const invalid = Error(errc::invalid_rate, "'" + std::string(text.substr(0, 40)) + "' is not a rate such as \"12.5%\" (0% to 1000%, at most 4 decimals)");
    if (!text.ends_with('%') || text.starts_with('-')) return invalid;
    auto ppm = parse_amount(text.substr(0, text.size() - 1), 4);
    if (!ppm || *ppm > 10'000'000) return invalid;
    return Rate{*ppm};
}

std::string format_rate(Rate rate) {
    auto text = format_amount(rate.ppm, 4);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text + "%";
}

std::int64_t apply(Rate rate, std::int64_t minor) { return round_half_away(static_cast<__int128>(minor) * rate.ppm, 1'000'000); }

Result<std::int64_t> add_checked(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) return Error(errc::amount_overflow, "the sum is too large");
    return sum;
}

std::vector<std::int64_t> split_by_largest_remainder(std::int64_t total, std::span<std::int64_t const> weights) {
    PARTNERD_INVARIANT(!weights.empty());
    __int128 sum = 0;
    for (auto weight : weights) {
        PARTNERD_INVARIANT(weight >= 0);
        sum += weight;
    }
    std::vector<std::int64_t> parts(weights.size(), 0);
    if (sum == 0) {
        parts[0] = total;
        return parts;
    }
    __int128 const magnitude = total < 0 ? -static_cast<__int128>(total) : static_cast<__int128>(total);
    std::vector<__int128> remainders(weights.size());
    __int128 given = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        __int128 const exact = magnitude * weights[i];
        parts[i] = static_cast<std::int64_t>(exact / sum);
        remainders[i] = exact % sum;
        given += parts[i];
    }
    std::vector<std::size_t> order(weights.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
    for (std::size_t i = 0; given < magnitude; ++i, ++given) ++parts[order[i]];
    if (total < 0)
        for (auto& part : parts) part = -part;
    return parts;
}

}  // namespace partnerd
