// Sixteen bytes at a time, in GCC's portable vectors: what stands in the way of every request looks at each byte of it. Pure. [any thread]
#pragma once

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
