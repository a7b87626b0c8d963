// A fact is one named, typed thing that rules may look at: "order.base" (money), "item.category" (text, a row per item).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "domain/money.hpp"

namespace partnerd::rules {

enum class FactType { boolean, integer, text, money, time };
std::string_view type_name(FactType) noexcept;

struct Instant {
    std::int64_t at_us = 0;
    friend auto operator<=>(Instant const&, Instant const&) = default;
};

// The alternatives stand in the order of FactType.
using FactValue = std::variant<bool, std::int64_t, std::string, Money, Instant>;
inline FactType type_of(FactValue const& value) noexcept { return static_cast<FactType>(value.index()); }

struct FactDeclaration {
    std::string name;
    FactType type = FactType::text;
    bool list = false;      // any number of rows, also none; otherwise one
    bool optional = false;  // may be absent
    std::string description;
    friend bool operator==(FactDeclaration const&, FactDeclaration const&) = default;
};

}  // namespace partnerd::rules
