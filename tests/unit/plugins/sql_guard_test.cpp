#include "plugins/sql_guard.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::plugins {

BOOST_AUTO_TEST_SUITE(sql_guard)

BOOST_AUTO_TEST_CASE(statements_on_the_plugins_own_tables_pass) {
    struct {
        char const* sql;
        bool writes;
    } const cases[] = {
        {"select 1", false},
        {"select a, b from shop_code c where c.a = :a;", false},
        {"SELECT a FROM \"shop_code\", shop_use u join shop_x on 1 = 1 left join shop_y using (a)", false},
        {"select x from (select a as x from shop_code) t", false},
        {"with t(a) as (select a from shop_code), u as not materialized (select 1) select * from t, u", false},
        {"select 'from partner' as text, a is distinct from b from shop_code -- from partner\n", false},
        {"select value from json_each(:json)", false},
        {"select * from shop_code /* from partner */ for update", false},
        {"insert into shop_code (a) values (1) on conflict (a) do update set a = 2 returning a", true},
        {"insert or replace into shop_code select * from shop_use", true},
        {"update or ignore shop_code set a = 1 where b in (select b from shop_use)", true},
        {"delete from shop_code where a = 'it''s; fine'", true},
        {"with t as (select 1) delete from shop_code where a in (select * from t)", true},
    };
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.sql) {
            auto const verdict = judge_sql("shop", c.sql);
            BOOST_REQUIRE_MESSAGE(verdict.has_value(), (verdict ? std::string() : verdict.error().detail));
            BOOST_TEST(verdict->writes == c.writes);
        }
    }
}

BOOST_AUTO_TEST_CASE(everything_else_is_refused) {
    char const* const refused[] = {
        "",
        "  -- nothing\n",
        ";",
        "begin",
        "commit",
        "rollback",
        "savepoint a",
        "release a",
        "end",
        "pragma journal_mode = delete",
        "attach 'x' as y",
        "vacuum",
        "create table shop_x (a bigint)",
        "drop table shop_code",
        "alter table shop_code add column b",
        "set role admin",
        "copy shop_code from '/etc/passwd'",
        "explain select 1",
        "do $$ begin end $$",
        "select 1; select 2",
        "select 1; drop table shop_code",
        "select * from partner",
        "select c0 from partnerd_row_feed",
        "select * from PARTNER",
        "select * from \"partner\"",
        "select * from [partner]",
        "select * from `partner`",
        "select * from main.shop_code",
        "select * from shop_code, partner",
        "select * from shop_code a, (select 1) b, partner",
        "select * from shop_code join partner on 1 = 1",
        "select * from (select * from partner) t",
        "select * from (partner)",
        "select (select handle from partner limit 1)",
        "select * from shop_code where a in (select a from api_key)",
        "select * from shop",
        "select * from shop_",
        "select * from shopper_code",
        "select * from sqlite_master",
        "select * from pg_read_file('x')",
        "select * from pg_stat_activity",
        "insert into conversion values (1)",
        "insert into shop_code select * from partner",
        "insert or replace into partner values (1)",
        "replace into partner values (1)",
        "update partner set a = 1",
        "update or ignore partner set a = 1",
        "update only partner set a = 1",
        "delete from partner",
        "delete from only partner",
        "with t as (select 1) delete from partner",
        "with t as (select 1) delete from t",
        "with t as (delete from partner returning *) select * from t",
        "select * into partner from shop_code",
        "select /**/ * from/**/partner",
        "select 'open",
        "select \"open",
        "select /* open",
    };
    for (auto const* const sql : refused) {
        BOOST_TEST_CONTEXT(sql) { BOOST_TEST(!judge_sql("shop", sql)); }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::plugins
