// Strings across the ABI: views in, owned text out.
#pragma once

#include <partnerd/base.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace partnerd::inline v1 {

inline std::string_view sv(partnerd_str text) noexcept { return text.len == 0 ? std::string_view() : std::string_view(text.ptr, text.len); }
// Borrows: the view must outlive the call it is given to.
inline partnerd_str str(std::string_view text) noexcept { return {text.data(), text.size()}; }

// Writes `text` into the caller's buffer and what it needed into len.
inline void copy_to(partnerd_buf* out, std::string_view text) noexcept {
    if (out == nullptr) return;
    out->len = text.size();
    auto const fits = std::min(out->cap, text.size());
    if (fits > 0) std::memcpy(out->ptr, text.data(), fits);
}

// What `fill(partnerd_buf*)` writes, as a string: asks again with more room when the first was too small.
template <class Fill>
std::string filled(Fill&& fill, std::size_t guess = 128) {
    std::string text(guess, '\0');
    partnerd_buf out{text.data(), text.size(), 0};
    fill(&out);
    if (out.len > text.size()) {
        text.resize(out.len);
        out = {text.data(), text.size(), 0};
        fill(&out);
    }
    text.resize(std::min(out.len, text.size()));
    return text;
}

// Text as a JSON string with its quotes. UTF-8 goes through as it is; control characters are escaped.
inline std::string json_string(std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    std::string out = "\"";
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default:
                if (byte >= 0x20) {
                    out += c;
                } else {
                    out += "\\u00";
                    out += hex[byte >> 4];
                    out += hex[byte & 15];
                }
        }
    }
    return out += '"';
}

}  // namespace partnerd::inline v1
