// The seal: committed entries get a gapless number per program, and blocks of them a hash over (previous hash, program,
// canonical bytes). Who changes, drops or inserts an entry below the head breaks every later hash.
#pragma once

#include "domain/clock.hpp"
#include "domain/id.hpp"
#include "storage/tx.hpp"

namespace partnerd::ledger {

struct SealHead {
    std::int64_t last_seq = 0;  // 0: nothing is sealed yet
    std::string hash;           // hex; empty for the empty chain
    std::int64_t unsealed = 0;  // entries behind the head
};

// [write] Seals up to `most` entries of one program that were committed before this unit began; how many it sealed.
int seal_entries(storage::Tx& tx, Clock const& clock, Id program, int most);
// Where sealing goes on, so that a unit looks at 2,000 entries at most. On SQLite ids are minted by the one process that writes, in the order
// of the units: what was looked at once is not looked at again. Where several servers write (PostgreSQL) an entry may commit behind one with a
// higher id: each pass begins anew, as far back as that may be.
struct SealCursor {
    Id sealed_to = 0;   // all entries up to it are sealed; 0: not known, a pass begins
    bool more = false;  // at once
};
// [write] The same from `cursor` on, which is moved: a unit that runs again begins with what it was.
int seal_onward(storage::Tx& tx, Clock const& clock, Id program, int most, SealCursor& cursor);
SealHead seal_head(storage::Tx& tx, Id program);  // [read]

struct SealCheck {
    std::int64_t blocks = 0, entries = 0, unsealed = 0;
    std::string broken;  // empty, or which block does not fit
    std::string head;    // the hash of the last block that was checked
};
// [read] Recomputes the whole chain of a program.
SealCheck check_seal(storage::Tx& tx, Id program);
// [read] The same in parts: goes on behind the last block that `check` has, for blocks of about `most` entries. False when the chain
// was broken, or checked to its end.
bool check_more_of_seal(storage::Tx& tx, Id program, SealCheck& check, int most);

}  // namespace partnerd::ledger
