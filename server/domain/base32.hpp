// Crockford's base32 in lower case: no padding; i, l, o, u are not in the alphabet and are refused.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace partnerd {

std::string base32_encode(std::span<std::uint8_t const> bytes);
// Exactly `size` bytes or nothing; bits that pad the last character must be zero.
std::optional<std::vector<std::uint8_t>> base32_decode(std::string_view text, std::size_t size);
std::string hex_encode(std::span<std::uint8_t const> bytes);
std::optional<std::vector<std::uint8_t>> hex_decode(std::string_view text);

}  // namespace partnerd
