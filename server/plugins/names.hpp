// What plugins may call things.
#pragma once

#include <algorithm>
#include <string_view>

namespace partnerd::plugins {

// [a-z][a-z0-9_]*, at most 64.
inline bool is_name(std::string_view text) noexcept {
    if (text.empty() || text.size() > 64 || text[0] < 'a' || text[0] > 'z') return false;
    return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}
// [a-z][a-z0-9_]{1,30}, and no word that the house itself is known by.
inline bool is_plugin_id(std::string_view text) noexcept {
    return text.size() >= 2 && text.size() <= 31 && is_name(text) && !text.starts_with("partnerd") && text != "core";
}

}  // namespace partnerd::plugins
