#include "programs/tables.hpp"

namespace partnerd::programs {

storage::TableList const& program_tables() {
    static storage::TableList const tables = {
        // Secrets of this installation and marks of its nodes: "click_key", "hash_key", "node:<n>:high_water_ms".
        "create table instance (name text not null, value text not null, primary key (name)) {rowid}",

        "create table program (id {id}, handle text not null, name text not null, status text not null, stopped bigint not null, "
        "currency text not null, exponent bigint not null, order_currencies text not null, zone text not null, exclusive_group text not null, "
        "hosts text not null, destination text not null, auto_approve bigint not null, version bigint not null, created_at_us bigint not null, "
        "updated_at_us bigint not null {key:id})",
        "create unique index program_handle on program (handle)",
        "create table program_plugin (program bigint not null, plugin text not null, enabled bigint not null, config text not null, "
        "version bigint not null, primary key (program, plugin)) {rowid}",
        "create table program_pilot (program bigint not null, partner bigint not null, primary key (program, partner)) {rowid}",
        "create table terms (id {id}, program bigint not null, version bigint not null, effective_at_us bigint not null, settings text not null, "
        "plan text not null, text text not null, created_at_us bigint not null {key:program,id})",
        "create unique index terms_version on terms (program, version)",

        "create table partner (id {id}, handle text not null, type text not null, status text not null, stopped bigint not null, "
        "status_reason text not null, facts text not null, website text not null, version bigint not null, created_at_us bigint not null {key:id})",
        "create unique index partner_handle on partner (handle)",
        "create table partner_person (partner {id}, name text not null, email text not null, email_hash text not null {key:partner})",
        "create index partner_person_email on partner_person (email_hash)",
        // What tells a partner's own purchases: hashes of e-mail addresses and customer ids.
        "create table partner_identity (hash text not null, partner bigint not null, primary key (hash, partner)) {rowid}",
        "create table partner_tag (partner bigint not null, tag text not null, primary key (partner, tag)) {rowid}",
        "create table partner_note (id {id}, partner bigint not null, author text not null, text text not null, at_us bigint not null {key:id})",

        "create table application (id {id}, program bigint not null, status text not null, partner_type text not null, website text not null, "
        "answers text not null, terms_version bigint not null, token_hash text not null, key_given bigint not null, partner bigint not null, "
        "reason text not null, created_at_us bigint not null, decided_at_us bigint not null, decided_by text not null {key:program,id})",
        "create table application_person (application {id}, program bigint not null, name text not null, email text not null, "
        "email_hash text not null {key:application})",
        "create index application_person_email on application_person (program, email_hash)",

        "create table enrollment (id {id}, program bigint not null, partner bigint not null, status text not null, grp text not null, "
        "accepted_terms bigint not null, reason text not null, joined_at_us bigint not null {key:program,id})",
        "create unique index enrollment_partner on enrollment (program, partner)",
        "create index enrollment_of_partner on enrollment (partner)",

        "create table link (id {id}, program bigint not null, enrollment bigint not null, partner bigint not null, code text not null, "
        "destination text not null, channel text not null, sub1 text not null, sub2 text not null, sub3 text not null, sub4 text not null, "
        "sub5 text not null, stopped bigint not null, created_at_us bigint not null {key:program,id})",
        "create unique index link_code on link (code)",
        "create index link_of_enrollment on link (enrollment, id)",
        "{postgresql}create index link_id on link (id)",

        "create table fx_rate (program bigint not null, currency text not null, day bigint not null, rate text not null, "
        "primary key (program, currency, day)) {rowid}",
    };
    return tables;
}

}  // namespace partnerd::programs
