#include "plugins/cache_table.hpp"

#include <algorithm>

namespace partnerd::plugins {

namespace {
constexpr std::size_t tables_of_thread = 8;
}

std::atomic<std::uint64_t> CacheTable::tables{0};

CacheTable::CacheTable(std::string name, std::size_t max_entries, CacheLoader loader)
    : name_(std::move(name)),
      loader_(loader),
      shards_used_(std::clamp<std::size_t>(max_entries / 64, 1, shard_count)),
      max_per_shard_(std::max<std::size_t>(max_entries / shards_used_, 1)),
      found_max_(std::clamp<std::size_t>(max_entries, 1, 10'000)) {}

// Empty, unless it is of this table as it is now. More tables than a thread has room for take it from each other.
CacheTable::Found& CacheTable::found_here() {
    static thread_local std::array<Found, tables_of_thread> all;
    auto& mine = all[table_ % tables_of_thread];
    auto const changes = changes_.load(std::memory_order_acquire);
    if (mine.table == table_ && mine.changes == changes && mine.values.size() < found_max_) return mine;
    mine.values.clear();
    mine.table = table_;
    mine.changes = changes;
    return mine;
}

CacheTable::Value CacheTable::get(std::string_view key) {
    auto& mine = found_here();
    if (auto const known = mine.values.find(key); known != mine.values.end()) return known->second;
    auto& s = shard(key);
    std::lock_guard const lock(s.mutex);
    auto const found = s.by_key.find(key);
    if (found == s.by_key.end()) return nullptr;
    s.newest_first.splice(s.newest_first.begin(), s.newest_first, found->second);
    auto const& value = found->second->value;
    if (changes_.load(std::memory_order_acquire) == mine.changes) mine.values.emplace(key, value);
    return value;
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
    changes_.fetch_add(1, std::memory_order_acq_rel);
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
        changes_.fetch_add(1, std::memory_order_acq_rel);
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
