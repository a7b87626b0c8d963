#include "tracking/tables.hpp"

namespace partnerd::tracking {

storage::TableList const& tracking_tables() {
    static storage::TableList const tables = {
        // The ingest table: its key grows with time, and there is no other index. When it was is in the id.
        "create table click (id {id}, program bigint not null, link bigint not null, sub1 text not null, sub2 text not null, sub3 text not null, "
        "sub4 text not null, sub5 text not null, visitor bigint not null, is_unique bigint not null, referrer text not null {key:program,id})",

        "create table conversion (id {id}, program bigint not null, kind text not null, external_id text not null, test bigint not null, "
        "order_id text not null, state text not null, reason text not null, at_us bigint not null, recorded_at_us bigint not null, "
        // What the merchant reported, in the order's currency; order_* is what the last edit made of it, left_* what refunds left of that.
        "currency text not null, exponent bigint not null, total_minor bigint not null, base_minor bigint not null, left_total_minor bigint not null, "
        "left_base_minor bigint not null, order_total_minor bigint not null, order_base_minor bigint not null, breakdown text not null, "
        "ordered_items text not null, items text not null, customer text not null, customer_is_new bigint not null, click bigint not null, link bigint not null, "
        "code text not null, source text not null, enrollment bigint not null, partner bigint not null, terms bigint not null, plugin text not null, content_hash text not null {key:program,id})",
        "create unique index conversion_natural on conversion (program, test, kind, external_id)",
        "{postgresql}create index conversion_id on conversion (id)",
        // snapshot: the facts that the rules saw. winners, due: what a refund re-evaluates. trace: candidates, attribution, rules.
        "create table conversion_trace (conversion {id}, program bigint not null, snapshot text not null, winners text not null, due text not null, "
        "fx_rate text not null, trace text not null {key:program,conversion})",
        "create table order_claim (scope text not null, order_id text not null, conversion bigint not null, primary key (scope, order_id)) {rowid}",

        "create table commission (id {id}, program bigint not null, conversion bigint not null, enrollment bigint not null, partner bigint not null, "
        "line_key text not null, rule text not null, kind text not null, currency text not null, exponent bigint not null, gross_minor bigint not null, "
        "net_minor bigint not null, state text not null, released bigint not null, at_us bigint not null, payable_at_us bigint not null, "
        "reason text not null {key:program,id})",
        "create unique index commission_line on commission (conversion, line_key, enrollment)",
        "create index commission_due on commission (payable_at_us) where released = 0",
        "create index commission_of_partner on commission (program, partner, id)",
        // Of a held commission too; those are posted when it is approved.
        "create table commission_change (id {id}, program bigint not null, commission bigint not null, conversion bigint not null, adjustment bigint not null, "
        "delta_minor bigint not null, at_us bigint not null {key:program,id})",
        "create index commission_change_of on commission_change (commission)",

        "create table adjustment (id {id}, program bigint not null, conversion bigint not null, adjustment_id text not null, type text not null, "
        "amount_minor bigint not null, base_minor bigint not null, items text not null, reason text not null, at_us bigint not null, "
        // amount and base: what it took (an edit may take less than nothing). trace: what the rules gave on what was left.
        "recorded_at_us bigint not null, content_hash text not null, trace text not null {key:program,id})",
        "create unique index adjustment_natural on adjustment (conversion, adjustment_id)",

        "create table customer (program bigint not null, customer text not null, first_at_us bigint not null, primary key (program, customer)) {rowid}",
        "create table customer_person (program bigint not null, customer text not null, reference text not null, primary key (program, customer)) {rowid}",
        "create table binding (program bigint not null, customer text not null, from_us bigint not null, until_us bigint not null, enrollment bigint not null, "
        "conversion bigint not null, primary key (program, customer, from_us)) {rowid}",

        // Roll-ups by day in the program's zone, kept by the transaction that makes what they count.
        "create table rollup_traffic (program bigint not null, partner bigint not null, day bigint not null, link bigint not null, sub1 text not null, "
        "clicks bigint not null, uniques bigint not null, primary key (program, partner, day, link, sub1)) {rowid}",
        // The newest click that rollup_traffic counts (traffic.hpp). SQLite only.
        "create table rollup_mark (name text primary key, id bigint not null) {rowid}",
        "create table rollup_sales (program bigint not null, partner bigint not null, day bigint not null, link bigint not null, sub1 text not null, "
        "kind text not null, conversions bigint not null, revenue_minor bigint not null, primary key (program, partner, day, link, sub1, kind)) {rowid}",
        // event_day: of the sale for what was earned, of the refund for what was reversed.
        "create table rollup_commission (program bigint not null, partner bigint not null, day bigint not null, link bigint not null, sub1 text not null, "
        "kind text not null, event_day bigint not null, payable_day bigint not null, gross_minor bigint not null, reversed_minor bigint not null, "
        "paid_minor bigint not null, primary key (program, partner, day, link, sub1, kind, event_day, payable_day)) {rowid}",
    };
    return tables;
}

storage::TableList const& click_week_tables() {
    static storage::TableList const tables = {
        // The first sub-id of the click: roll-ups need it for refunds when the click is gone.
        "alter table conversion add column sub1 text not null default ''",
        "update conversion set sub1 = coalesce((select k.sub1 from click k where k.program = conversion.program and k.id = conversion.click), '') "
        "where click <> 0 and source = 'click'",
        // What there is becomes one partition, to the end of the week of its newest click or of now; the others come by and by (click_weeks.hpp).
        "{postgresql}alter table click rename to click_first",
        "{postgresql}alter index click_pkey rename to click_first_pkey",
        "{postgresql}create table click (like click_first including all) partition by range (id)",
        "{postgresql}do $$ declare week constant bigint = 604800000 * 4194304::bigint; newest bigint; ends bigint; name text; begin "
        "select max(id) into newest from click_first; "
        "if newest is null then drop table click_first; return; end if; "
        "ends = (greatest(newest, ((extract(epoch from now()) * 1000)::bigint - 1735689600000) * 4194304) / week + 1) * week; "
        "name = to_char(to_timestamp((ends / 4194304 + 1735689600000) / 1000.0) at time zone 'UTC', '\"click_until_\"YYYY_MM_DD'); "
        "execute format('alter table click_first rename to %I', name); "
        "execute format('alter index click_first_pkey rename to %I', name || '_pkey'); "
        "execute format('alter table click attach partition %I for values from (minvalue) to (%s)', name, ends); end $$",
    };
    return tables;
}

}  // namespace partnerd::tracking
