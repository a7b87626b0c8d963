// Answers kept by Idempotency-Key, so that a retry gets the first answer again. Kept 30 days.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/id.hpp"
#include "domain/result.hpp"
#include "storage/tx.hpp"

namespace partnerd::auth {

inline constexpr std::int64_t idempotency_kept_us = 30 * day_us;

// Whose key it is, and for what. Two requests are the same only if all of it is the same.
struct IdempotencyScope {
    std::string principal;  // "operator", "merchant:<id>", "partner:<id>", "...:test", or "public:<digest of the address>"
    Id program = 0;
    std::string method, path, key;
    std::string lock_key() const;
};

struct KeptAnswer {
    std::string body_hash;
    int status = 0;  // 0: not answered yet, a claim
    std::string content_type, body;
    std::string headers;  // "name: value" lines
    std::int64_t at_us = 0;  // kept or claimed

    bool is_claim() const noexcept { return status == 0; }
    std::string const& claimed_by() const noexcept { return body; }
};

// invalid_idempotency_key unless 1 to 255 visible ASCII characters.
Status check_idempotency_key(std::string_view key);
// [read] [write]
std::optional<KeptAnswer> find_answer(storage::Tx& tx, IdempotencyScope const& scope);
// [write] The scope must not have one.
void keep_answer(storage::Tx& tx, IdempotencyScope const& scope, KeptAnswer const& answer, std::int64_t now_us);
// [write] Says that `holder` is at the work, in place of a claim that holds no more. The scope must have no answer.
void claim_answer(storage::Tx& tx, IdempotencyScope const& scope, std::string_view body_hash, std::string_view holder, std::int64_t now_us);
void drop_claim(storage::Tx& tx, IdempotencyScope const& scope, std::string_view holder);  // [write] if it is the holder's
// [write] Drops at most `limit` answers that are older than 30 days; how many.
std::int64_t purge_answers(storage::Tx& tx, std::int64_t now_us, std::int64_t limit = 1000);

}  // namespace partnerd::auth
