#include "programs/kernel.hpp"

#include <algorithm>

#include "domain/base32.hpp"
#include "domain/invariant.hpp"

namespace partnerd::programs {

using storage::arg;

namespace {

constexpr std::int64_t reserve_us = 10 * second_us;

std::optional<std::string> find_value(storage::Tx& tx, std::string_view name) {
    return tx.value<std::string>("select value from instance where name = :name", {arg("name", name)});
}

Key32 key_of(storage::Tx& tx, std::string_view name) {
    tx.exec("insert into instance (name, value) values (:name, :value) on conflict (name) do nothing", {arg("name", name), arg("value", hex_encode(random_key()))});
    auto const bytes = hex_decode(find_value(tx, name).value_or(""));
    PARTNERD_INVARIANT(bytes && bytes->size() == 32);
    Key32 key;
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return key;
}

std::string mark_name(int node) { return "node:" + std::to_string(node) + ":high_water_ms"; }

}  // namespace

Secrets load_secrets(storage::Storage& storage) {
    Secrets secrets;
    storage.write([&](storage::Tx& tx) {
        secrets.click_key = key_of(tx, "click_key");
        secrets.hash_key = key_of(tx, "hash_key");
        return true;
    });
    return secrets;
}

std::int64_t stored_high_water_ms(storage::Storage& storage, int node) {
    std::int64_t mark = 0;
    storage.read([&](storage::Tx& tx) {
        if (auto const value = find_value(tx, mark_name(node))) mark = std::stoll(*value);
    });
    return mark;
}

void reserve_ids(storage::Storage& storage, Clock const& clock, int node) {
    storage.write([&](storage::Tx& tx) {
        auto const before = find_value(tx, mark_name(node));
        auto const mark = std::max<std::int64_t>(before ? std::stoll(*before) : 0, id_ms(clock.now_us() + reserve_us));
        tx.exec("insert into instance (name, value) values (:name, :value) on conflict (name) do update set value = excluded.value",
                {arg("name", mark_name(node)), arg("value", std::to_string(mark))});
        return true;
    });
}

}  // namespace partnerd::programs
