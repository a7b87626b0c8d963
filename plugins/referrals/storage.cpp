#include "storage.hpp"

namespace referrals {

namespace {

// Who was brought by whom, as the shop told: a sign-up that came through a link. The sale that follows is the core's.
constexpr char const* tables_sqlite[] = {
    "create table referrals_signup (program bigint not null, customer text not null, conversion bigint not null, partner bigint not null, at_us bigint not null, "
    "primary key (program, customer)) without rowid",
    nullptr};

constexpr char const* tables_postgresql[] = {
    "create table referrals_signup (program bigint not null, customer text not null, conversion bigint not null, partner bigint not null, at_us bigint not null, "
    "primary key (program, customer))",
    nullptr};

// The list of sign-ups goes by the conversion.
constexpr char const* order_of_signups[] = {"create index referrals_signup_conversion on referrals_signup (program, conversion)", nullptr};

}  // namespace

partnerd::Migration const migrations[2] = {partnerd::migration(1, "referrals", tables_sqlite, tables_postgresql),
                                           partnerd::migration(2, "order of sign-ups", order_of_signups, order_of_signups)};

}  // namespace referrals
