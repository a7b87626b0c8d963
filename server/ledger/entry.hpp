// Double entry: an entry has legs that sum to zero for each unit; it is never changed, only reversed by another.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/clock.hpp"
#include "ledger/account.hpp"

namespace partnerd::ledger {

struct Leg {
    Account account;
    std::int64_t amount_minor = 0;  // positive credits the account
};

struct EntryHead {
    Id program = 0;
    std::string key;       // unique in the program for ever: "accrue:<commission>"; the same key and legs post once
    std::string kind;      // "accrue" "release" "reverse" "amend" ... or a plugin's
    std::string memo;
    Id conversion = 0;     // 0: none
    std::int64_t at_us = 0;  // when it happened; the recording time is the clock's
};

struct Posted {
    Id entry = 0;
    bool replayed = false;  // the key was posted before, with the same legs
};

// [write] legs_unbalanced, entry_differs, amount_overflow (then the caller rolls back: a part is written). Asserts that every leg's account belongs to the program.
Result<Posted> post(storage::Tx& tx, IdMint& mint, Clock const& clock, EntryHead const& head, std::span<Leg const> legs);
// [write] The same for a key that nobody can have posted (it has an id that was minted for it) and accounts whose standing is known: nothing
// is asked. amount_overflow before anything is written.
Result<Id> post_new(storage::Tx& tx, IdMint& mint, Clock const& clock, EntryHead const& head, std::span<Standing const> accounts, std::span<std::int64_t const> amounts_minor);
// [write] The opposite of an entry, as a new one. not_found.
Result<Posted> reverse(storage::Tx& tx, IdMint& mint, Clock const& clock, Id program, std::string const& key, Id entry, std::string const& reason);

struct StoredLeg {
    std::int64_t leg = 0;
    Id account = 0;
    std::int64_t amount_minor = 0;
};
std::vector<StoredLeg> legs_of(storage::Tx& tx, Id program, Id entry);

}  // namespace partnerd::ledger
