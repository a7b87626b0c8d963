#include "storage/array_text.hpp"

namespace partnerd::storage {

std::string array_text(std::span<std::int64_t const> numbers) {
    std::string out = "{";
    for (auto const number : numbers) out.append(out.size() > 1 ? "," : "").append(std::to_string(number));
    return out += '}';
}

std::string array_text(std::span<std::string const> texts) {
    std::string out = "{";
    for (auto const& text : texts) {
        out += out.size() > 1 ? ",\"" : "\"";
        for (char const c : text) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        out += '"';
    }
    return out += '}';
}

}  // namespace partnerd::storage
