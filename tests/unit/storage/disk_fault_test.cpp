// A full or broken disk under group commit: what fails is answered as failed and is not there, what is answered as committed is.
#include <boost/test/unit_test.hpp>

#include <sqlite3.h>

#include "unit/storage/faulty_vfs.hpp"
#include "unit/storage/sqlite_fixture.hpp"

namespace partnerd::storage {
namespace {

std::string const big(200'000, 'x');

bool insert(Tx& tx, std::int64_t id) {
    // The decision rests on what the neighbours of the batch did: a rerun must see them gone.
    auto const before = tx.value<std::int64_t>("select count(*) from item").value();
    tx.exec("insert into item (id, value) values (:id, :value)", {arg("id", id), arg("value", before)});
    return true;
}

struct FaultFixture : SqliteFixture {
    Together answered;
    std::vector<std::unique_ptr<TestUnit>> units;
    FaultFixture() {
        FaultyVfs::install();
        FaultyVfs::heal();
    }
    ~FaultFixture() { FaultyVfs::heal(); }
    void add(std::function<bool(Tx&)> work) { units.push_back(std::make_unique<TestUnit>(std::move(work), answered)); }
    void run_batch() { run_in_one_batch(*storage, units, answered); }
    // Every acknowledged row is there, nothing else is, and each was decided on the rows that were really before it.
    void check_rows(std::int64_t first_id) {
        std::vector<std::int64_t> expected;
        for (std::size_t i = 0; i < units.size(); ++i) {
            BOOST_TEST(units[i]->done_calls == 1);
            if (units[i]->result.state == UnitState::committed) expected.push_back(first_id + static_cast<std::int64_t>(i));
        }
        std::vector<std::int64_t> found;
        storage->read([&](Tx& tx) {
            for (auto const& [id] :
                 tx.query<std::int64_t>("select id from item where id >= :first and id < 50 order by id", {arg("first", first_id)}))
                found.push_back(id);
            BOOST_TEST(tx.value<std::int64_t>("select count(*) from item a where value <> (select count(*) from item b where b.id < a.id)")
                           .value() == 0);
        });
        BOOST_TEST((found == expected));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(disk_fault, FaultFixture)

BOOST_AUTO_TEST_CASE(a_statement_that_finds_the_disk_full_at_each_unit_of_eight_takes_only_itself_down) {
    struct Case {
        char const* what;
        char const* sql;
        bool ends_batch;
    };
    // Without a statement journal SQLite rolls the whole transaction back; with one, only the statement.
    for (auto const& c : {Case{"one row: the engine ends the batch", "insert into item (id, data) values (1000, zeroblob(:size))", true},
                          Case{"two rows: the engine takes the statement back",
                               "insert into item (id, data) values (1000, zeroblob(:size)), (1001, zeroblob(:size))", false}})
        for (int victim = 0; victim < 8; ++victim) BOOST_TEST_CONTEXT(c.what << ", unit " << victim) {
                SqliteFixture small;
                small.settings.max_bytes = 100'000;
                small.open();
                Together all;
                std::vector<std::unique_ptr<TestUnit>> eight;
                for (int i = 0; i < 8; ++i)
                    eight.push_back(std::make_unique<TestUnit>(
                        [&, i](Tx& tx) {
                            insert(tx, i);
                            if (i == victim) tx.exec(c.sql, {arg("size", 1'000'000)});
                            return true;
                        },
                        all));
                run_in_one_batch(*small.storage, eight, all);
                std::vector<std::int64_t> expected;
                for (int i = 0; i < 8; ++i) {
                    BOOST_TEST(eight[i]->done_calls == 1);
                    BOOST_TEST((eight[i]->result.state == (i == victim ? UnitState::failed : UnitState::committed)));
                    // Where the engine takes back the statement alone, what the unit wrote before it is left: all so far run again, with savepoints.
                    bool const again = c.ends_batch ? i < victim : victim > 0 && i <= victim;
                    BOOST_TEST(eight[i]->runs == (again ? 2 : 1));
                    if (i != victim) expected.push_back(i);
                }
                BOOST_TEST((eight[victim]->result.category == Failure::Category::full));
                BOOST_TEST((small.ids() == expected));
                BOOST_TEST(small.integrity() == "ok");
                BOOST_TEST(small.storage->write([](Tx& tx) { return insert(tx, 99); }));
            }
}

BOOST_AUTO_TEST_CASE(a_refusal_of_a_batch_that_the_engine_ended_is_decided_again) {
    settings.max_bytes = 100'000;
    open();
    // The second refuses because of the first; the third takes the batch down; alone, the first fails its own check.
    int first_runs = 0;
    add([&](Tx& tx) { return insert(tx, 1), ++first_runs == 1; });
    add([](Tx& tx) { return tx.value<std::int64_t>("select count(*) from item").value() > 0 ? false : insert(tx, 2); });
    add([](Tx& tx) { return tx.exec("insert into item (id, data) values (3, zeroblob(1000000))"), true; });
    run_batch();
    BOOST_TEST((units[0]->result.state == UnitState::rolled_back));
    BOOST_TEST((units[1]->result.state == UnitState::committed));
    BOOST_TEST((units[2]->result.state == UnitState::failed));
    BOOST_TEST((ids() == std::vector<std::int64_t>{2}));
}

BOOST_AUTO_TEST_CASE(hooks_of_an_ended_batch_run_once_and_a_nested_part_sends_nothing_into_the_void) {
    settings.max_bytes = 100'000;
    open();
    int hooks = 0;
    add([&](Tx& tx) { return tx.after_commit([&] { ++hooks; }), insert(tx, 0); });
    add([](Tx& tx) {
        try {
            tx.nested([&] { return tx.exec("insert into item (id, data) values (5, zeroblob(1000000))"), true; });
        } catch (Failure const&) {}
        try {
            tx.nested([&] { return insert(tx, 6); });
        } catch (Failure const&) {}
        return true;
    });
    run_batch();
    BOOST_TEST(hooks == 1);
    BOOST_TEST((units[1]->result.state == UnitState::failed));
    BOOST_TEST((ids() == std::vector<std::int64_t>{0}));
}

BOOST_AUTO_TEST_CASE(a_full_disk_at_commit_fails_all_eight_and_heals_by_itself) {
    settings.vfs = FaultyVfs::name;
    open();
    for (int i = 0; i < 8; ++i) add([i](Tx& tx) { return insert(tx, i); });
    FaultyVfs::fail(1, SQLITE_FULL, true);
    run_batch();
    BOOST_TEST(FaultyVfs::failures() > 0);
    for (auto const& unit : units) {
        BOOST_TEST(unit->done_calls == 1);
        BOOST_TEST((unit->result.state == UnitState::failed));
        BOOST_TEST((unit->result.category == Failure::Category::full));
    }
    BOOST_TEST(storage->trouble() != "");
    BOOST_TEST(ids().empty());
    FaultyVfs::heal();
    BOOST_TEST(storage->write([](Tx& tx) { return insert(tx, 0); }));
    BOOST_TEST(storage->trouble() == "");
    reopen();
    BOOST_TEST((ids() == std::vector<std::int64_t>{0}));
}

BOOST_AUTO_TEST_CASE(the_kth_write_or_sync_fails_once_or_for_ever_until_it_passes) {
    settings.vfs = FaultyVfs::name;
    for (int const code : {SQLITE_FULL, SQLITE_IOERR_WRITE})
        for (bool const for_ever : {false, true}) {
            int k = 1;
            for (bool passed = false; !passed && k < 200; ++k)
                BOOST_TEST_CONTEXT("code " << code << ", for ever " << for_ever << ", k " << k) {
                    std::filesystem::remove(file());
                    open();
                    units.clear();
                    for (int i = 0; i < 4; ++i)
                        add([i](Tx& tx) {
                            insert(tx, i);
                            return i != 2;
                        });
                    FaultyVfs::fail(k, code, for_ever);
                    run_batch();
                    passed = FaultyVfs::failures() == 0;
                    FaultyVfs::heal();
                    check_rows(0);
                    if (passed)
                        for (int i = 0; i < 4; ++i)
                            BOOST_TEST((units[i]->result.state == (i == 2 ? UnitState::rolled_back : UnitState::committed)));
                    BOOST_TEST(storage->write([](Tx& tx) { return insert(tx, 50); }));
                    reopen();
                    check_rows(0);
                    BOOST_TEST(integrity() == "ok");
                    storage.reset();
                }
            BOOST_TEST(k > 3);
            BOOST_TEST(k < 200);
        }
}

// SQLite leaves the frames of a commit whose sync failed in the log; whoever opens it next would take them for committed.
BOOST_AUTO_TEST_CASE(what_was_answered_as_failed_is_not_there_after_a_kill_either) {
    settings.vfs = FaultyVfs::name;
    bool passed = false;
    int k = 1;
    for (; !passed && k < 200; ++k)
        BOOST_TEST_CONTEXT("k " << k) {
            std::filesystem::remove(file());
            open();
            units.clear();
            for (int i = 0; i < 4; ++i) add([i](Tx& tx) { return insert(tx, i); });
            FaultyVfs::fail(k, SQLITE_IOERR_WRITE, false);
            run_batch();
            passed = FaultyVfs::failures() == 0;
            FaultyVfs::heal();
            // What another process would find if this one ended now.
            SqliteFixture after;
            for (auto const* const end : {"", "-wal"})
                std::filesystem::copy_file(file().string() + end, after.file().string() + end, std::filesystem::copy_options::overwrite_existing);
            after.open();
            BOOST_TEST(after.ids().size() == (passed ? 4U : 0U));
            BOOST_TEST(after.integrity() == "ok");
            storage.reset();
        }
    BOOST_TEST(k > 3);
    BOOST_TEST(passed);
}

BOOST_AUTO_TEST_CASE(a_fault_under_a_checkpoint_loses_nothing) {
    settings.vfs = FaultyVfs::name;
    settings.wal_soft_bytes = 100'000;
    open();
    std::int64_t committed = 0;
    for (int round = 0; round < 60; ++round) {
        if (round % 3 == 1) FaultyVfs::fail(round, SQLITE_IOERR_WRITE, false);
        try {
            storage->write([&](Tx& tx) {
                tx.exec("insert into item (id, value, data) values (:id, 0, :data)", {arg("id", round), arg("data", big)});
                return true;
            });
            ++committed;
        } catch (Failure const&) {}
        FaultyVfs::heal();
    }
    BOOST_TEST(committed >= 20);
    BOOST_TEST(ids().size() == static_cast<std::size_t>(committed));
    reopen();
    BOOST_TEST(ids().size() == static_cast<std::size_t>(committed));
    BOOST_TEST(integrity() == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
