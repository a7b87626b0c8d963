#include "plugins/c_text.hpp"
#include "plugins/cache_load.hpp"
#include "plugins/instance.hpp"
#include "plugins/services.hpp"
#include "domain/text.hpp"
#include "storage/peers.hpp"

namespace partnerd::plugins {
namespace {

partnerd_status define(partnerd_host* host, partnerd_cache const* given, std::int32_t* number, partnerd_error* e) noexcept {
    return in_create(host, e, [&](Instance& instance) -> partnerd_status {
        if (given == nullptr || number == nullptr || given->struct_size < PARTNERD_SIZE_TO(partnerd_cache, user))
            return fail(e, PARTNERD_E_INVALID, "no cache, no number, or a struct_size that is too small");
        auto const cache = whole(given);
        if (cache.name == nullptr || cache.load == nullptr || cache.max_entries == 0)
            return fail(e, PARTNERD_E_INVALID, "a cache has a name, a load function and at least one entry");
        for (auto const& other : instance.caches)
            if (other->name() == cache.name) return fail(e, PARTNERD_E_CONFLICT, "the plugin has a cache of that name: " + other->name());
        instance.caches.push_back(std::make_unique<CacheTable>(cache.name, cache.max_entries, CacheLoader{cache.load, cache.user}));
        *number = static_cast<std::int32_t>(instance.caches.size() - 1);
        return PARTNERD_OK;
    });
}

CacheTable* table_of(Instance& instance, std::int32_t number) noexcept {
    if (number < 0 || static_cast<std::size_t>(number) >= instance.caches.size()) return nullptr;
    return instance.caches[static_cast<std::size_t>(number)].get();
}

partnerd_status get(partnerd_host* host, std::int32_t number, partnerd_str key, partnerd_str* value) noexcept {
    auto* const instance = instance_of(host);
    auto* const frame = Frame::top();
    if (instance == nullptr || value == nullptr) return PARTNERD_E_INVALID;
    if (frame == nullptr || frame->role != Role::io || &frame->instance != instance) return PARTNERD_E_THREAD;
    auto* const table = table_of(*instance, number);
    if (table == nullptr) return PARTNERD_E_INVALID;
    return barrier(nullptr, [&]() -> partnerd_status {
        auto const* const loaded = find_loaded(*frame->exchange, number, sv(key));
        auto found = loaded != nullptr ? *loaded : table->get(sv(key));
        if (found != nullptr) {
            *value = frame->keep(std::move(found));
            return PARTNERD_OK;
        }
        if (loaded != nullptr) return PARTNERD_E_NOTFOUND;  // looked up for this request; not kept for others
        frame->wanted_cache = number;
        frame->wanted_key = sv(key);
        return PARTNERD_LOAD;
    });
}

// What other servers hear; without a key where it is no text that can be sent, and then the cache is emptied.
std::string cache_news(std::string const& plugin, std::string const& cache, std::string_view key) {
    constexpr std::size_t key_bytes_max = 4000;
    bool const sendable = key.size() <= key_bytes_max && is_utf8(key) && !has_control(key);
    return "cache\n" + plugin + '\n' + cache + (sendable ? '\n' + std::string(key) : std::string());
}

partnerd_status invalidate(partnerd_tx* tx, std::int32_t number, partnerd_str key) noexcept {
    return in_tx(tx, true, nullptr, [&](Frame& frame) -> partnerd_status {
        auto* const table = table_of(frame.instance, number);
        if (table == nullptr) return PARTNERD_E_INVALID;
        storage::tell_peers(*frame.tx, cache_news(frame.instance.id, table->name(), sv(key)));
        frame.tx->after_commit([table, forgotten = std::string(sv(key))] { table->forget(forgotten); });
        return PARTNERD_OK;
    });
}

}  // namespace

partnerd_cache_api const cache_service = {sizeof(partnerd_cache_api), 0, &define, &get, &invalidate};

}  // namespace partnerd::plugins
