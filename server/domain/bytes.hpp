// Sixteen bytes at a time, in GCC's portable vectors: what stands in the way of every request looks at each byte of it. Pure. [any thread]
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace partnerd {

using Bytes = std::uint8_t __attribute__((vector_size(16)));
using ByteMask = decltype(Bytes() == Bytes());

inline Bytes bytes_at(char const* from) noexcept {
    Bytes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

// All of less than 16 bytes, in no order, some of them twice or more; of none, blanks.
inline Bytes short_bytes_at(char const* from, std::size_t size) noexcept {
    std::uint64_t halves[2] = {0x2020202020202020, 0x2020202020202020};
    if (size >= 8) {
        std::memcpy(&halves[0], from, 8);
        std::memcpy(&halves[1], from + size - 8, 8);
    } else if (size >= 4) {
        std::memcpy(&halves[0], from, 4);
        std::memcpy(&halves[1], from + size - 4, 4);
    } else if (size > 0) {
        char const bytes[] = {from[0], from[size / 2], from[size - 1]};
        std::memcpy(&halves[0], bytes, sizeof bytes);
    }
    Bytes v;
    std::memcpy(&v, halves, sizeof v);
    return v;
}

inline bool any(ByteMask mask) noexcept {
    std::uint64_t halves[2];
    std::memcpy(halves, &mask, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

// Where the first byte in memory that is not 0 stands.
inline std::size_t first_byte_of(std::uint64_t bytes) noexcept {
    auto const bits = std::endian::native == std::endian::little ? std::countr_zero(bytes) : std::countl_zero(bytes);
    return static_cast<std::size_t>(bits) / 8;
}

// Where `byte` stands first, or npos. Quicker than a call of memchr() where that is not far off.
inline std::size_t find_near(std::string_view text, char byte) noexcept {
    std::size_t i = 0;
    for (; i + sizeof(Bytes) <= text.size(); i += sizeof(Bytes)) {
        std::uint64_t halves[2];
        auto const found = bytes_at(text.data() + i) == static_cast<std::uint8_t>(byte);
        std::memcpy(halves, &found, sizeof halves);
        if (halves[0] != 0) return i + first_byte_of(halves[0]);
        if (halves[1] != 0) return i + 8 + first_byte_of(halves[1]);
    }
    return text.find(byte, i);
}

// Does odd(bytes), a mask, hold for any byte of the text? It must not hold for a blank.
template <class Odd>
bool any_byte(std::string_view text, Odd const& odd) noexcept {
    ByteMask found{};
    std::size_t i = 0;
    for (; i + sizeof(Bytes) <= text.size(); i += sizeof(Bytes)) found |= odd(bytes_at(text.data() + i));
    if (i == text.size()) return any(found);
    // The end again from where sixteen bytes are left, or a short text.
    if (i > 0) found |= odd(bytes_at(text.data() + text.size() - sizeof(Bytes)));
    else found |= odd(short_bytes_at(text.data(), text.size()));
    return any(found);
}

}  // namespace partnerd
