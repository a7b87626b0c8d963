#include "domain/json_text.hpp"

#include <algorithm>

#include "domain/bytes.hpp"

namespace partnerd {
namespace {

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

}  // namespace

void append_json_escape(std::string& out, char c) {
    constexpr char digits[] = "0123456789abcdef";
    switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            out += "\\u00";
            out += digits[(c >> 4) & 0xf];
            out += digits[c & 0xf];
    }
}

JsonText& JsonText::text(std::string_view utf8) {
    separate();
    out_ += '"';
    if (!any_byte(utf8, [](Bytes v) { return (v < 0x20) | (v == '"') | (v == '\\'); })) {
        out_.append(utf8) += '"';
        return *this;
    }
    while (!utf8.empty()) {
        auto const plain = static_cast<std::size_t>(std::find_if_not(utf8.begin(), utf8.end(), is_plain) - utf8.begin());
        out_ += utf8.substr(0, plain);
        if (plain == utf8.size()) break;
        append_json_escape(out_, utf8[plain]);
        utf8.remove_prefix(plain + 1);
    }
    out_ += '"';
    return *this;
}

}  // namespace partnerd
