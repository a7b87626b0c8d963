#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

#include "contract/database.hpp"

namespace partnerd::storage {
namespace {

Migration step(std::uint32_t version, std::string const& statement) {
    return {version, "step " + std::to_string(version), {statement}, {statement}};
}

template <class Work>
std::string message_of(Work work) {
    try {
        work();
    } catch (Failure const& failure) {
        BOOST_TEST((failure.category == Failure::Category::state));
        return failure.what();
    }
    return {};
}

bool has(std::string const& text, char const* part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(migrations)

BOOST_AUTO_TEST_CASE_TEMPLATE(steps_are_applied_once_in_order, Database, Databases) {
    Database database;
    auto storage = open_storage(database.settings());
    auto const one = step(1, "create table a (id bigint not null)"), two = step(2, "alter table a add column name text");
    BOOST_TEST(migrate(*storage, "core", {one}) == 1);
    BOOST_TEST(migrate(*storage, "core", {one}) == 0);
    BOOST_TEST(migrate(*storage, "core", {one, two}) == 1);
    BOOST_TEST(migrate(*storage, "core", {one, two}) == 0);
    storage->write([](Tx& tx) { return tx.exec("insert into a (id, name) values (1, 'x')"), true; });
    storage->read([](Tx& tx) {
        auto const row = tx.row<std::int64_t, std::string, std::int64_t>(
            "select version, name, applied_at_us from migration where owner = 'core' order by version desc");
        BOOST_TEST(std::get<0>(*row) == 2);
        BOOST_TEST(std::get<1>(*row) == "step 2");
        BOOST_TEST(std::get<2>(*row) > 1'700'000'000'000'000);
    });
}

// Not even where one session does it all, and holds the plans of the step before.
BOOST_AUTO_TEST_CASE_TEMPLATE(no_step_runs_twice, Database, Databases) {
    Database database;
    auto settings = database.settings();
    settings.writers = 1;
    auto storage = open_storage(settings);
    BOOST_TEST(migrate(*storage, "core", {step(1, "create table a (id bigint not null)"), step(2, "alter table a add column name text")}) == 2);
    BOOST_TEST(storage->statistics().rerun == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(texts_are_ordered_by_code_point_whatever_the_database_was_made_with, Database, Databases) {
    Database database;
    auto storage = open_storage(database.settings());
    migrate(*storage, "core", {step(1, "create table word (word text not null, primary key (word))"), step(2, "alter table word add column other text")});
    storage->write([](Tx& tx) { return tx.exec("insert into word (word, other) values ('b', 'b'), ('A', 'A'), ('a', 'a'), ('_', '_'), ('B', 'B'), ('\xc3\xa4', 'ae'), ('a-b', 'a-b'), ('ab', 'ab')"), true; });
    for (auto const* const column : {"word", "other"}) {
        std::string order;
        storage->read([&](Tx& tx) {
            for (auto const& [word] : tx.query<std::string>("select word from word order by " + std::string(column) + ", word")) order += word + ' ';
            BOOST_TEST(tx.value<std::int64_t>("select count(*) from word where " + std::string(column) + " < 'a'").value() == 3);
        });
        BOOST_TEST(order == (column == std::string_view("word") ? "A B _ a a-b ab b \xc3\xa4 " : "A B _ a a-b ab \xc3\xa4 b "));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_edited_released_step_is_refused, Database, Databases) {
    Database database;
    auto storage = open_storage(database.settings());
    migrate(*storage, "core", {step(1, "create table a (id bigint not null)")});
    auto const text = message_of([&] {
        migrate(*storage, "core", {step(1, "create table a (id bigint)"), step(2, "create table b (id bigint)")});
    });
    BOOST_TEST(has(text, "core/1"));
    BOOST_TEST(has(text, "edited"));
    BOOST_CHECK_THROW(storage->write([](Tx& tx) { return tx.exec("insert into b (id) values (1)"), true; }), Failure);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_database_newer_than_the_program_is_refused, Database, Databases) {
    Database database;
    auto storage = open_storage(database.settings());
    auto const one = step(1, "create table a (id bigint)");
    migrate(*storage, "core", {one, step(2, "create table b (id bigint)")});
    auto const text = message_of([&] { migrate(*storage, "core", {one}); });
    BOOST_TEST(has(text, "newer"));
    BOOST_TEST(has(text, "core/2"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(versions_with_a_gap_or_out_of_order_are_refused, Database, Databases) {
    Database database;
    auto storage = open_storage(database.settings());
    auto const statement = "create table a (id bigint)";
    for (auto const& steps :
         {std::vector{step(2, statement)}, std::vector{step(0, statement)}, std::vector{step(1, statement), step(3, statement)},
          std::vector{step(1, statement), step(1, statement)}, std::vector{step(2, statement), step(1, statement)}})
        BOOST_TEST(has(message_of([&] { migrate(*storage, "core", steps); }), "without a gap"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_step_that_fails_leaves_nothing_of_itself, Database, Databases) {
    Database database;
    auto storage = open_storage(database.settings());
    Migration broken{2, "broken", {}, {}};
    broken.sqlite = broken.postgresql = {"create table b (id bigint)", "create table c (id bigint", "create table d (id bigint)"};
    auto const one = step(1, "create table a (id bigint)");
    BOOST_CHECK_THROW(migrate(*storage, "core", {one, broken}), Failure);
    BOOST_CHECK_THROW(storage->read([](Tx& tx) { tx.value<std::int64_t>("select count(*) from b"); }), Failure);
    broken.sqlite[1] = broken.postgresql[1] = "create table c (id bigint)";
    BOOST_TEST(migrate(*storage, "core", {one, broken}) == 1);
    storage->read([](Tx& tx) { BOOST_TEST(tx.value<std::int64_t>("select count(*) from d").value() == 0); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_plugin_touches_only_tables_with_its_prefix, Database, Databases) {
    Database database;
    auto storage = open_storage(database.settings());
    migrate(*storage, "core", {step(1, "create table conversion (id bigint primary key)")});
    for (auto const* refused :
         {"create table code (id bigint)", "create table coupon_code (id bigint)", "alter table conversion add column x text",
          "drop table conversion", "create index coupons_i on conversion (id)", "create index i on coupons_code (id)",
          "create unique index if not exists coupons_i on \"conversion\" (id)", "insert into conversion (id) values (1)",
          "update conversion set id = 2", "delete from conversion", "alter table coupons_code rename to conversion2",
          "create view coupons_all as select * from conversion", "create trigger coupons_t after insert on conversion begin select 1; end",
          "create table if not exists other (id bigint)", "create temporary table coupons_x (id bigint)", ""})
        BOOST_TEST_CONTEXT(refused) BOOST_TEST(has(message_of([&] { migrate(*storage, "coupons", {step(1, refused)}); }), "coupons_"));
    Migration own{1, "own", {}, {}};
    own.sqlite =
        own.postgresql = {"create table if not exists coupons_code (id bigint primary key, conversion bigint references conversion(id))",
                          "create unique index coupons_code_by_conversion on coupons_code (conversion)",
                          "alter table coupons_code add column note text",
                          "insert into coupons_code (id) values (1)",
                          "update coupons_code set note = 'x'",
                          "alter table coupons_code rename to coupons_codes"};
    BOOST_TEST(migrate(*storage, "coupons", {own}) == 1);
    BOOST_TEST(migrate(*storage, "coupons", {own}) == 0);
    storage->read([](Tx& tx) { BOOST_TEST(tx.value<std::string>("select note from coupons_codes").value() == "x"); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(whoever_only_reads_refuses_a_database_that_is_not_up_to_date, Database, Databases) {
    Database database;
    auto storage = open_storage(database.settings());
    auto const one = step(1, "create table a (id bigint)"), two = step(2, "create table b (id bigint)");
    migrate(*storage, "core", {one});
    auto settings = database.settings();
    settings.read_only = true;
    auto const reader = open_storage(settings);
    BOOST_TEST(reader->read_only());
    BOOST_TEST(!storage->read_only());
    BOOST_TEST(migrate(*reader, "core", {one}) == 0);
    BOOST_TEST(has(message_of([&] { migrate(*reader, "core", {one, two}); }), "core/2"));
    BOOST_TEST(has(message_of([&] { migrate(*reader, "core", {step(1, "create table c (id bigint)")}); }), "edited"));
    migrate(*storage, "core", {one, two});
    BOOST_TEST(migrate(*reader, "core", {one, two}) == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_that_migrate_at_once_apply_each_step_once, Database, Databases) {
    Database database;
    auto storage = open_storage(database.settings());
    std::vector<Migration> steps;
    for (std::uint32_t i = 1; i <= 5; ++i) steps.push_back(step(i, "create table t" + std::to_string(i) + " (id bigint)"));
    std::atomic<int> applied{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { applied += migrate(*storage, "core", steps); });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(applied == 5);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
