// One cache of a plugin: a bounded map of what its SQL loads. Committed changes forget keys; a load that began before is not kept.
// Each thread also has what it found before, so that a hit meets no lock; any change lets it find all anew.
#pragma once

#include <partnerd/cache.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace partnerd::plugins {

// The plugin's function that reads a value.
struct CacheLoader {
    decltype(partnerd_cache::load) load = nullptr;
    void* user = nullptr;
};

// [any]
class CacheTable {
  public:
    using Value = std::shared_ptr<std::string const>;

    CacheTable(std::string name, std::size_t max_entries, CacheLoader loader = {});

    Value get(std::string_view key);  // null: not known
    // Before the snapshot of a load is opened; given back to put().
    std::uint64_t generation(std::string_view key) const;
    // Keeps the value unless a key of its shard was forgotten since `generation`.
    void put(std::string_view key, Value value, std::uint64_t generation);
    void forget(std::string_view key);
    void clear();
    std::size_t size() const;
    std::string const& name() const noexcept { return name_; }
    CacheLoader const& loader() const noexcept { return loader_; }

  private:
    struct Entry {
        std::string key;
        Value value;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::list<Entry> newest_first;                                            // guarded by mutex
        std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key;  // guarded by mutex; keys point into the list
        std::uint64_t generation = 0;                                             // guarded by mutex
    };
    struct NameHash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    // Good while the table and its count of changes are the same.
    struct Found {
        std::uint64_t table = 0, changes = 0;
        std::unordered_map<std::string, Value, NameHash, std::equal_to<>> values;
    };
    Found& found_here();
    static std::atomic<std::uint64_t> tables;

    static constexpr std::size_t shard_count = 16;
    Shard& shard(std::string_view key) { return shards_[std::hash<std::string_view>{}(key) % shards_used_]; }
    Shard const& shard(std::string_view key) const { return shards_[std::hash<std::string_view>{}(key) % shards_used_]; }

    std::string const name_;
    CacheLoader const loader_;
    std::size_t const shards_used_;  // fewer for small caches, so that the bound holds
    std::size_t const max_per_shard_;
    std::size_t const found_max_;  // of one thread
    std::array<Shard, shard_count> shards_;
    std::uint64_t const table_ = ++tables;
    std::atomic<std::uint64_t> changes_{0};  // grows under the lock of a shard, before anything is forgotten
};

}  // namespace partnerd::plugins
