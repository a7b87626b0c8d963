#include "auth/key_ring.hpp"

#include <algorithm>
#include <mutex>

#include "domain/digest.hpp"

namespace partnerd::auth {

using storage::arg;

namespace {
// Readers of one hot key would fight for its cache line if each wrote the time.
constexpr std::int64_t used_grain_us = minute_us;
}  // namespace

std::size_t KeyRing::index_of(std::string_view hash) noexcept { return Hash{}(hash) % std::tuple_size_v<Shards>; }

KeyRing::Shards KeyRing::read(storage::Tx& tx) {
    Shards fresh;
    for (auto& [hash, key, kind, principal, test, scopes, expires, used] :
         tx.query<std::string, Id, std::int64_t, Id, bool, std::string, std::int64_t, std::int64_t>(
             "select hash, id, kind, principal, test, scopes, expires_at_us, last_used_at_us from api_key where revoked_at_us = 0")) {
        KeyHolder holder{key, static_cast<KeyKind>(kind), principal, test, scopes, expires};
        auto const [at, is_new] = fresh[index_of(hash)].try_emplace(hash, std::move(holder));
        at->second.used_at_us.store(used, std::memory_order_relaxed);
        at->second.collected_at_us = used;
    }
    return fresh;
}

void KeyRing::load(storage::Storage& storage) {
    std::lock_guard const one(load_mutex_);
    {
        std::lock_guard const lock(change_mutex_);
        loading_ = true;
        meanwhile_.clear();
    }
    Shards fresh;
    try {
        storage.read([&](storage::Tx& tx) { fresh = read(tx); });
    } catch (...) {
        std::lock_guard const lock(change_mutex_);
        loading_ = false;
        throw;
    }
    std::lock_guard const lock(change_mutex_);
    loading_ = false;
    for (auto const& missed : meanwhile_) apply(missed, fresh[index_of(missed.hash)]);
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        std::unique_lock const exclusive(shards_[i].mutex);
        keep_uses(shards_[i].entries, fresh[i]);
        shards_[i].entries.swap(fresh[i]);
    }
}

// Uses that were not collected yet are known here only.
void KeyRing::keep_uses(Map const& old, Map& fresh) {
    for (auto& [hash, entry] : fresh) {
        auto const known = old.find(hash);
        if (known == old.end()) continue;
        entry.used_at_us.store(std::max(entry.used_at_us.load(), known->second.used_at_us.load()));
        entry.collected_at_us = std::max(entry.collected_at_us, known->second.collected_at_us);
    }
}

void KeyRing::reload(storage::Storage& storage, Id key) {
    std::optional<std::tuple<std::string, std::int64_t, Id, bool, std::string, std::int64_t, std::int64_t>> row;
    storage.read([&](storage::Tx& tx) {
        row = tx.row<std::string, std::int64_t, Id, bool, std::string, std::int64_t, std::int64_t>(
            "select hash, kind, principal, test, scopes, expires_at_us, revoked_at_us from api_key where id = :id", {arg("id", key)});
    });
    if (!row) return;
    auto const& [hash, kind, principal, test, scopes, expires, revoked] = *row;
    if (revoked == 0) add(hash, {key, static_cast<KeyKind>(kind), principal, test, scopes, expires});
    else remove(hash);
}

std::optional<KeyHolder> KeyRing::find(std::string_view secret, std::int64_t now_us) {
    if (!looks_like_key(secret)) return std::nullopt;
    auto const hash = sha256_hex(secret);
    auto& shard = shards_[index_of(hash)];
    std::shared_lock const lock(shard.mutex);
    auto const found = shard.entries.find(std::string_view(hash));
    if (found == shard.entries.end()) return std::nullopt;
    auto& entry = found->second;
    if (entry.holder.expires_at_us != 0 && entry.holder.expires_at_us <= now_us) return std::nullopt;
    if (now_us - entry.used_at_us.load(std::memory_order_relaxed) >= used_grain_us)
        entry.used_at_us.store(now_us, std::memory_order_relaxed);
    return entry.holder;
}

void KeyRing::apply(Change const& change, Map& entries) {
    if (change.added) entries.try_emplace(change.hash, *change.added);
    else entries.erase(change.hash);
}

void KeyRing::change(Change change) {
    std::lock_guard const lock(change_mutex_);
    if (!change.added) revoked_.insert(change.hash);
    else if (revoked_.contains(change.hash)) return;
    {
        auto& shard = shards_[index_of(change.hash)];
        std::unique_lock const exclusive(shard.mutex);
        apply(change, shard.entries);
    }
    if (loading_) meanwhile_.push_back(std::move(change));
}

void KeyRing::add(std::string const& hash, KeyHolder const& holder) { change({hash, holder}); }
void KeyRing::remove(std::string const& hash) { change({hash, std::nullopt}); }

std::size_t KeyRing::size() const {
    std::size_t count = 0;
    for (auto const& shard : shards_) {
        std::shared_lock const lock(shard.mutex);
        count += shard.entries.size();
    }
    return count;
}

std::vector<std::pair<Id, std::int64_t>> KeyRing::collect_used(std::int64_t now_us) {
    std::vector<std::pair<Id, std::int64_t>> used;
    for (auto& shard : shards_) {
        std::unique_lock const lock(shard.mutex);
        for (auto& [hash, entry] : shard.entries) {
            auto const at_us = entry.used_at_us.load(std::memory_order_relaxed);
            bool const due = at_us > entry.collected_at_us && (entry.collected_at_us == 0 || now_us - entry.collected_at_us >= hour_us);
            if (!due) continue;
            entry.collected_at_us = now_us;
            used.emplace_back(entry.holder.key, at_us);
        }
    }
    return used;
}

void store_used(storage::Tx& tx, std::vector<std::pair<Id, std::int64_t>> const& used) {
    for (auto const& [key, at_us] : used)
        tx.exec("update api_key set last_used_at_us = :at_us where id = :id and last_used_at_us < :at_us",
                {arg("at_us", at_us), arg("id", key)});
}

}  // namespace partnerd::auth
