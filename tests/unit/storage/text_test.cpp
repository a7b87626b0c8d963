// What storage/ reads and writes as text: the url, table definitions, the first words of a statement, PostgreSQL's values.
#include <boost/test/unit_test.hpp>

#include <limits>

#include "storage/postgresql_text.hpp"
#include "storage/schema.hpp"
#include "storage/sql_text.hpp"
#include "storage/url.hpp"

namespace partnerd::storage {

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(urls_of_sqlite) {
    BOOST_TEST(parse_url("sqlite:///var/lib/partnerd/partnerd.db").path == "/var/lib/partnerd/partnerd.db");
    BOOST_TEST(parse_url("sqlite:relative/path.db").path == "relative/path.db");
    BOOST_TEST(parse_url("sqlite:/absolute.db").path == "/absolute.db");
    BOOST_TEST(parse_url("sqlite:///a folder/with=signs.db").path == "/a folder/with=signs.db");
    BOOST_TEST((parse_url("sqlite:a.db").dialect == Dialect::sqlite));
}

BOOST_AUTO_TEST_CASE(urls_of_postgresql) {
    struct Case {
        char const* url;
        char const* conninfo;
        char const* shown;
    };
    for (auto const& c :
         {Case{"postgresql://user:pass@host:5433/name", "host=host port=5433 user=user password=pass dbname=name",
               "postgresql://user@host:5433/name"},
          Case{"postgresql://host/name", "host=host dbname=name", "postgresql://host/name"},
          Case{"postgres://user@/name?host=/run/postgresql", "user=user dbname=name host=/run/postgresql", "postgresql://user@/name"},
          Case{"postgresql://u:p%40ss%3Aword@host/name", "host=host user=u password=p@ss:word dbname=name", "postgresql://u@host/name"},
          Case{"postgresql://u@[::1]:5432/name?sslmode=require&connect_timeout=2",
               "host=::1 port=5432 user=u dbname=name sslmode=require connect_timeout=2", "postgresql://u@[::1]:5432/name"},
          Case{"postgresql://u@a.example,b.example/name?target_session_attrs=read-write",
               "host=a.example,b.example user=u dbname=name target_session_attrs=read-write", "postgresql://u@a.example,b.example/name"},
          Case{"postgresql://a:5433,[::2]:5434,c/name", "host=a,::2,c port=5433,5434, dbname=name", "postgresql://a:5433,[::2]:5434,c/name"}})
        BOOST_TEST_CONTEXT(c.url) {
            auto const url = parse_url(c.url);
            BOOST_TEST((url.dialect == Dialect::postgresql));
            BOOST_TEST(url.conninfo == c.conninfo);
            BOOST_TEST(url.shown == c.shown);
        }
}

BOOST_AUTO_TEST_CASE(urls_that_are_refused_show_the_forms) {
    for (auto const* url : {"",
                            "partnerd.db",
                            "/var/lib/partnerd.db",
                            "mysql://host/name",
                            "sqlite:",
                            "sqlite:///",
                            "sqlite://host/path",
                            "sqlite:folder/",
                            "sqlite::memory:",
                            "sqlite:file:a.db?mode=ro",
                            "sqlite:a\"b.db",
                            "postgresql://",
                            "postgresql://host",
                            "postgresql://host/",
                            "postgresql://u:a b@host/name",
                            "postgresql://u:a%20b@host/name",
                            "postgresql://u:a%3Db@host/name",
                            "postgresql://u:a%zz@host/name",
                            "postgresql://u:a%4@host/name",
                            "postgresql://u:it%27s@host/name",
                            "postgresql://[::1/name",
                            "postgresql://a,[::1/name",
                            "postgresql://host/name?Host=x",
                            "postgresql://host/name?=x"})
        BOOST_TEST_CONTEXT(url)
        BOOST_CHECK_EXCEPTION(parse_url(url), Failure, [](Failure const& failure) {
            return failure.category == Failure::Category::syntax &&
                   std::string(failure.what()).find("sqlite:///var/lib") != std::string::npos;
        });
}

BOOST_AUTO_TEST_CASE(a_refused_url_does_not_show_its_password) {
    BOOST_CHECK_EXCEPTION(parse_url("postgresql://u:top%20secret@host/name"), Failure,
                          [](Failure const& failure) { return std::string(failure.what()).find("secret") == std::string::npos; });
}

BOOST_AUTO_TEST_CASE(table_definitions_for_each_dialect) {
    struct Case {
        char const* statement;
        char const* sqlite;
        char const* postgresql;
    };
    for (auto const& c :
         {Case{"create table link (id {id}, program bigint not null{key:program,id})",
               "create table link (id integer primary key, program bigint not null)",
               "create table link (id bigint not null, program bigint not null, primary key (program,id))"},
          Case{"create table c (a bigint, primary key (a)){rowid}", "create table c (a bigint, primary key (a)) without rowid",
               "create table c (a bigint, primary key (a))"},
          Case{"{sqlite}create index a on b (c)", "create index a on b (c)", ""},
          Case{"{postgresql}create index a on b (c)", "", "create index a on b (c)"},
          Case{"create table a (b text default '{}')", "create table a (b text default '{}')", "create table a (b text default '{}')"},
          Case{"create table a (b text)", "create table a (b text)", "create table a (b text)"}})
        BOOST_TEST_CONTEXT(c.statement) {
            BOOST_TEST(for_dialect(c.statement, Dialect::sqlite) == c.sqlite);
            BOOST_TEST(for_dialect(c.statement, Dialect::postgresql) == c.postgresql);
        }
    for (auto const* refused : {"create table a (b {di})", "create table a (b {id", "{mysql}create table a (b text)"})
        BOOST_TEST_CONTEXT(refused) BOOST_CHECK_THROW(for_dialect(refused, Dialect::sqlite), Failure);
}

BOOST_AUTO_TEST_CASE(a_migration_keeps_the_order_of_its_lists) {
    auto const step = make_migration(3, "three",
                                     {{"create table a (id {id}{key:id})", "{sqlite}create index s on a (id)"},
                                      {"{postgresql}create index p on a (id)", "create table b (c text)"}});
    BOOST_TEST(step.version == 3u);
    BOOST_TEST(step.name == "three");
    BOOST_TEST((step.sqlite == std::vector<std::string>{"create table a (id integer primary key)", "create index s on a (id)",
                                                        "create table b (c text)"}));
    BOOST_TEST((step.postgresql == std::vector<std::string>{"create table a (id bigint not null, primary key (id))",
                                                            "create index p on a (id)", "create table b (c text)"}));
}

BOOST_AUTO_TEST_CASE(the_first_word_of_a_statement) {
    BOOST_TEST(first_word_of_sql("  -- a comment\n /* another */ SELECT 1") == "select");
    BOOST_TEST(first_word_of_sql("with a as (select 1) select 1") == "with");
    BOOST_TEST(first_word_of_sql("") == "");
    for (auto const* blank : {"", " ", ";", " ;\n; ", "-- only", "/* only */", "/* open", "; -- a\n /* b */ ;"})
        BOOST_TEST_CONTEXT(blank) BOOST_TEST(is_blank_sql(blank));
    for (auto const* sql : {"x", "; select 1", "-- a\nselect 1", "/* a */ b"}) BOOST_TEST_CONTEXT(sql) BOOST_TEST(!is_blank_sql(sql));
    for (auto const* refused :
         {"begin", "BEGIN IMMEDIATE", "commit", " Commit;", "END", "rollback to x", "savepoint x", "release x", "pragma foreign_keys=off",
          "attach 'x' as y", "vacuum", "set role postgres", "/**/set local x = 1", "listen x", "copy a from stdin", "discard all"})
        BOOST_TEST_CONTEXT(refused) BOOST_CHECK_THROW(refuse_session_statements(refused), Failure);
    for (auto const* taken : {"select 1", "insert into begin_ (a) values (1)", "update a set b = 1", "with x as (select 1) select 1",
                              "delete from commit_log", "create table setting (a text)"})
        BOOST_TEST_CONTEXT(taken) BOOST_CHECK_NO_THROW(refuse_session_statements(taken));
}

BOOST_AUTO_TEST_CASE(values_as_postgresql_writes_them) {
    BOOST_TEST(postgresql_text(Value(std::numeric_limits<std::int64_t>::min())) == "-9223372036854775808");
    BOOST_TEST(postgresql_text(Value(0.1)) == "0.1");
    BOOST_TEST(postgresql_text(Value("it's")) == "it's");
    Value blob(std::string_view("a\0\xff", 3));
    blob.kind = Value::Kind::blob;
    BOOST_TEST(postgresql_text(blob) == "\\x6100ff");
    std::string decoded;
    struct Case {
        ColumnType declared;
        unsigned oid;
        char const* text;
        bool taken;
    };
    for (auto const& c :
         {Case{ColumnType::i64, 20, "9223372036854775807", true}, Case{ColumnType::i64, 1700, "12", true},
          Case{ColumnType::i64, 16, "t", true}, Case{ColumnType::i64, 1700, "12.5", false},
          Case{ColumnType::i64, 1700, "9223372036854775808", false}, Case{ColumnType::i64, 25, "12", false},
          Case{ColumnType::i64, 701, "12", false}, Case{ColumnType::f64, 701, "-1.5e300", true}, Case{ColumnType::f64, 701, "NaN", true},
          Case{ColumnType::f64, 20, "7", true}, Case{ColumnType::f64, 25, "7", false}, Case{ColumnType::text, 25, "", true},
          Case{ColumnType::text, 1043, "x", true}, Case{ColumnType::text, 20, "7", false}, Case{ColumnType::text, 17, "\\x00", false},
          Case{ColumnType::blob, 17, "\\x00ff", true}, Case{ColumnType::blob, 17, "\\x", true}, Case{ColumnType::blob, 25, "x", false}})
        BOOST_TEST_CONTEXT(c.oid << ' ' << c.text) BOOST_TEST(value_of_text(c.declared, c.oid, c.text, decoded).has_value() == c.taken);
    BOOST_TEST((value_of_text(ColumnType::blob, 17, "\\x6100ff", decoded)->bytes == std::string_view("a\0\xff", 3)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
