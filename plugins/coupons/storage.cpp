#include "storage.hpp"

namespace coupons {

namespace {

constexpr char const* tables_sqlite[] = {
    // starts_day, ends_day: civil days of the program's zone, both included; 0: open on that side.
    "create table coupons_campaign (id integer primary key, program bigint not null, campaign text not null, type text not null, starts_day bigint not null, "
    "ends_day bigint not null, customer_limit bigint not null, discount text not null, created_at_us bigint not null)",
    "create unique index coupons_campaign_name on coupons_campaign (program, campaign)",
    // code_key: the code in lower case. usage_limit 0: any number. payout_minor -1: what the terms say.
    "create table coupons_code (id integer primary key, program bigint not null, campaign bigint not null, code text not null, code_key text not null, "
    "enrollment bigint not null, usage_limit bigint not null, used bigint not null, payout_minor bigint not null, created_at_us bigint not null)",
    "create unique index coupons_code_key on coupons_code (program, code_key, campaign)",
    "create index coupons_code_of on coupons_code (enrollment)",
    "create table coupons_redemption (id integer primary key, program bigint not null, redemption_id text not null, code bigint not null, customer text not null, "
    "order_id text not null, at_us bigint not null, state text not null, conversion bigint not null, content text not null)",
    "create unique index coupons_redemption_natural on coupons_redemption (program, redemption_id)",
    "create index coupons_redemption_of_code on coupons_redemption (code)",
    "create table coupons_order (program bigint not null, order_id text not null, redemption bigint not null, primary key (program, order_id, redemption)) without rowid",
    "create table coupons_customer (code bigint not null, customer text not null, used bigint not null, primary key (code, customer)) without rowid",
    nullptr};

constexpr char const* tables_postgresql[] = {
    "create table coupons_campaign (id bigint not null, program bigint not null, campaign text not null, type text not null, starts_day bigint not null, "
    "ends_day bigint not null, customer_limit bigint not null, discount text not null, created_at_us bigint not null, primary key (program, id))",
    "create unique index coupons_campaign_name on coupons_campaign (program, campaign)",
    "create table coupons_code (id bigint not null, program bigint not null, campaign bigint not null, code text not null, code_key text not null, "
    "enrollment bigint not null, usage_limit bigint not null, used bigint not null, payout_minor bigint not null, created_at_us bigint not null, primary key (program, id))",
    "create unique index coupons_code_key on coupons_code (program, code_key, campaign)",
    "create index coupons_code_of on coupons_code (enrollment)",
    "create table coupons_redemption (id bigint not null, program bigint not null, redemption_id text not null, code bigint not null, customer text not null, "
    "order_id text not null, at_us bigint not null, state text not null, conversion bigint not null, content text not null, primary key (program, id))",
    "create unique index coupons_redemption_natural on coupons_redemption (program, redemption_id)",
    "create index coupons_redemption_of_code on coupons_redemption (code)",
    "create table coupons_order (program bigint not null, order_id text not null, redemption bigint not null, primary key (program, order_id, redemption))",
    "create table coupons_customer (code bigint not null, customer text not null, used bigint not null, primary key (code, customer))",
    nullptr};

}  // namespace

partnerd::Migration const migrations[1] = {partnerd::migration(1, "coupons", tables_sqlite, tables_postgresql)};

}  // namespace coupons
