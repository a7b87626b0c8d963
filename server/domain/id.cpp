#include "domain/id.hpp"

#include <algorithm>
#include <array>

#include "domain/base32.hpp"
#include "domain/invariant.hpp"

namespace partnerd {

namespace {
constexpr std::int64_t epoch_ms = 1'735'689'600'000;  // 2025-01-01T00:00:00Z
constexpr int node_bits = 9;
constexpr int sequence_bits = 13;
static_assert(first_id_of_ms(1) == 1 << (node_bits + sequence_bits));
}  // namespace

IdMint::IdMint(Clock const& clock, int node, std::int64_t high_water_ms)
    : clock_(clock), node_bits_(std::int64_t{node} << sequence_bits), last_(high_water_ms << sequence_bits) {
    PARTNERD_INVARIANT(node >= 0 && node < (1 << node_bits));
}

Id IdMint::mint() {
    std::int64_t const now = std::max<std::int64_t>(clock_.now_us() / 1000 - epoch_ms, 1) << sequence_bits;
    std::int64_t last = last_.load(std::memory_order_relaxed), next = 0;
    // A full sequence carries into the millisecond, which then runs ahead of the clock; that is what the mark allows for.
    do {
        next = std::max(now, last + 1);
        if (next >> sequence_bits >= end_ms_.load(std::memory_order_relaxed))
            throw Refused(Error(errc::busy, "this server may make no ids until it reaches its database again"));
    } while (!last_.compare_exchange_weak(last, next, std::memory_order_relaxed));
    auto const ms = next >> sequence_bits;
    auto const sequence = next & ((1 << sequence_bits) - 1);
    return (ms << (node_bits + sequence_bits)) | node_bits_ | sequence;
}

std::int64_t IdMint::last_ms() const noexcept { return last_.load(std::memory_order_relaxed) >> sequence_bits; }

std::int64_t id_ms(std::int64_t at_us) { return at_us / 1000 - epoch_ms; }

std::int64_t id_time_us(Id id) { return ((id >> (node_bits + sequence_bits)) + epoch_ms) * 1000; }
int id_node(Id id) { return static_cast<int>((id >> sequence_bits) & ((1 << node_bits) - 1)); }

Id first_id_at(std::int64_t at_us) {
    auto const ms = std::max<std::int64_t>(at_us / 1000 - epoch_ms, 0);
    return first_id_of_ms(ms);
}

std::string format_id(std::string_view prefix, Id id) {
    std::array<std::uint8_t, 8> bytes;
    for (int i = 0; i < 8; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(id) >> (56 - 8 * i));
    return std::string(prefix) + "_" + base32_encode(bytes);
}

Result<Id> parse_id(std::string_view prefix, std::string_view text) {
    auto const unknown = Error(errc::not_found, "'" + std::string(text.substr(0, 40)) + "' is not an id of the form " + std::string(prefix) + "_...");
    if (text.size() != prefix.size() + 14 || !text.starts_with(prefix) || text[prefix.size()] != '_') return unknown;
    auto bytes = base32_decode(text.substr(prefix.size() + 1), 8);
    if (!bytes) return unknown;
    std::uint64_t id = 0;
    for (auto byte : *bytes) id = (id << 8) | byte;
    if (id == 0 || id > INT64_MAX) return unknown;
    return static_cast<Id>(id);
}

}  // namespace partnerd
