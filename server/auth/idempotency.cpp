#include "auth/idempotency.hpp"

#include <algorithm>

namespace partnerd::auth {

using storage::arg;

std::string IdempotencyScope::lock_key() const {
    return "idempotency\n" + principal + "\n" + std::to_string(program) + "\n" + method + "\n" + path + "\n" + key;
}

Status check_idempotency_key(std::string_view key) {
    bool const visible = std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (key.empty() || key.size() > 255 || !visible)
        return Error(errc::invalid_idempotency_key, "send 1 to 255 visible ASCII characters, such as a UUID", "Idempotency-Key");
    return {};
}

std::optional<KeptAnswer> find_answer(storage::Tx& tx, IdempotencyScope const& scope) {
    auto const row = tx.row<std::string, std::int64_t, std::string, std::string, std::string, std::int64_t>(
        "select body_hash, status, content_type, body, headers, at_us from idempotency "
        "where principal = :principal and program = :program and method = :method and path = :path and key = :key",
        {arg("principal", scope.principal), arg("program", scope.program), arg("method", scope.method), arg("path", scope.path),
         arg("key", scope.key)});
    if (!row) return std::nullopt;
    auto const& [hash, status, type, body, headers, at_us] = *row;
    return KeptAnswer{hash, static_cast<int>(status), type, body, headers, at_us};
}

void keep_answer(storage::Tx& tx, IdempotencyScope const& scope, KeptAnswer const& answer, std::int64_t now_us) {
    constexpr auto text = storage::ColumnType::text;
    static storage::RowShape const rows("idempotency", {{"principal", text}, {"program"}, {"method", text}, {"path", text}, {"key", text}, {"body_hash", text}, {"status"},
                                                        {"content_type", text}, {"body", text}, {"headers", text}, {"at_us"}});
    tx.insert(rows, {scope.principal, scope.program, scope.method, scope.path, scope.key, answer.body_hash, answer.status, answer.content_type, answer.body,
                     answer.headers, now_us});
}

void claim_answer(storage::Tx& tx, IdempotencyScope const& scope, std::string_view body_hash, std::string_view holder, std::int64_t now_us) {
    tx.exec(
        "insert into idempotency (principal, program, method, path, key, body_hash, status, content_type, body, headers, at_us) "
        "values (:principal, :program, :method, :path, :key, :body_hash, 0, '', :holder, '', :at_us) "
        "on conflict (principal, program, method, path, key) do update set body_hash = excluded.body_hash, body = excluded.body, at_us = excluded.at_us",
        {arg("principal", scope.principal), arg("program", scope.program), arg("method", scope.method), arg("path", scope.path), arg("key", scope.key),
         arg("body_hash", body_hash), arg("holder", holder), arg("at_us", now_us)});
}

void drop_claim(storage::Tx& tx, IdempotencyScope const& scope, std::string_view holder) {
    tx.exec(
        "delete from idempotency where principal = :principal and program = :program and method = :method and path = :path and key = :key "
        "and status = 0 and body = :holder",
        {arg("principal", scope.principal), arg("program", scope.program), arg("method", scope.method), arg("path", scope.path), arg("key", scope.key),
         arg("holder", holder)});
}

std::int64_t purge_answers(storage::Tx& tx, std::int64_t now_us, std::int64_t limit) {
    // Up to the time of the limit-th oldest row: neither database needs DELETE ... LIMIT for that.
    auto const oldest = now_us - idempotency_kept_us;
    auto const until = tx.value<std::optional<std::int64_t>>(
        "select max(at_us) from (select at_us from idempotency where at_us < :oldest order by at_us limit :count) as old",
        {arg("oldest", oldest), arg("count", limit)});
    if (!until || !*until) return 0;
    return tx.exec("delete from idempotency where at_us <= :until", {arg("until", **until)});
}

}  // namespace partnerd::auth
