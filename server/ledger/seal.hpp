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
