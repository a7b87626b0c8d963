// Exchange rates that the operator supplies, per program, currency and day: one unit of the currency in the payout currency.
// The rate of the day of the order is a fact of the conversion; its refunds use the same.
#pragma once

#include "programs/program.hpp"

namespace partnerd::programs {

// An exact decimal: value / 10^10.
struct FxRate {
    std::int64_t scaled = 0;
    std::string text;
};
Result<FxRate> parse_fx_rate(std::string_view text);  // "1.1734", above 0, at most 10 decimals; invalid_rate otherwise
Status set_fx_rate(storage::Tx& tx, Program const& program, std::string_view currency, std::int64_t day, std::string_view rate);
// The rate of that day; without one the conversion is held.
std::optional<FxRate> find_fx_rate(storage::Tx& tx, Id program, std::string_view currency, std::int64_t day);
// Rounded once; amount_overflow.
Result<std::int64_t> convert(std::int64_t minor, Currency const& from, FxRate const& rate, Currency const& to);

}  // namespace partnerd::programs
