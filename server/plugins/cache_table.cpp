#include "plugins/cache_table.hpp"

#include <algorithm>

namespace partnerd::plugins {

CacheTable::CacheTable(std::string name, std::size_t max_entries, CacheLoader loader)
    : name_(std::move(name)),
      loader_(loader),
      shards_used_(std::clamp<std::size_t>(max_entries / 64, 1, shard_count)),
      max_per_shard_(std::max<std::size_t>(max_entries / shards_used_, 1)) {}

CacheTable::Value CacheTable::get(std::string_view key) {
    auto& s = shard(key);
    std::lock_guard const lock(s.mutex);
    auto const found = s.by_key.find(key);
    if (found == s.by_key.end()) return nullptr;
    s.newest_first.splice(s.newest_first.begin(), s.newest_first, found->second);
    return found->second->value;
}

std::uint64_t CacheTable::generation(std::string_view key) const {
    auto const& s = shard(key);
    std::lock_guard const lock(s.mutex);
    return s.generation;
}

void CacheTable::put(std::string_view key, Value value, std::uint64_t generation) {
    auto& s = shard(key);
    std::lock_guard const lock(s.mutex);
    if (s.generation != generation || s.by_key.contains(key)) return;
    s.newest_first.push_front({std::string(key), std::move(value)});
    s.by_key.emplace(s.newest_first.front().key, s.newest_first.begin());
    if (s.newest_first.size() <= max_per_shard_) return;
    s.by_key.erase(s.newest_first.back().key);
    s.newest_first.pop_back();
}

void CacheTable::forget(std::string_view key) {
    auto& s = shard(key);
    std::lock_guard const lock(s.mutex);
    ++s.generation;
    auto const found = s.by_key.find(key);
    if (found == s.by_key.end()) return;
    auto const entry = found->second;
    s.by_key.erase(found);
    s.newest_first.erase(entry);
}

void CacheTable::clear() {
    for (auto& s : shards_) {
        std::lock_guard const lock(s.mutex);
        ++s.generation;
        s.by_key.clear();
        s.newest_first.clear();
    }
}

std::size_t CacheTable::size() const {
    std::size_t n = 0;
    for (auto const& s : shards_) {
        std::lock_guard const lock(s.mutex);
        n += s.newest_first.size();
    }
    return n;
}

}  // namespace partnerd::plugins
