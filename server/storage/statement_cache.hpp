// The prepared statements of one connection, by text and column types; the least recently used is dropped above a bound,
// but never one that is lent. S derives from Statement and Lendable. [one thread at a time]
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/tx.hpp"

namespace partnerd::storage {

struct Lendable {
    bool lent = false;
    unsigned depth = 0;  // how many nested parts were around the borrower
};

template <class S>
class StatementCache {
  public:
    using Make = std::function<std::unique_ptr<S>(std::string const& sql, std::span<ColumnType const> types)>;
    StatementCache(std::size_t bound, Make make) : bound_(bound), make_(std::move(make)) {}

    // An instance that is not lent; a new one when all are.
    S& lend(std::string_view sql, std::span<ColumnType const> types, unsigned depth) {
        auto& recent = recent_[(reinterpret_cast<std::uintptr_t>(sql.data()) >> 4) % recent_.size()];
        if (recent != nullptr && !recent->statement->lent && recent->sql == sql && std::ranges::equal(recent->types, types)) {
            entries_.splice(entries_.begin(), entries_, recent->place);
            return lend_again(*recent->statement, depth);
        }
        auto [first, last] = index_.equal_range(Key{sql, types});
        for (; first != last; ++first) {
            auto const entry = first->second;
            if (entry->statement->lent) continue;
            entries_.splice(entries_.begin(), entries_, entry);
            recent = &*entry;
            return lend_again(*entry->statement, depth);
        }
        return lend_again(add(sql, types), depth);
    }
    S& lend_again(S& statement, unsigned depth) {
        lent_.push_back(&statement);
        statement.lent = true;
        statement.depth = depth;
        return statement;
    }
    void release(S& statement) noexcept {
        statement.lent = false;
        auto const found = std::find(lent_.rbegin(), lent_.rend(), &statement);
        if (found != lent_.rend()) lent_.erase(std::next(found).base());
    }
    // Resets what was lent at `depth` or deeper; at depth 0, the end of a handler, also drops what is above the bound.
    void give_back(unsigned depth) noexcept {
        std::erase_if(lent_, [depth](S* statement) {
            if (statement->depth < depth) return false;
            statement->reset();
            statement->lent = false;
            return true;
        });
        while (depth == 0 && entries_.size() > bound_) drop_oldest();
    }
    std::size_t size() const { return entries_.size(); }
    template <class F>
    void for_each(F work) {
        for (auto& entry : entries_) work(*entry.statement);
    }
    void clear() {
        recent_.fill(nullptr);
        lent_.clear();
        index_.clear();
        entries_.clear();
    }

  private:
    struct Entry {
        std::string sql;
        std::vector<ColumnType> types;
        std::unique_ptr<S> statement;
        typename std::list<Entry>::iterator place;
    };
    struct Key {
        std::string_view sql;
        std::span<ColumnType const> types;
        bool operator==(Key const& other) const { return sql == other.sql && std::ranges::equal(types, other.types); }
    };
    struct Hash {
        std::size_t operator()(Key const& key) const { return std::hash<std::string_view>{}(key.sql); }
    };

    S& add(std::string_view sql, std::span<ColumnType const> types) {
        entries_.push_front(Entry{std::string(sql), {types.begin(), types.end()}, nullptr, {}});
        auto& entry = entries_.front();
        entry.place = entries_.begin();
        try {
            entry.statement = make_(entry.sql, entry.types);
            index_.emplace(Key{entry.sql, entry.types}, entries_.begin());
        } catch (...) {
            entries_.pop_front();
            throw;
        }
        return *entry.statement;
    }
    void drop_oldest() noexcept {
        recent_.fill(nullptr);
        auto const victim = std::prev(entries_.end());
        auto [first, last] = index_.equal_range(Key{victim->sql, victim->types});
        index_.erase(std::find_if(first, last, [&](auto const& item) { return item.second == victim; }));
        entries_.erase(victim);
    }

    std::size_t bound_;
    Make make_;
    std::list<Entry> entries_;  // most recently used first
    std::unordered_multimap<Key, typename std::list<Entry>::iterator, Hash> index_;
    std::vector<S*> lent_;
    std::array<Entry*, 256> recent_{};  // by where the text lies: mostly a literal, whose hash need not be computed again
};

}  // namespace partnerd::storage
