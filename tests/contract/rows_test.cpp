// Rows that nobody asks about: Tx::insert(). On PostgreSQL those of a batch travel together, so whose fault a refused one is must be found
// out, and what is read afterwards must see them.
#include <boost/test/unit_test.hpp>

#include "contract/rows.hpp"

namespace partnerd::storage {

BOOST_AUTO_TEST_SUITE(rows)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_type_comes_back_as_it_was, Database, Databases) {
    Opened<Database> opened;
    std::string const hard = "a \"quoted\" {text}, a \\ and \xc3\xa4";
    Value blob{std::string_view("\0\x01\xff", 3)};
    blob.kind = Value::Kind::blob;
    opened.storage->write([&](Tx& tx) {
        tx.insert(items(), {std::int64_t{1}, INT64_MIN, 0.1, hard, blob});
        tx.insert(items(), {std::int64_t{2}, Value(), Value(), "", Value()});
        return true;
    });
    opened.storage->read([&](Tx& tx) {
        auto const one = tx.row<std::int64_t, double, std::string>("select value, amount, note from item where id = 1").value();
        BOOST_TEST(std::get<0>(one) == INT64_MIN);
        BOOST_TEST(std::get<1>(one) == 0.1);
        BOOST_TEST(std::get<2>(one) == hard);
        BOOST_TEST(tx.value<std::int64_t>("select cast(length(data) as bigint) from item where id = 1").value() == 3);
        BOOST_TEST(tx.value<std::int64_t>("select 1 from item where id = 2 and value is null and amount is null and note = '' and data is null").has_value());
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(units_that_run_together_leave_the_rows_of_units_that_run_alone, Database, Databases) {
    auto const work = [](Tx& tx, int i) {
        insert_item(tx, 100 + i, "note " + std::to_string(i));
        tx.insert(sums(), {std::int64_t{1}, std::int64_t{i}});
        tx.insert(sums(), {std::int64_t{2 + i % 3}, std::int64_t{1}});
        tx.insert(kept(), {std::int64_t{50 + i % 2}, std::int64_t{i}});
        if (i == 5) tx.exec("update item set note = 'changed' where id = 100");
        return i % 4 != 3;  // some are refused after they wrote
    };
    Opened<Database> together, alone;
    auto units = units_of(20, work);
    auto const states = run_together(*together.storage, units);
    for (int i = 0; i < 20; ++i) {
        bool const kept_it = alone.storage->write([&](Tx& tx) { return work(tx, i); });
        BOOST_TEST((states[static_cast<std::size_t>(i)] == (kept_it ? UnitState::committed : UnitState::rolled_back)), "unit " << i);
    }
    BOOST_TEST(rows_of(*together.storage) == rows_of(*alone.storage));
    BOOST_TEST(!rows_of(*alone.storage).empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_row_that_is_refused_is_the_fault_of_its_unit_alone, Database, Databases) {
    for (bool const read_afterwards : {false, true})
        BOOST_TEST_CONTEXT("read afterwards: " << read_afterwards) {
            Opened<Database> opened;
            opened.storage->write([](Tx& tx) { return insert_item(tx, 3), true; });
            auto units = units_of(8, [&](Tx& tx, int i) {
                insert_item(tx, i == 4 ? 3 : 10 + i);
                if (read_afterwards && i == 6) BOOST_TEST(value_of(tx, 16).value() == 160);
                return true;
            });
            auto const states = run_together(*opened.storage, units);
            for (int i = 0; i < 8; ++i) BOOST_TEST((states[static_cast<std::size_t>(i)] == (i == 4 ? UnitState::rolled_back : UnitState::committed)), "unit " << i);
            BOOST_TEST(opened.count() == 8);
        }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_units_with_one_key_the_first_keeps_it, Database, Databases) {
    Opened<Database> opened;
    auto units = units_of(3, [](Tx& tx, int i) { return insert_item(tx, i == 2 ? 21 : 20, "of " + std::to_string(i)), true; });
    auto const states = run_together(*opened.storage, units);
    BOOST_TEST((states == std::vector{UnitState::committed, UnitState::rolled_back, UnitState::committed}));
    BOOST_TEST(rows_of(*opened.storage) == "20:200:of 0 21:210:of 2 ");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_read_sees_what_was_inserted, Database, Databases) {
    Opened<Database> opened;
    auto const all = [](Tx& tx) { return tx.value<std::int64_t>("select count(*) from item").value(); };
    auto units = units_of(5, [&](Tx& tx, int i) {
        BOOST_TEST(all(tx) == 2 * i);
        insert_item(tx, 2 * i);
        insert_item(tx, 2 * i + 1);
        tx.value<std::int64_t>("select 1");  // asks about other things: nothing need be sent, and nothing be forgotten
        BOOST_TEST(all(tx) == 2 * i + 2);
        BOOST_TEST(all(tx) == 2 * i + 2);
        return true;
    });
    run_together(*opened.storage, units);
    BOOST_TEST(opened.count() == 10);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_that_were_sent_with_another_statement_are_seen_by_a_question_asked_before, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) {
        BOOST_TEST(!value_of(tx, 1));
        insert_item(tx, 1);
        BOOST_TEST(tx.value<std::int64_t>("select count(*) from item").value() == 1);
        BOOST_TEST(value_of(tx, 1).value() == 10);
        tx.insert(only_sums(), {std::int64_t{1}, std::int64_t{5}});
        tx.exec("update item set note = 'x' where id = 1");
        BOOST_TEST(value_of(tx, 1).value() == 15);
        return true;
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_added_adds_up, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) {
        for (int i = 1; i <= 10; ++i) {
            tx.insert(sums(), {std::int64_t{1}, std::int64_t{i}});
            tx.insert(sums(), {std::int64_t{2}, std::int64_t{-i}});
            tx.insert(only_sums(), {std::int64_t{9}, std::int64_t{i}});  // is not there
        }
        BOOST_TEST(value_of(tx, 1).value() == 55);
        tx.insert(sums(), {std::int64_t{1}, std::int64_t{45}});
        tx.insert(kept(), {std::int64_t{1}, std::int64_t{7}});
        return true;
    });
    BOOST_TEST(rows_of(*opened.storage) == "1:100:null 2:-55:null ");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_part_that_is_taken_back_takes_its_rows_with_it, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) {
        insert_item(tx, 1);
        tx.nested([&] { return insert_item(tx, 2), false; });
        tx.nested([&] { return insert_item(tx, 3), true; });
        BOOST_TEST(!value_of(tx, 2));
        return true;
    });
    BOOST_TEST(rows_of(*opened.storage) == "1:10:null 3:30:null ");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_text_that_postgresql_cannot_hold_is_refused_on_both, Database, Databases) {
    Opened<Database> opened;
    BOOST_CHECK_THROW(opened.storage->write([](Tx& tx) { return tx.insert(items(), {std::int64_t{1}, Value(), Value(), std::string_view("a\0b", 3), Value()}), true; }), Failure);
    BOOST_TEST(opened.count() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(who_only_reads_inserts_nothing, Database, Databases) {
    Opened<Database> opened;
    BOOST_CHECK_THROW(opened.storage->read([](Tx& tx) { insert_item(tx, 1); }), Failure);
    BOOST_TEST(opened.count() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_number_of_changes_moves_with_everything_but_inserted_rows, Database, Databases) {
    Opened<Database> opened;
    std::uint64_t before = 0, last = 0;
    auto const moved = [&](Tx& tx) { return std::exchange(last, tx.changes()) != tx.changes(); };
    opened.storage->write([&](Tx& tx) {
        last = tx.changes();
        insert_item(tx, 1);
        tx.insert(sums(), {std::int64_t{1}, std::int64_t{1}});
        value_of(tx, 1);
        BOOST_TEST(!moved(tx));
        tx.exec("update item set value = 2");
        BOOST_TEST(moved(tx));
        tx.put("update item set value = 3", {});
        BOOST_TEST(moved(tx));
        tx.nested([&] { return insert_item(tx, 2), false; });
        BOOST_TEST(moved(tx));
        tx.nested([&] { return insert_item(tx, 3), true; });
        BOOST_TEST(!moved(tx));
        before = tx.changes();
        return true;
    });
    opened.storage->write([&](Tx& tx) {
        BOOST_TEST(tx.changes() != before);
        return true;
    });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(rows_of_programs, Opened<PostgresqlDatabase>)

BOOST_AUTO_TEST_CASE(units_of_several_programs_share_a_commit_and_a_refused_one_leaves_the_others) {
    auto const batches = storage->statistics().batches;
    std::promise<void> all_wait;
    auto ready = all_wait.get_future().share();
    // Two are enough: as many batches as may run at a time while few wait.
    OneOfMany first([ready](Tx&) { return ready.wait(), true; }, 101), second([ready](Tx&) { return ready.wait(), true; }, 102);
    BOOST_REQUIRE(storage->submit(first));
    while (storage->statistics().queued > 0) std::this_thread::yield();
    BOOST_REQUIRE(storage->submit(second));
    while (storage->statistics().queued > 0) std::this_thread::yield();
    Units units;
    for (int i = 0; i < 12; ++i)
        units.push_back(std::make_unique<OneOfMany>([i](Tx& tx) { return insert_item(tx, i == 7 ? 3 : i), i != 5; }, 1 + i % 4));
    for (auto& unit : units) BOOST_REQUIRE(storage->submit(*unit));
    all_wait.set_value();
    for (int i = 0; i < 12; ++i) {
        // Program 4 comes last: its unit 3 finds the row of nobody, its unit 7 that of unit 3.
        auto const wanted = i == 5 || i == 7 ? UnitState::rolled_back : UnitState::committed;
        BOOST_TEST((units[static_cast<std::size_t>(i)]->wait().state == wanted), "unit " << i);
    }
    BOOST_TEST((first.wait().state == UnitState::committed));
    BOOST_TEST((second.wait().state == UnitState::committed));
    BOOST_TEST(count() == 10);
    BOOST_TEST(storage->statistics().batches - batches == 3);
    for (auto const& unit : units) BOOST_TEST(unit->expected >= 1);
}

BOOST_AUTO_TEST_CASE(a_program_that_another_server_has_does_not_hold_up_the_others) {
    auto const other = open_storage(database.settings());
    std::promise<void> may_end;
    auto ended = may_end.get_future().share();
    std::promise<void> holds;
    OneOfMany holder([&, ended](Tx& tx) { return insert_item(tx, 1), holds.set_value(), ended.wait(), true; }, 5);
    BOOST_REQUIRE(other->submit(holder));
    holds.get_future().wait();
    Units units;
    for (auto const program : {4, 5, 6}) units.push_back(std::make_unique<OneOfMany>([program](Tx& tx) { return insert_item(tx, program), true; }, program));
    // The gate's writer takes none of them; the next one takes all three.
    std::promise<void> all_wait;
    auto ready = all_wait.get_future().share();
    OneOfMany first([ready](Tx&) { return ready.wait(), true; }, 101), second([ready](Tx&) { return ready.wait(), true; }, 102);
    for (auto* gate : {&first, &second}) {
        BOOST_REQUIRE(storage->submit(*gate));
        while (storage->statistics().queued > 0) std::this_thread::yield();
    }
    for (auto& unit : units) BOOST_REQUIRE(storage->submit(*unit));
    all_wait.set_value();
    BOOST_TEST((units[0]->wait().state == UnitState::committed));
    BOOST_TEST((units[2]->wait().state == UnitState::committed));
    BOOST_TEST(count() == 2);
    may_end.set_value();
    BOOST_TEST((units[1]->wait().state == UnitState::committed));
    BOOST_TEST((holder.wait().state == UnitState::committed));
    first.wait(), second.wait();
    BOOST_TEST(count() == 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
