#include "domain/base32.hpp"

namespace partnerd {

namespace {
constexpr char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

int value_of(char c) {
    for (int i = 0; i < 32; ++i)
        if (alphabet[i] == c) return i;
    return -1;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}
}  // namespace

std::string base32_encode(std::span<std::uint8_t const> bytes) {
    std::string text((bytes.size() * 8 + 4) / 5, '\0');
    char* to = text.data();
    unsigned window = 0;
    int bits = 0;
    for (auto byte : bytes) {
        window = (window << 8) | byte;
        for (bits += 8; bits >= 5; ++to) {
            bits -= 5;
            *to = alphabet[(window >> bits) & 31];
        }
    }
    if (bits > 0) *to = alphabet[(window << (5 - bits)) & 31];
    return text;
}

std::optional<std::vector<std::uint8_t>> base32_decode(std::string_view text, std::size_t size) {
    if (text.size() != (size * 8 + 4) / 5) return std::nullopt;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(size);
    unsigned window = 0;
    int bits = 0;
    for (char c : text) {
        int const value = value_of(c);
        if (value < 0) return std::nullopt;
        window = (window << 5) | static_cast<unsigned>(value);
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<std::uint8_t>(window >> bits));
        }
    }
    if ((window & ((1u << bits) - 1)) != 0) return std::nullopt;
    return bytes;
}

std::string hex_encode(std::span<std::uint8_t const> bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text(bytes.size() * 2, '\0');
    auto* to = text.data();
    for (auto byte : bytes) {
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 15];
    }
    return text;
}

std::optional<std::vector<std::uint8_t>> hex_decode(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        int const high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return bytes;
}

}  // namespace partnerd
