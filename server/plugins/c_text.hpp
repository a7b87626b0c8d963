// Strings and money between the ABI and the host.
#pragma once

#include <partnerd/base.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "domain/money.hpp"

namespace partnerd::plugins {

inline std::string_view sv(partnerd_str text) noexcept {
    return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}
inline partnerd_str str(std::string_view text) noexcept { return {text.data(), text.size()}; }
inline std::string_view sv_or_empty(char const* text) noexcept { return text == nullptr ? std::string_view() : std::string_view(text); }

inline void put(partnerd_buf* out, std::string_view text) noexcept {
    if (out == nullptr) return;
    out->len = text.size();
    auto const fits = out->ptr == nullptr ? 0 : std::min(out->cap, text.size());
    if (fits > 0) std::memcpy(out->ptr, text.data(), fits);
}

// Cuts at a character of UTF-8.
template <std::size_t N>
void put_text(char (&to)[N], std::string_view text) noexcept {
    auto n = std::min(N - 1, text.size());
    if (n < text.size())
        while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
    std::memcpy(to, text.data(), n);
    to[n] = '\0';
}
template <std::size_t N>
std::string_view get_text(char const (&from)[N]) noexcept {
    return {from, ::strnlen(from, N)};
}

inline partnerd_money c_money(Money const& money) noexcept {
    partnerd_money c{};
    c.minor = money.minor;
    c.exponent = money.currency.exponent();
    put_text(c.unit, money.currency.code());
    return c;
}
// invalid_field for a unit or exponent that is none. An empty unit is an empty currency.
inline Result<Currency> currency_of(std::string_view unit, std::int32_t exponent) {
    if (unit.empty()) return Currency();
    if (unit.size() > 11) return Error(errc::unknown_currency, "a unit has at most 11 characters");
    if (auto const known = find_currency(unit)) {
        if (known->exponent() != exponent)
            return Error(errc::currency_mismatch,
                         std::string(unit) + " has " + std::to_string(known->exponent()) + " decimals, not " + std::to_string(exponent));
        return *known;
    }
    if (exponent < 0 || exponent > 6) return Error(errc::unknown_currency, "an exponent is 0 to 6");
    return Currency(unit, exponent);
}

// The element `i` of an array whose elements are `stride` bytes apart.
template <class T>
T const* element(T const* first, std::size_t stride, std::size_t i) noexcept {
    return reinterpret_cast<T const*>(reinterpret_cast<char const*>(first) + i * stride);
}
// A copy of a struct that begins with struct_size, zero where the plugin's is shorter than the host's.
template <class T>
T whole(T const* given) noexcept {
    T copy{};
    std::memcpy(&copy, given, std::min<std::size_t>(given->struct_size, sizeof copy));
    return copy;
}
// Writes as much of `value` as the caller's struct has room for, but its struct_size.
template <class T>
void give(T* to, T const& value) noexcept {
    auto const size = to->struct_size;
    std::memcpy(to, &value, std::min<std::size_t>(size, sizeof value));
    to->struct_size = size;
}

}  // namespace partnerd::plugins
