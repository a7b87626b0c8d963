#include "domain/text.hpp"

#include <algorithm>
#include <cstdint>

#include "domain/bytes.hpp"

namespace partnerd {

namespace {
bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// Length of the well-formed sequence at the front (RFC 3629 section 4), 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0}; };
    auto continues = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
    std::uint8_t const lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return continues(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        bool const overlong = lead == 0xe0 && byte(1) < 0xa0;
        bool const surrogate = lead == 0xed && byte(1) > 0x9f;
        return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        bool const overlong = lead == 0xf0 && byte(1) < 0x90;
        bool const too_high = lead == 0xf4 && byte(1) > 0x8f;
        return continues(1) && continues(2) && continues(3) && !overlong && !too_high ? 4 : 0;
    }
    return 0;
}
}  // namespace

std::size_t utf8_prefix(std::string_view text) {
    if (!any_byte(text, [](Bytes v) { return v >= 0x80; })) return text.size();
    std::size_t good = 0;
    while (good < text.size()) {
        auto const length = sequence_length(text.substr(good));
        if (length == 0) break;
        good += length;
    }
    return good;
}

bool is_utf8(std::string_view text) { return utf8_prefix(text) == text.size(); }

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_handle(std::string_view text) {
    if (text.empty() || text.size() > 64 || !is_alphanumeric(text[0])) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
}

bool is_code(std::string_view text) {
    if (text.size() < 2 || text.size() > 64) return false;
    return std::all_of(text.begin(), text.end(), [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
}

bool is_one_line(std::string_view text) noexcept {
    return !any_byte(text, [](Bytes v) { return (v == '\n') | (v == '\r') | (v == 0); });
}

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    if (!any_byte(text, [](Bytes v) { return (v >= 'A') & (v <= 'Z'); })) return out;
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view trim(std::string_view text) {
    auto const begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

Result<std::string> normalise_email(std::string_view text) {
    auto const invalid = Error(errc::invalid_field, "this is not an e-mail address");
    auto email = lower_ascii(trim(text));
    auto const at = email.find('@');
    if (email.size() > 254 || at == 0 || at == std::string::npos || email.find('@', at + 1) != std::string::npos) return invalid;
    auto const domain = std::string_view(email).substr(at + 1);
    auto const dot = domain.find('.');
    if (dot == 0 || dot == std::string_view::npos || domain.ends_with('.')) return invalid;
    if (!is_utf8(email) || email.find_first_of(" \t\r\n<>,;\"()") != std::string::npos || has_control(email)) return invalid;
    return email;
}

}  // namespace partnerd
