#include "domain/digest.hpp"

#include <sodium.h>

#include <tuple>

#include "domain/base32.hpp"
#include "domain/invariant.hpp"

namespace partnerd {

namespace {
void need_sodium() {
    static int const ready = sodium_init();
    PARTNERD_INVARIANT(ready >= 0);
}
unsigned char const* bytes_of(std::string_view text) { return reinterpret_cast<unsigned char const*>(text.data()); }
}  // namespace

std::string sha256_hex(std::string_view bytes) {
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> out;
    crypto_hash_sha256(out.data(), bytes_of(bytes), bytes.size());
    return hex_encode(out);
}

std::string keyed_hash_hex(Key32 const& key, std::string_view text) {
    std::array<std::uint8_t, 32> out;
    crypto_generichash(out.data(), out.size(), bytes_of(text), text.size(), key.data(), key.size());
    return hex_encode(out);
}

std::int64_t visitor_mark(Key32 const& key, std::initializer_list<std::string_view> parts) {
    static_assert(crypto_shorthash_KEYBYTES <= std::tuple_size_v<Key32> && crypto_shorthash_BYTES == sizeof(std::int64_t));
    std::array<char, 512> text;  // what is beyond tells no more visitors apart
    std::size_t size = 0;
    for (auto const part : parts) size += part.copy(text.data() + size, text.size() - size);
    std::int64_t value = 0;
    crypto_shorthash(reinterpret_cast<unsigned char*>(&value), reinterpret_cast<unsigned char const*>(text.data()), size, key.data());
    return value & INT64_MAX;
}

void random_bytes(std::span<std::uint8_t> out) {
    need_sodium();
    randombytes_buf(out.data(), out.size());
}

Key32 random_key() {
    Key32 key;
    random_bytes(key);
    return key;
}

std::string random_token() { return base32_encode(random_key()); }

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace partnerd
