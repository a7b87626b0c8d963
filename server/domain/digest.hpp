// Digests and secrets, by libsodium. sodium_init() is done on first use. [any thread]
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace partnerd {

using Key32 = std::array<std::uint8_t, 32>;

std::string sha256_hex(std::string_view bytes);
// Keyed BLAKE2b-256, hex: a pseudonym of `text` that nobody without the key can look up.
std::string keyed_hash_hex(Key32 const& key, std::string_view text);
// SipHash-2-4 of the parts in a row, without sign: a mark that tells visitors apart, made for each click.
std::int64_t visitor_mark(Key32 const& key, std::initializer_list<std::string_view> parts);
void random_bytes(std::span<std::uint8_t> out);
Key32 random_key();
std::string random_token();  // 256 bits in base32, 52 characters
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace partnerd
