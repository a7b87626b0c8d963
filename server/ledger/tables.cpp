#include "ledger/tables.hpp"

namespace partnerd::ledger {

storage::TableList const& ledger_tables() {
    static storage::TableList const tables = {
        // balance_minor is kept for accounts of partners and plugins; the house's accounts (kept = 0) are written by no unit:
        // their balance is the sum of their postings.
        "create table account (id {id}, program bigint not null, name text not null, partner bigint not null, currency text not null, "
        "exponent bigint not null, kept bigint not null, balance_minor bigint not null {key:program,id})",
        "create unique index account_name on account (program, name, currency)",
        "create table entry (id {id}, program bigint not null, entry_key text not null, kind text not null, memo text not null, "
        "conversion bigint not null, at_us bigint not null, recorded_at_us bigint not null {key:program,id})",
        "create unique index entry_by_key on entry (program, entry_key)",
        "create table posting (program bigint not null, entry bigint not null, leg bigint not null, account bigint not null, "
        "amount_minor bigint not null, primary key (program, entry, leg)) {rowid}",
        "create table seal (program bigint not null, seal_seq bigint not null, entry bigint not null, primary key (program, seal_seq)) {rowid}",
        "create unique index seal_entry on seal (program, entry)",
        "create table seal_block (program bigint not null, last_seq bigint not null, first_seq bigint not null, previous text not null, "
        "hash text not null, at_us bigint not null, primary key (program, last_seq)) {rowid}",
        "{sqlite}create trigger posting_is_for_ever_u before update on posting begin select raise(abort, 'postings are never changed'); end",
        "{sqlite}create trigger posting_is_for_ever_d before delete on posting begin select raise(abort, 'postings are never deleted'); end",
        "{sqlite}create trigger entry_is_for_ever_u before update on entry begin select raise(abort, 'entries are never changed'); end",
        "{sqlite}create trigger entry_is_for_ever_d before delete on entry begin select raise(abort, 'entries are never deleted'); end",
        "{postgresql}create function partnerd_append_only() returns trigger language plpgsql as 'begin raise exception ''append only''; end'",
        "{postgresql}create trigger posting_is_for_ever before update or delete on posting for each row execute function partnerd_append_only()",
        "{postgresql}create trigger entry_is_for_ever before update or delete on entry for each row execute function partnerd_append_only()",
    };
    return tables;
}

}  // namespace partnerd::ledger
