#include "domain/sha256.hpp"

#include <sodium.h>

#include "domain/invariant.hpp"

namespace partnerd {

std::array<std::uint8_t, 32> sha256(std::string_view bytes) {
    static int const ready = sodium_init();
    PARTNERD_INVARIANT(ready >= 0);
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> out;
    crypto_hash_sha256(out.data(), reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size());
    return out;
}

}  // namespace partnerd
