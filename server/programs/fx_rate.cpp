#include "programs/fx_rate.hpp"

namespace partnerd::programs {

using storage::arg;

namespace {
constexpr int decimals = 10;
constexpr std::int64_t scale = 10'000'000'000;
constexpr std::int64_t converted_minor_max = 1'000'000'000'000'000;  // of one order, so that sums stay far from overflow

__int128 power_of_ten(int exponent) {
    __int128 value = 1;
    for (int i = 0; i < exponent; ++i) value *= 10;
    return value;
}
}  // namespace

Result<FxRate> parse_fx_rate(std::string_view text) {
    auto const invalid = Error(errc::invalid_rate, "'" + std::string(text.substr(0, 40)) + "' is not an exchange rate such as \"1.1734\"");
    // Ten decimals do not fit parse_amount's powers; whole and fraction are read apart.
    auto const dot = text.find('.');
    auto const whole = parse_amount_not_negative(text.substr(0, dot), 0);
    auto const fraction = dot == std::string_view::npos ? std::string() : std::string(text.substr(dot + 1));
    if (!whole || *whole > 100'000'000 || fraction.size() > decimals || (dot != std::string_view::npos && fraction.empty())) return invalid;
    auto padded = fraction + std::string(decimals - fraction.size(), '0');
    auto const rest = parse_amount_not_negative(padded, 0);
    if (!rest || *whole * scale + *rest == 0) return invalid;
    return FxRate{*whole * scale + *rest, std::string(text)};
}

Status set_fx_rate(storage::Tx& tx, Program const& program, std::string_view currency, std::int64_t day, std::string_view rate) {
    if (auto known = find_currency(currency); !known) return known.error();
    if (auto parsed = parse_fx_rate(rate); !parsed) return parsed.error();
    tx.exec("insert into fx_rate (program, currency, day, rate) values (:program, :currency, :day, :rate) on conflict (program, currency, day) do update set rate = excluded.rate",
            {arg("program", program.id), arg("currency", currency), arg("day", day), arg("rate", rate)});
    return {};
}

std::optional<FxRate> find_fx_rate(storage::Tx& tx, Id program, std::string_view currency, std::int64_t day) {
    auto const text = tx.value<std::string>("select rate from fx_rate where program = :program and currency = :currency and day = :day",
                                            {arg("program", program), arg("currency", currency), arg("day", day)});
    if (!text) return std::nullopt;
    return parse_fx_rate(*text).value();
}

Result<std::int64_t> convert(std::int64_t minor, Currency const& from, FxRate const& rate, Currency const& to) {
    __int128 const numerator = static_cast<__int128>(minor) * rate.scaled * power_of_ten(to.exponent());
    __int128 const denominator = static_cast<__int128>(scale) * power_of_ten(from.exponent());
    __int128 const magnitude = (numerator < 0 ? -numerator : numerator) / denominator;
    if (magnitude >= converted_minor_max) return Error(errc::amount_overflow, "the amount in " + std::string(to.code()) + " is too large");
    return round_half_away(numerator, denominator);
}

}  // namespace partnerd::programs
