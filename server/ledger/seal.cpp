#include "ledger/seal.hpp"

#include <sodium.h>

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

// False when the entry is not there.
bool add_entry(BlockHash& hash, storage::Tx& tx, Id program, std::int64_t seq, Id entry) {
    auto const row = tx.row<std::string, std::string, std::string, std::int64_t, std::int64_t, std::int64_t>(
        "select entry_key, kind, memo, conversion, at_us, recorded_at_us from entry where program = :program and id = :id",
        {arg("program", program), arg("id", entry)});
    if (!row) return false;
    auto const& [key, kind, memo, conversion, at_us, recorded_at_us] = *row;
    hash.integer(seq);
    hash.integer(entry);
    hash.text(key);
    hash.text(kind);
    hash.text(memo);
    for (auto value : {conversion, at_us, recorded_at_us}) hash.integer(value);
    for (auto const& leg : legs_of(tx, program, entry))
        for (auto value : {leg.leg, static_cast<std::int64_t>(leg.account), leg.amount_minor}) hash.integer(value);
    return true;
}

// An entry commits within seconds of its id being minted, so nothing unsealed is much older than the newest sealed entry.
constexpr std::int64_t commit_delay_us_max = 10 * minute_us;

std::vector<std::int64_t> unsealed_entries(storage::Tx& tx, Id program, int most) {
    auto const newest = tx.value<std::int64_t>("select entry from seal where program = :program order by seal_seq desc limit 1", {arg("program", program)});
    Id const from = newest ? first_id_at(id_time_us(*newest) - commit_delay_us_max) : 0;
    std::vector<std::int64_t> entries;
    // Not "not exists": a plan that PostgreSQL kept from when the tables were small joins them row by row, without the index.
    for (auto const& [id] : tx.query<std::int64_t>("select e.id from entry e where e.program = :program and e.id > :from and coalesce("
                                                   "(select 1 from seal s where s.program = e.program and s.entry = e.id), 0) = 0 order by e.id limit :most",
                                                   {arg("program", program), arg("from", from), arg("most", most)}))
        entries.push_back(id);
    return entries;
}

std::tuple<std::int64_t, std::string> newest_block(storage::Tx& tx, Id program) {
    return tx.row<std::int64_t, std::string>("select last_seq, hash from seal_block where program = :program order by last_seq desc limit 1", {arg("program", program)})
        .value_or(std::tuple<std::int64_t, std::string>{0, ""});
}

}  // namespace

int seal_entries(storage::Tx& tx, Clock const& clock, Id program, int most) {
    auto const entries = unsealed_entries(tx, program, most);
    if (entries.empty()) return 0;
    auto const [last, previous] = newest_block(tx, program);
    BlockHash hash(previous, program);
    auto seq = last;
    for (auto entry : entries) {
        ++seq;
        add_entry(hash, tx, program, seq, entry);
        tx.put("insert into seal (program, seal_seq, entry) values (:program, :seq, :entry)", {arg("program", program), arg("seq", seq), arg("entry", entry)});
    }
    tx.put("insert into seal_block (program, last_seq, first_seq, previous, hash, at_us) values (:program, :last, :first, :previous, :hash, :now)",
            {arg("program", program), arg("last", seq), arg("first", last + 1), arg("previous", previous), arg("hash", hash.hex()), arg("now", clock.now_us())});
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
        if (number != ++seq || !add_entry(hash, tx, program, number, entry)) return name + " lacks entry " + std::to_string(seq);
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
