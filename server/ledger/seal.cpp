#include "ledger/seal.hpp"

#include <sodium.h>

#include <map>
#include <span>
#include <vector>

#include "domain/base32.hpp"
#include "ledger/entry.hpp"

namespace partnerd::ledger {

using storage::arg;

namespace {

// Streams canonical bytes: integers as eight bytes, big endian; texts behind their length. No personal data is among them.
class BlockHash {
  public:
    BlockHash(std::string_view previous, Id program) {
        crypto_generichash_init(&state_, nullptr, 0, 32);
        text(previous);
        integer(program);
    }
    void integer(std::int64_t value) {
        unsigned char bytes[8];
        for (int i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(value) >> (56 - 8 * i));
        crypto_generichash_update(&state_, bytes, sizeof bytes);
    }
    void text(std::string_view value) {
        integer(static_cast<std::int64_t>(value.size()));
        crypto_generichash_update(&state_, reinterpret_cast<unsigned char const*>(value.data()), value.size());
    }
    std::string hex() {
        std::array<std::uint8_t, 32> out;
        crypto_generichash_final(&state_, out.data(), out.size());
        return hex_encode(out);
    }

  private:
    crypto_generichash_state state_;
};

struct SealedEntry {
    Id id = 0;
    std::string key, kind, memo;
    std::int64_t conversion = 0, at_us = 0, recorded_at_us = 0;
};

void add_entry(BlockHash& hash, std::int64_t seq, SealedEntry const& entry, std::span<StoredLeg const> legs) {
    hash.integer(seq);
    hash.integer(entry.id);
    hash.text(entry.key);
    hash.text(entry.kind);
    hash.text(entry.memo);
    for (auto value : {entry.conversion, entry.at_us, entry.recorded_at_us}) hash.integer(value);
    for (auto const& leg : legs)
        for (auto value : {leg.leg, static_cast<std::int64_t>(leg.account), leg.amount_minor}) hash.integer(value);
}

// False when the entry is not there.
bool add_stored_entry(BlockHash& hash, storage::Tx& tx, Id program, std::int64_t seq, Id id) {
    auto const row = tx.row<std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t>(
        "select entry_key, kind, memo, conversion, at_us, recorded_at_us from entry where program = :program and id = :id",
        {arg("program", program), arg("id", id)});
    if (!row) return false;
    auto const& [key, kind, memo, conversion, at_us, recorded_at_us] = *row;
    add_entry(hash, seq, {id, key, kind, memo, conversion, at_us, recorded_at_us}, legs_of(tx, program, id));
    return true;
}

// An entry commits within seconds of its id being minted, so nothing unsealed is much older than the newest sealed entry.
constexpr std::int64_t commit_delay_us_max = 10 * minute_us;

// Nothing below it is unsealed.
Id first_candidate(storage::Tx& tx, Id program) {
    auto const newest = tx.value<std::int64_t>("select entry from seal where program = :program order by seal_seq desc limit 1", {arg("program", program)});
    return newest ? first_id_at(id_time_us(*newest) - commit_delay_us_max) : 0;
}

// SQLite has no index of entries by program and id; each entry has a leg 0, and legs are in that order.
constexpr std::string_view unsealed_on_sqlite =
    "select e.id, e.entry_key, e.kind, e.memo, e.conversion, e.at_us, e.recorded_at_us from posting p join entry e on e.id = p.entry and e.program = p.program "
    "where p.program = :program and p.entry > :from and p.entry <= :until and p.leg = 0 and "
    "coalesce((select 1 from seal s where s.program = p.program and s.entry = p.entry), 0) = 0 order by p.entry limit :most";
// Not "not exists": a plan that PostgreSQL kept from when the tables were small joins them row by row, without the index.
constexpr std::string_view unsealed_on_postgresql =
    "select e.id, e.entry_key, e.kind, e.memo, e.conversion, e.at_us, e.recorded_at_us from entry e where e.program = :program and e.id > :from and e.id <= :until and coalesce("
    "(select 1 from seal s where s.program = e.program and s.entry = e.id), 0) = 0 order by e.id limit :most";

std::vector<SealedEntry> unsealed_entries(storage::Tx& tx, Id program, Id from, Id until, int most) {
    std::vector<SealedEntry> entries;
    auto const sql = tx.dialect() == storage::Dialect::sqlite ? unsealed_on_sqlite : unsealed_on_postgresql;
    for (auto const& [id, key, kind, memo, conversion, at_us, recorded_at_us] : tx.query<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t>(
             sql, {arg("program", program), arg("from", from), arg("until", until), arg("most", most)}))
        entries.push_back({id, key, kind, memo, conversion, at_us, recorded_at_us});
    return entries;
}

// The legs of all entries from the first to the last one, also of those between that are sealed.
std::map<Id, std::vector<StoredLeg>> legs_between(storage::Tx& tx, Id program, Id first, Id last) {
    std::map<Id, std::vector<StoredLeg>> legs;
    for (auto const& [entry, leg, account, amount] : tx.query<std::int64_t, std::int64_t, std::int64_t, std::int64_t>(
             "select entry, leg, account, amount_minor from posting where program = :program and entry between :first and :last order by entry, leg",
             {arg("program", program), arg("first", first), arg("last", last)}))
        legs[entry].push_back({leg, account, amount});
    return legs;
}

std::tuple<std::int64_t, std::string> newest_block(storage::Tx& tx, Id program) {
    return tx.row<std::int64_t, std::string>("select last_seq, hash from seal_block where program = :program order by last_seq desc limit 1", {arg("program", program)})
        .value_or(std::tuple<std::int64_t, std::string>{0, ""});
}

}  // namespace

namespace {

void seal(storage::Tx& tx, Clock const& clock, Id program, std::vector<SealedEntry> const& entries) {
    if (entries.empty()) return;
    auto const [last, previous] = newest_block(tx, program);
    static storage::RowShape const seals("seal", {{"program"}, {"seal_seq"}, {"entry"}});
    auto const legs = legs_between(tx, program, entries.front().id, entries.back().id);
    BlockHash hash(previous, program);
    auto seq = last;
    for (auto const& entry : entries) {
        ++seq;
        auto const found = legs.find(entry.id);
        add_entry(hash, seq, entry, found == legs.end() ? std::span<StoredLeg const>() : found->second);
        tx.insert(seals, {program, seq, entry.id});
    }
    tx.put("insert into seal_block (program, last_seq, first_seq, previous, hash, at_us) values (:program, :last, :first, :previous, :hash, :now)",
            {arg("program", program), arg("last", seq), arg("first", last + 1), arg("previous", previous), arg("hash", hash.hex()), arg("now", clock.now_us())});
}

}  // namespace

int seal_entries(storage::Tx& tx, Clock const& clock, Id program, int most) {
    auto const entries = unsealed_entries(tx, program, first_candidate(tx, program), INT64_MAX, most);
    seal(tx, clock, program, entries);
    return static_cast<int>(entries.size());
}

int seal_onward(storage::Tx& tx, Clock const& clock, Id program, int most, SealCursor& cursor) {
    constexpr int looked_at_max = 2000;
    bool const one_writer = tx.dialect() == storage::Dialect::sqlite;
    auto const from = cursor.sealed_to != 0 ? cursor.sealed_to : first_candidate(tx, program);
    auto const [until, seen] = *tx.row<std::optional<std::int64_t>, std::int64_t>(
        "select max(entry), count(*) from (select entry from posting where program = :program and entry > :from and leg = 0 order by entry limit :most) as p",
        {arg("program", program), arg("from", from), arg("most", looked_at_max)});
    if (!until) return cursor = {one_writer ? from : 0, false}, 0;
    auto const entries = unsealed_entries(tx, program, from, *until, most);
    seal(tx, clock, program, entries);
    bool const all = static_cast<int>(entries.size()) < most;
    cursor = {all ? *until : entries.back().id, !all || seen == looked_at_max};
    if (!one_writer && !cursor.more) cursor.sealed_to = 0;
    return static_cast<int>(entries.size());
}

SealHead seal_head(storage::Tx& tx, Id program) {
    auto const [last, hash] = newest_block(tx, program);
    auto const entries = tx.value<std::int64_t>("select count(*) from entry where program = :program", {arg("program", program)}).value_or(0);
    return {last, hash, entries - last};
}

namespace {

struct Block {
    std::int64_t last, first;
    std::string previous, hash;
};

// Empty, or what is wrong with it.
std::string check_block(storage::Tx& tx, Id program, Block const& block, SealCheck const& before) {
    auto const name = "block of entries " + std::to_string(block.first) + " to " + std::to_string(block.last);
    auto seq = before.entries;
    if (block.first != seq + 1 || block.previous != before.head) return name + " does not continue the chain";
    BlockHash hash(before.head, program);
    std::vector<std::pair<std::int64_t, std::int64_t>> members;
    for (auto const& [number, entry] : tx.query<std::int64_t, std::int64_t>(
             "select seal_seq, entry from seal where program = :program and seal_seq between :first and :last order by seal_seq",
             {arg("program", program), arg("first", block.first), arg("last", block.last)}))
        members.emplace_back(number, entry);
    for (auto const& [number, entry] : members)
        if (number != ++seq || !add_stored_entry(hash, tx, program, number, entry)) return name + " lacks entry " + std::to_string(seq);
    if (seq != block.last || hash.hex() != block.hash) return name + " was changed after it was sealed";
    return {};
}

// Behind the last block: no seal without a block, and what is left to be sealed.
void check_end(storage::Tx& tx, Id program, SealCheck& check) {
    auto const seals = tx.value<std::int64_t>("select count(*) from seal where program = :program", {arg("program", program)}).value_or(0);
    if (seals != check.entries) check.broken = std::to_string(seals) + " entries have a seal, but the blocks have " + std::to_string(check.entries);
    check.unsealed = tx.value<std::int64_t>("select count(*) from entry where program = :program", {arg("program", program)}).value_or(0) - check.entries;
}

}  // namespace

bool check_more_of_seal(storage::Tx& tx, Id program, SealCheck& check, int most) {
    auto const until = check.entries + most;
    while (check.entries < until) {
        auto const row = tx.row<std::int64_t, std::int64_t, std::string, std::string>(
            "select last_seq, first_seq, previous, hash from seal_block where program = :program and last_seq > :seq order by last_seq limit 1",
            {arg("program", program), arg("seq", check.entries)});
        if (!row) {
            check_end(tx, program, check);
            return false;
        }
        auto const& [last, first, previous, stored] = *row;
        check.broken = check_block(tx, program, {last, first, previous, stored}, check);
        if (!check.broken.empty()) return false;
        check.head = stored;
        check.entries = last;
        ++check.blocks;
    }
    return true;
}

SealCheck check_seal(storage::Tx& tx, Id program) {
    SealCheck check;
    while (check_more_of_seal(tx, program, check, 1000)) {
    }
    return check;
}

}  // namespace partnerd::ledger
