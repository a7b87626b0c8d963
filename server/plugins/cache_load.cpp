#include "plugins/cache_load.hpp"

#include <atomic>
#include <map>
#include <mutex>

#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"

namespace partnerd::plugins {
namespace {

constexpr std::size_t value_bytes_max = 64 * 1024;

struct Loaded {
    std::string request_id;  // an exchange is used again for other requests
    std::map<std::pair<int, std::string>, CacheTable::Value, std::less<>> values;
};
std::mutex loaded_mutex;
std::map<routing::Exchange const*, Loaded> loaded_of;  // guarded by loaded_mutex; only requests that had to load
std::atomic<std::size_t> loaded_count{0};              // its size; a request's own entry was made before it runs again

void remember(routing::Exchange& exchange, int cache, std::string key, CacheTable::Value value) {
    std::lock_guard const lock(loaded_mutex);
    auto& loaded = loaded_of[&exchange];
    if (loaded.request_id != exchange.request.request_id) loaded = {exchange.request.request_id, {}};
    loaded.values[{cache, std::move(key)}] = std::move(value);
    loaded_count.store(loaded_of.size(), std::memory_order_release);
}

// The plugin's value of a key; null: there is none.
CacheTable::Value read_value(Instance& instance, storage::Tx& tx, CacheTable const& table, std::string_view key) {
    std::string text(512, '\0');
    for (int round = 0; round < 2; ++round) {
        partnerd_buf out{text.data(), text.size(), 0};
        partnerd_status plugin_status = PARTNERD_OK;
        auto const status = call_in_tx(instance, tx, [&](Frame& frame, partnerd_error* e) {
            return plugin_status = table.loader().load(table.loader().user, frame.c_tx(), str(key), &out, e);
        });
        if (plugin_status == PARTNERD_E_NOTFOUND) return nullptr;
        if (!status) throw Refused(status.error());
        if (out.len <= text.size()) {
            text.resize(out.len);
            return std::make_shared<std::string const>(std::move(text));
        }
        if (out.len > value_bytes_max)
            throw Refused(
                Error(errc::plugin_failed, "plugin " + instance.id + ": a value of cache " + table.name() + " is larger than 64 KiB"));
        text.resize(out.len);
    }
    throw Refused(Error(errc::plugin_failed, "plugin " + instance.id + ": cache " + table.name() + " cannot say how long its value is"));
}

}  // namespace

CacheTable::Value const* find_loaded(routing::Exchange& exchange, int cache, std::string_view key) {
    if (loaded_count.load(std::memory_order_acquire) == 0) return nullptr;
    std::lock_guard const lock(loaded_mutex);
    auto const found = loaded_of.find(&exchange);
    if (found == loaded_of.end() || found->second.request_id != exchange.request.request_id) return nullptr;
    auto const value = found->second.values.find(std::pair(cache, std::string(key)));
    return value == found->second.values.end() ? nullptr : &value->second;
}

void forget_loaded(routing::Exchange& exchange) {
    if (loaded_count.load(std::memory_order_acquire) == 0) return;
    std::lock_guard const lock(loaded_mutex);
    loaded_of.erase(&exchange);
    loaded_count.store(loaded_of.size(), std::memory_order_release);
}

std::function<void()> load_later(Instance& instance, routing::Exchange& exchange, int cache, std::string key) {
    return [&instance, &exchange, cache, key = std::move(key)] {
        auto& table = *instance.caches[static_cast<std::size_t>(cache)];
        auto const generation = table.generation(key);
        CacheTable::Value value;
        instance.services->storage().read([&](storage::Tx& tx) { value = read_value(instance, tx, table, key); });
        if (value != nullptr) table.put(key, value, generation);
        remember(exchange, cache, key, std::move(value));
    };
}

}  // namespace partnerd::plugins
