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

// After a stop the next mark begins behind this one: a second for each start, not ten, if they come quickly one after another.
constexpr std::int64_t step_ms = 1000;

std::string mark_name(int node) { return "node:" + std::to_string(node) + ":high_water_ms"; }
std::string owner_name(int node) { return "node:" + std::to_string(node) + ":owner"; }

std::int64_t find_mark(storage::Tx& tx, int node) {
    auto const value = find_value(tx, mark_name(node));
    return value ? std::stoll(*value) : 0;
}

void set_value(storage::Tx& tx, std::string const& name, std::string const& value) {
    tx.exec("insert into instance (name, value) values (:name, :value) on conflict (name) do update set value = excluded.value", {arg("name", name), arg("value", value)});
}

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
    storage.read([&](storage::Tx& tx) { mark = find_mark(tx, node); });
    return mark;
}

void reserve_ids(storage::Storage& storage, Clock const& clock, int node) {
    storage.write([&](storage::Tx& tx) {
        set_value(tx, mark_name(node), std::to_string(std::max(find_mark(tx, node), id_ms(clock.now_us() + reserve_us))));
        return true;
    });
}

MintRight take_node(storage::Storage& storage, Clock const& clock, int node, std::string_view owner) {
    MintRight right;
    storage.write(
        [&](storage::Tx& tx) {
            right.from_ms = find_mark(tx, node);
            right.until_ms = std::max(right.from_ms + step_ms, id_ms(clock.now_us() + reserve_us));
            set_value(tx, mark_name(node), std::to_string(right.until_ms));
            set_value(tx, owner_name(node), std::string(owner));
            return true;
        },
        owner_name(node));
    return right;
}

std::optional<std::int64_t> keep_node(storage::Storage& storage, Clock const& clock, int node, std::string_view owner, std::int64_t last_ms) {
    std::optional<std::int64_t> mark;
    storage.write(
        [&](storage::Tx& tx) {
            mark.reset();
            if (find_value(tx, owner_name(node)) != owner) return false;
            mark = std::max({find_mark(tx, node), id_ms(clock.now_us() + reserve_us), last_ms + step_ms});
            set_value(tx, mark_name(node), std::to_string(*mark));
            return true;
        },
        owner_name(node));
    return mark;
}

void leave_node(storage::Storage& storage, int node, std::string_view owner) {
    storage.write([&](storage::Tx& tx) { return tx.exec("update instance set value = '' where name = :name and value = :owner", {arg("name", owner_name(node)), arg("owner", owner)}), true; },
                  owner_name(node));
}

bool is_node_of(storage::Tx& tx, Clock const& clock, int node, std::string_view owner) {
    return find_value(tx, owner_name(node)) == owner && find_mark(tx, node) > id_ms(clock.now_us());
}

bool node_was_alive(storage::Storage& storage, Clock const& clock, int node) {
    bool alive = false;
    storage.read([&](storage::Tx& tx) { alive = !find_value(tx, owner_name(node)).value_or("").empty() && find_mark(tx, node) > id_ms(clock.now_us()); });
    return alive;
}

}  // namespace partnerd::programs
