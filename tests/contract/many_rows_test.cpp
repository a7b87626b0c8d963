// Rows that come together: Tx::insert_all(), which SQLite reads from a virtual table.
#include <boost/test/unit_test.hpp>

#include "contract/rows.hpp"

namespace partnerd::storage {

BOOST_AUTO_TEST_SUITE(many_rows)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_type_comes_back_as_it_was_from_rows_that_come_together, Database, Databases) {
    Opened<Database> opened;
    std::string const hard = "a \"quoted\" {text}, a \\ and \xc3\xa4";
    opened.storage->write([&](Tx& tx) {
        Value blob{std::string_view("\0\x01\xff", 3)};
        blob.kind = Value::Kind::blob;
        int given = 0;
        tx.insert_all(items(), [&](std::span<Value> row) {
            if (given == 3) return false;
            BOOST_TEST(row.size() == 5);
            row[0] = std::int64_t{++given};
            row[1] = given == 1 ? Value(INT64_MIN) : Value();
            row[2] = given == 1 ? Value(0.1) : Value();
            row[3] = given == 1 ? Value(hard) : given == 2 ? Value("") : Value();
            row[4] = given == 1 ? blob : Value();
            return true;
        });
        BOOST_TEST(given == 3);
        tx.insert_all(items(), [](std::span<Value>) { return false; });
        return true;
    });
    BOOST_TEST(rows_of(*opened.storage) == "1:" + std::to_string(INT64_MIN) + ":" + hard + " 2:null: 3:null:null ");
    opened.storage->read([&](Tx& tx) {
        BOOST_TEST(tx.value<double>("select amount from item where id = 1").value() == 0.1);
        BOOST_TEST(tx.value<std::int64_t>("select cast(length(data) as bigint) from item where id = 1").value() == 3);
        BOOST_TEST(tx.value<std::int64_t>("select 1 from item where id = 3 and amount is null and data is null").has_value());
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_that_come_together_meet_those_that_are_there_as_single_ones_do, Database, Databases) {
    Opened<Database> opened;
    auto const pairs = [](std::vector<std::pair<std::int64_t, std::int64_t>> given) -> RowSource {
        return [given, i = std::size_t{0}](std::span<Value> row) mutable {
            if (i == given.size()) return false;
            row[0] = given[i].first;
            row[1] = given[i++].second;
            return true;
        };
    };
    opened.storage->write([&](Tx& tx) {
        tx.insert_all(sums(), pairs({{1, 1}, {2, 2}, {1, 10}}));
        BOOST_TEST(value_of(tx, 1).value() == 11);
        tx.insert_all(sums(), pairs({{1, 100}}));
        tx.insert_all(only_sums(), pairs({{2, 5}, {9, 9}}));
        tx.insert_all(kept(), pairs({{2, 50}, {3, 3}, {3, 4}}));
        tx.insert_all(items(), items_of({7}, "new"));
        tx.insert(sums(), {std::int64_t{1}, std::int64_t{1000}});
        return true;
    });
    BOOST_TEST(rows_of(*opened.storage) == "1:1111:null 2:7:null 3:3:null 7:70:new ");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_refused_row_of_those_that_come_together_undoes_its_unit_alone, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) { return insert_item(tx, 3), true; });
    auto units = units_of(5, [](Tx& tx, int i) {
        if (i == 2) tx.insert_all(items(), items_of({20, 21, 3, 22}));
        else tx.insert_all(items(), items_of({100 + i, 200 + i}));
        return true;
    });
    auto const states = run_together(*opened.storage, units);
    for (int i = 0; i < 5; ++i) BOOST_TEST((states[static_cast<std::size_t>(i)] == (i == 2 ? UnitState::rolled_back : UnitState::committed)), "unit " << i);
    BOOST_TEST(rows_of(*opened.storage) == "3:30:null 100:1000:null 101:1010:null 103:1030:null 104:1040:null 200:2000:null 201:2010:null 203:2030:null 204:2040:null ");
}

// Not a broken constraint: SQLite counts no change then, and the rows before it are there all the same.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_nul_half_way_leaves_nothing_of_its_unit, Database, Databases) {
    Opened<Database> opened;
    auto const half_way = [](Tx& tx, std::int64_t first) {
        tx.insert_all(items(), [first, i = std::int64_t{0}](std::span<Value> row) mutable {
            if (i == 4) return false;
            std::ranges::fill(row, Value());
            row[0] = first + i;
            if (++i == 3) row[3] = std::string_view("a\0b", 3);
            return true;
        });
        return true;
    };
    BOOST_CHECK_THROW(opened.storage->write([&](Tx& tx) { return half_way(tx, 20); }), Failure);
    BOOST_TEST(opened.count() == 0);
    auto units = units_of(5, [&](Tx& tx, int i) { return i == 2 ? half_way(tx, 20) : (insert_item(tx, i), true); });
    auto const states = run_together(*opened.storage, units);
    for (int i = 0; i < 5; ++i) BOOST_TEST((states[static_cast<std::size_t>(i)] == (i == 2 ? UnitState::rolled_back : UnitState::committed)), "unit " << i);
    BOOST_TEST(rows_of(*opened.storage) == "0:0:null 1:10:null 3:30:null 4:40:null ");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_that_come_together_are_refused_where_single_ones_are, Database, Databases) {
    Opened<Database> opened;
    BOOST_CHECK_THROW(opened.storage->read([](Tx& tx) { tx.insert_all(items(), items_of({1})); }), Failure);
    BOOST_CHECK_THROW(opened.storage->write([](Tx& tx) { return tx.insert_all(items(), items_of({1}, std::string("a\0b", 3))), true; }), Failure);
    BOOST_CHECK_THROW(opened.storage->write([](Tx& tx) { return tx.insert_all(items(), items_of({1, 1})), true; }), Failure);
    BOOST_TEST(opened.count() == 0);
    opened.storage->write([](Tx& tx) { return tx.insert_all(items(), items_of({1})), true; });
    BOOST_TEST(opened.count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(rows_of_sqlite, Opened<SqliteDatabase>)

BOOST_AUTO_TEST_CASE(what_was_fed_to_a_statement_is_nobody_elses_to_read) {
    storage->write([](Tx& tx) {
        tx.insert_all(items(), items_of({1, 2}));
        BOOST_TEST(tx.value<std::int64_t>("select count(*) from partnerd_row_feed").value() == 0);
        return true;
    });
}

BOOST_AUTO_TEST_CASE(a_table_of_the_feeds_name_is_a_failure_and_no_row_is_lost_in_silence) {
    storage->write_unbounded([](Tx& tx) { return tx.exec("create table partnerd_row_feed (c0, c1, c2, c3, c4)"), true; });
    BOOST_CHECK_EXCEPTION(storage->write([](Tx& tx) { return tx.insert_all(items(), items_of({1, 2})), true; }), Failure,
                          [](Failure const& failure) { return std::string(failure.what()).find("drop it") != std::string::npos; });
    BOOST_TEST(count() == 0);
}

BOOST_AUTO_TEST_CASE(what_the_feed_was_compiled_to_write_is_not_the_next_statements) {
    static TableSet const items_alone({"item"});
    storage->write([&](Tx& tx) {
        tx.insert_all(items(), items_of({1, 2}));
        auto const before = tx.changes_of(items_alone);
        tx.exec("delete from child where 1 = 0");
        BOOST_TEST(tx.changes_of(items_alone) == before);
        return true;
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
