#include "auth/tables.hpp"

namespace partnerd::auth {

storage::TableList const& auth_tables() {
    static storage::TableList const tables{
        "create table api_key (id {id}, kind bigint not null, principal bigint not null, test bigint not null, scopes text not null, "
        "hash text not null, label text not null, created_at_us bigint not null, expires_at_us bigint not null, "
        "revoked_at_us bigint not null, last_used_at_us bigint not null{key:id})",
        "create unique index api_key_hash on api_key (hash)",
        "create index api_key_principal on api_key (kind, principal)",
        "create table idempotency (principal text not null, program bigint not null, method text not null, path text not null, "
        "key text not null, body_hash text not null, status bigint not null, content_type text not null, body text not null, "
        "headers text not null, at_us bigint not null, primary key (principal, program, method, path, key)) {rowid}",
        "create index idempotency_at on idempotency (at_us)",
        "create table audit (id {id}, at_us bigint not null, actor_kind text not null, actor bigint not null, action text not null, "
        "noun text not null, noun_id bigint not null, before_json text not null, after_json text not null, request_id text not "
        "null{key:id})",
        "create index audit_noun on audit (noun, noun_id)",
    };
    return tables;
}

}  // namespace partnerd::auth
