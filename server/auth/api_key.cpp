#include "auth/api_key.hpp"

#include <algorithm>

#include "auth/key_ring.hpp"
#include "domain/base32.hpp"
#include "domain/digest.hpp"
#include "domain/text.hpp"
#include "storage/peers.hpp"

namespace partnerd::auth {

using storage::arg;

namespace {

struct KindText {
    KeyKind kind;
    std::string_view name, letters;
};
constexpr KindText kinds[] = {
    {KeyKind::operator_, "operator", "op"}, {KeyKind::merchant, "merchant", "mr"}, {KeyKind::partner, "partner", "pt"}};

KindText const& text_of(KeyKind kind) noexcept { return kinds[static_cast<int>(kind) - 1]; }

constexpr std::size_t token_size = 52;

std::string new_secret(NewKey const& wanted) {
    return "pd_" + std::string(text_of(wanted.kind).letters) + (wanted.test ? "_test_" : "_live_") + random_token();
}

Status check(NewKey const& wanted, std::int64_t now_us) {
    if (!wanted.scopes.empty() && wanted.scopes != "read") return Error(errc::invalid_field, "scopes may be empty or \"read\"", "/scopes");
    if (wanted.label.size() > 120 || !is_utf8(wanted.label) || has_control(wanted.label))
        return Error(errc::invalid_field, "must have at most 120 bytes without control characters", "/label");
    if (wanted.expires_at_us != 0 && wanted.expires_at_us <= now_us)
        return Error(errc::invalid_field, "must be in the future", "/expires_at");
    bool const names_somebody = wanted.principal > 0;
    if (names_somebody == (wanted.kind == KeyKind::operator_))
        return Error(errc::invalid_field, "a merchant's key names a program, a partner's a partner, an operator's nobody", "/kind");
    return {};
}

}  // namespace

std::string_view kind_name(KeyKind kind) noexcept { return text_of(kind).name; }

std::optional<KeyKind> find_kind(std::string_view name) noexcept {
    for (auto const& kind : kinds)
        if (kind.name == name) return kind.kind;
    return std::nullopt;
}

bool looks_like_key(std::string_view text) noexcept {
    if (text.size() != 11 + token_size || !text.starts_with("pd_")) return false;
    bool const known = std::any_of(std::begin(kinds), std::end(kinds), [&](auto const& kind) { return text.substr(3, 2) == kind.letters; });
    auto const mode = text.substr(5, 6);
    if (!known || (mode != "_live_" && mode != "_test_")) return false;
    auto const token = text.substr(11);
    return std::all_of(token.begin(), token.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
}

Result<IssuedKey> create_key(storage::Tx& tx, KeyRing& ring, IdMint& mint, NewKey const& wanted, std::int64_t now_us) {
    if (auto checked = check(wanted, now_us); !checked) return checked.error();
    IssuedKey issued{mint.mint(), new_secret(wanted)};
    auto const hash = sha256_hex(issued.secret);
    tx.exec(
        "insert into api_key (id, kind, principal, test, scopes, hash, label, created_at_us, expires_at_us, revoked_at_us, "
        "last_used_at_us) "
        "values (:id, :kind, :principal, :test, :scopes, :hash, :label, :created_at_us, :expires_at_us, 0, 0)",
        {arg("id", issued.id), arg("kind", static_cast<int>(wanted.kind)), arg("principal", wanted.principal), arg("test", wanted.test),
         arg("scopes", wanted.scopes), arg("hash", hash), arg("label", wanted.label), arg("created_at_us", now_us),
         arg("expires_at_us", wanted.expires_at_us)});
    KeyHolder const holder{issued.id, wanted.kind, wanted.principal, wanted.test, wanted.scopes, wanted.expires_at_us};
    storage::tell_peers(tx, "key " + std::to_string(issued.id));
    tx.after_commit([&ring, hash, holder] { ring.add(hash, holder); });
    return issued;
}

Status revoke_key(storage::Tx& tx, KeyRing& ring, Id key, std::int64_t now_us, std::optional<Id> owner) {
    auto const row =
        tx.row<std::string, Id, std::int64_t>("select hash, principal, revoked_at_us from api_key where id = :id", {arg("id", key)});
    if (!row || (owner && std::get<1>(*row) != *owner)) return Error(errc::not_found, "there is no such key");
    if (std::get<2>(*row) != 0) return {};
    tx.exec("update api_key set revoked_at_us = :now_us where id = :id", {arg("now_us", now_us), arg("id", key)});
    storage::tell_peers(tx, "key " + std::to_string(key));
    tx.after_commit([&ring, hash = std::get<0>(*row)] { ring.remove(hash); });
    return {};
}

std::vector<KeyRow> list_keys(storage::Tx& tx, std::optional<KeyKind> kind, std::optional<Id> principal) {
    // Ranges instead of optional conditions: one text, one prepared statement.
    static constexpr char sql[] =
        "select id, kind, principal, test, scopes, label, created_at_us, expires_at_us, revoked_at_us, last_used_at_us from api_key "
        "where kind between :kind_low and :kind_high and principal between :principal_low and :principal_high order by id desc";
    std::vector<KeyRow> rows;
    for (auto& [id, k, p, test, scopes, label, created, expires, revoked, used] :
         tx.query<Id, std::int64_t, Id, bool, std::string, std::string, std::int64_t, std::int64_t, std::int64_t, std::int64_t>(
             sql, {arg("kind_low", kind ? static_cast<int>(*kind) : 0), arg("kind_high", kind ? static_cast<int>(*kind) : INT32_MAX),
                   arg("principal_low", principal.value_or(0)), arg("principal_high", principal.value_or(INT64_MAX))}))
        rows.push_back({{id, static_cast<KeyKind>(k), p, test, scopes, expires}, label, created, revoked, used});
    return rows;
}

}  // namespace partnerd::auth
