// SHA-256 as bytes, by libsodium; digest.hpp has it as text. [any thread]
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace partnerd {

std::array<std::uint8_t, 32> sha256(std::string_view bytes);

}  // namespace partnerd
