// An amount in minor units with its unit and exponent.
#pragma once

#include <partnerd/cpp/error.hpp>

#include <cstdint>

namespace partnerd::inline v1 {

using Id = partnerd_id;

struct Money {
    std::int64_t minor = 0;
    std::string unit;  // "GBP", "points"; at most 11 characters
    int exponent = 2;

    Money() = default;
    Money(std::int64_t minor_, std::string unit_, int exponent_) : minor(minor_), unit(std::move(unit_)), exponent(exponent_) {}
    Money(partnerd_money const& m) : minor(m.minor), unit(m.unit, ::strnlen(m.unit, sizeof m.unit)), exponent(m.exponent) {}  // NOLINT
    friend bool operator==(Money const&, Money const&) = default;

    partnerd_money c() const {
        if (unit.size() >= sizeof(partnerd_money::unit)) throw Error(PARTNERD_E_INVALID, "the unit has more than 11 characters");
        partnerd_money m{};
        m.minor = minor;
        m.exponent = exponent;
        std::memcpy(m.unit, unit.data(), unit.size());
        return m;
    }
    // "139.12": the amount as the API writes it.
    std::string decimal() const {
        auto const negative = minor < 0;
        auto const magnitude = negative ? 0 - static_cast<std::uint64_t>(minor) : static_cast<std::uint64_t>(minor);
        auto digits = std::to_string(magnitude);
        auto const places = static_cast<std::size_t>(exponent > 0 ? exponent : 0);
        if (places > 0) {
            if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
            digits.insert(digits.size() - places, ".");
        }
        return negative ? "-" + digits : digits;
    }
    // {"amount":"139.12","currency":"GBP"}
    std::string json() const { return R"({"amount":")" + decimal() + R"(","currency":)" + json_string(unit) + "}"; }
};

}  // namespace partnerd::inline v1
