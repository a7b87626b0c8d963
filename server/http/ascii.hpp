// Letters as HTTP compares them: ASCII only, whatever the locale.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>

#include "domain/bytes.hpp"

namespace partnerd::http {

inline char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline bool same_ascii(std::string_view text, std::string_view lower_case) noexcept {
    return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(), [](char a, char b) { return ascii_lower(a) == b; });
}

// In place, sixteen bytes at a time, then eight and four; the last of them again over some that are lower case already.
inline void make_lower(char* text, std::size_t size) noexcept {
    auto const lower = [](char* at, std::size_t bytes) {
        Bytes v{};
        std::memcpy(&v, at, bytes);
        v |= reinterpret_cast<Bytes>((v >= 'A') & (v <= 'Z')) & 0x20;
        std::memcpy(at, &v, bytes);
    };
    for (; size >= 16; text += 16, size -= 16) lower(text, 16);
    if (size >= 8) {
        lower(text, 8);
        lower(text + size - 8, 8);
    } else if (size >= 4) {
        lower(text, 4);
        lower(text + size - 4, 4);
    } else {
        for (std::size_t i = 0; i < size; ++i) text[i] = ascii_lower(text[i]);
    }
}

}  // namespace partnerd::http
