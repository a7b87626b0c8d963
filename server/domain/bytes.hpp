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

// `size` bytes, at most 16; the rest are blanks.
inline Bytes bytes_at(char const* from, std::size_t size) noexcept {
    char padded[sizeof(Bytes)];
    std::memset(padded, ' ', sizeof padded);
    for (std::size_t i = 0; i < size; ++i) padded[i] = from[i];
    return bytes_at(padded);
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
    // The end again from where sixteen bytes are left, or a short text with blanks behind it.
    if (i > 0) found |= odd(bytes_at(text.data() + text.size() - sizeof(Bytes)));
    else found |= odd(bytes_at(text.data(), text.size()));
    return any(found);
}

}  // namespace partnerd
