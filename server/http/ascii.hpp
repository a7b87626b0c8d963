// Letters as HTTP compares them: ASCII only, whatever the locale.
#pragma once

#include <algorithm>
#include <string_view>

namespace partnerd::http {

inline char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline bool same_ascii(std::string_view text, std::string_view lower_case) noexcept {
    return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(), [](char a, char b) { return ascii_lower(a) == b; });
}

}  // namespace partnerd::http
