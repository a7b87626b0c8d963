// Money is an integer count of minor units and a unit with its exponent. The only rounding of the system is here.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.hpp"

namespace partnerd {

// An ISO 4217 code ("GBP") or another unit ("points"); at most 11 characters; with its number of decimals.
// Invariant: a Currency that was not default-constructed came from find_currency or a stored exponent.
class Currency {
  public:
    Currency() = default;
    Currency(std::string_view code, int exponent);  // asserts 1 <= code.size() <= 11 and 0 <= exponent <= 6
    std::string_view code() const noexcept { return {code_.data(), size_}; }
    int exponent() const noexcept { return exponent_; }
    bool empty() const noexcept { return size_ == 0; }
    friend bool operator==(Currency const&, Currency const&) = default;

  private:
    std::array<char, 11> code_{};
    std::uint8_t size_ = 0;
    std::uint8_t exponent_ = 0;
};

// The currency of an ISO 4217 code, upper case; unknown_currency otherwise. "points" has exponent 0.
Result<Currency> find_currency(std::string_view code);

// What one order, one line of a commission or one leg of an entry is worth at most: a hundred thousand million pounds. Sums of nearly a
// million such amounts still fit 63 bits, so that no report can overflow.
inline constexpr std::int64_t amount_minor_max = 10'000'000'000'000;

struct Money {
    std::int64_t minor = 0;
    Currency currency;
    friend bool operator==(Money const&, Money const&) = default;
};

// A decimal string ("139.12", "-4", "0.5") as minor units. Refused: empty, exponents, signs other than one leading '-',
// spaces, thousands separators, more decimals than `exponent` (too_many_decimals; "1.500" with 2 too), amount_overflow.
Result<std::int64_t> parse_amount(std::string_view text, int exponent);
// The same for amounts that must not be negative.
Result<std::int64_t> parse_amount_not_negative(std::string_view text, int exponent);
// Always with all decimals: 13912, 2 -> "139.12"; -5, 2 -> "-0.05"; 7, 0 -> "7".
std::string format_amount(std::int64_t minor, int exponent);
std::string format_money(Money const&);  // "139.12 GBP"

// numerator / denominator, half away from zero: THE rounding. Asserts denominator > 0 and that the result fits.
std::int64_t round_half_away(__int128 numerator, __int128 denominator);

// An exact share of money, in parts per million.
struct Rate {
    std::int64_t ppm = 0;
    friend bool operator==(Rate, Rate) = default;
};
// "12.5%" (at most four decimals, 0 to 1000 %); invalid_rate otherwise.
Result<Rate> parse_rate(std::string_view text);
std::string format_rate(Rate);
std::int64_t apply(Rate, std::int64_t minor);  // rounded once

// Sum with overflow check.
Result<std::int64_t> add_checked(std::int64_t a, std::int64_t b);

// `total` in parts proportional to `weights` by largest remainder (ties: lower index first). The parts sum to total.
// Weights are not negative; when they are all zero, everything goes to the first. Empty weights: asserts.
std::vector<std::int64_t> split_by_largest_remainder(std::int64_t total, std::span<std::int64_t const> weights);

}  // namespace partnerd
