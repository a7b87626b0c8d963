// All live keys in memory: every request asks here. [any thread]
#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "auth/api_key.hpp"
#include "storage/storage.hpp"

namespace partnerd::auth {

class KeyRing {
  public:
    // [main] [worker] Replaces everything by what the database has: at start, and now and then where several nodes share a
    // database. Keys that are made or revoked here meanwhile are not lost.
    void load(storage::Storage& storage);
    // [worker] Reads one key anew: another server made or revoked it.
    void reload(storage::Storage& storage, Id key);
    // The holder of a secret that is live at now_us. Marks it as used.
    std::optional<KeyHolder> find(std::string_view secret, std::int64_t now_us);

    void add(std::string const& hash, KeyHolder const& holder);  // after the commit of a new key
    void remove(std::string const& hash);                        // after the commit of a revocation
    std::size_t size() const;

    // Keys used since they were last collected, at most once an hour each: for the job that writes last_used_at_us.
    std::vector<std::pair<Id, std::int64_t>> collect_used(std::int64_t now_us);

  private:
    struct Entry {
        explicit Entry(KeyHolder h) : holder(std::move(h)) {}
        KeyHolder holder;
        std::atomic<std::int64_t> used_at_us{0};
        std::int64_t collected_at_us = 0;  // under the exclusive lock
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    using Map = std::unordered_map<std::string, Entry, Hash, std::equal_to<>>;
    struct Shard {
        mutable std::shared_mutex mutex;
        Map entries;  // by SHA-256 in hex
    };
    using Shards = std::array<Map, 16>;
    struct Change {
        std::string hash;
        std::optional<KeyHolder> added;  // nothing: removed
    };
    static Shards read(storage::Tx& tx);
    static std::size_t index_of(std::string_view hash) noexcept;
    static void apply(Change const& change, Map& entries);
    static void keep_uses(Map const& old, Map& fresh);
    void change(Change change);

    std::array<Shard, 16> shards_;
    std::mutex load_mutex_;  // one load at a time
    std::mutex change_mutex_;
    bool loading_ = false;  // under change_mutex_
    std::vector<Change> meanwhile_;
    std::unordered_set<std::string> revoked_;  // under change_mutex_; for ever, so that no late add() brings one back
};

// [write] Writes what collect_used() gave.
void store_used(storage::Tx& tx, std::vector<std::pair<Id, std::int64_t>> const& used);

}  // namespace partnerd::auth
