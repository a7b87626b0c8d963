// The audit log: who did what to which noun, before and after. Written in the unit that does it, never changed.
#pragma once

#include <cstdint>
#include <string_view>

#include "domain/id.hpp"
#include "storage/tx.hpp"

namespace partnerd::auth {

// Who acted: a key's principal, or the program itself ("job", "import", "apply", "cli").
struct Actor {
    std::string_view kind = "operator";  // "operator" "merchant" "partner" "public" "job" "cli" "plugin"
    Id id = 0;                           // the key, or 0
};

// [write] `action` is a verb ("approve"), `noun` a table's name ("enrollment"); before and after are JSON objects or empty.
// No secret and no personal data belongs in them: the log is kept for ever.
void record_audit(storage::Tx& tx, IdMint& mint, std::int64_t now_us, Actor actor, std::string_view action, std::string_view noun,
                  Id noun_id, std::string_view before, std::string_view after, std::string_view request_id);

}  // namespace partnerd::auth
