#include "domain/click_id.hpp"

#include <sodium.h>

#include <cstring>

#include "domain/base32.hpp"

namespace partnerd {

namespace {

constexpr std::uint8_t version_and_key = 0x10;  // version 1, key 0
constexpr std::size_t mac_size = 7;

void put_big_endian(std::uint8_t* out, std::int64_t value) {
    for (int i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (56 - 8 * i));
}

std::array<std::uint8_t, 16> signed_bytes(Key32 const& key, Id program, Id click) {
    std::array<std::uint8_t, 17> message;
    put_big_endian(message.data(), program);
    message[8] = version_and_key;
    put_big_endian(message.data() + 9, click);
    // ADR 21. The key's first half is SipHash's whole key.
    static_assert(sizeof(Key32) >= crypto_shorthash_KEYBYTES && mac_size <= crypto_shorthash_BYTES);
    std::array<std::uint8_t, crypto_shorthash_BYTES> mac;
    crypto_shorthash(mac.data(), message.data(), message.size(), key.data());
    std::array<std::uint8_t, 16> out;
    std::memcpy(out.data(), message.data() + 8, 9);
    std::memcpy(out.data() + 9, mac.data(), mac_size);
    return out;
}

}  // namespace

std::string sign_click_id(Key32 const& key, Id program, Id click) { return base32_encode(signed_bytes(key, program, click)); }

Result<Id> verify_click_id(Key32 const& key, Id program, std::string_view text) {
    auto const forged = Error(errc::invalid_click_id, "the click id is not one that this program gave out", "/click_id");
    auto bytes = base32_decode(text, 16);
    if (!bytes) return forged;
    std::uint64_t id = 0;
    for (std::size_t i = 1; i < 9; ++i) id = (id << 8) | (*bytes)[i];
    if (id == 0 || id > INT64_MAX) return forged;
    auto const expected = signed_bytes(key, program, static_cast<Id>(id));
    if (sodium_memcmp(expected.data(), bytes->data(), expected.size()) != 0) return forged;
    return static_cast<Id>(id);
}

}  // namespace partnerd
