// API keys: "pd_op_live_<52 base32>" (operator), "pd_mr_..." (merchant), "pd_pt_..." (partner), "..._test_..." for tests.
// 256 random bits, shown once; the database has their SHA-256 only, so that a copy of it opens nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/id.hpp"
#include "domain/result.hpp"
#include "storage/tx.hpp"

namespace partnerd::auth {

enum class KeyKind : std::int32_t { operator_ = 1, merchant = 2, partner = 3 };
std::string_view kind_name(KeyKind) noexcept;  // "operator"
std::optional<KeyKind> find_kind(std::string_view name) noexcept;

// Whom a secret lets in.
struct KeyHolder {
    Id key = 0;
    KeyKind kind = KeyKind::operator_;
    Id principal = 0;  // the partner of a partner's key, the program of a merchant's, 0 for an operator's
    bool test = false;
    std::string scopes;              // empty: all that the kind may do; "read": only GET and HEAD
    std::int64_t expires_at_us = 0;  // 0: never
};

struct NewKey {
    KeyKind kind = KeyKind::operator_;
    Id principal = 0;
    bool test = false;
    std::string scopes;
    std::string label;  // for people: "shop back end"
    std::int64_t expires_at_us = 0;
};
struct IssuedKey {
    Id id = 0;
    std::string secret;  // to be shown once and forgotten
};
struct KeyRow {
    KeyHolder holder;
    std::string label;
    std::int64_t created_at_us = 0, revoked_at_us = 0, last_used_at_us = 0;  // 0: not
};

class KeyRing;

// [write] invalid_field for an unknown scope, a label over 120 characters, an expiry in the past, or a principal that does not
// fit the kind. The ring learns of it after the commit.
Result<IssuedKey> create_key(storage::Tx& tx, KeyRing& ring, IdMint& mint, NewKey const& wanted, std::int64_t now_us);
// [write] not_found for an unknown key; a key that was revoked stays as it was. `owner` limits it to keys of one principal.
Status revoke_key(storage::Tx& tx, KeyRing& ring, Id key, std::int64_t now_us, std::optional<Id> owner = {});
// [read] [write] Newest first, revoked ones too; all when `principal` is not given.
std::vector<KeyRow> list_keys(storage::Tx& tx, std::optional<KeyKind> kind = {}, std::optional<Id> principal = {});

// Whether the text has the form of a key; says nothing about whether it is one. [any]
bool looks_like_key(std::string_view text) noexcept;

}  // namespace partnerd::auth
