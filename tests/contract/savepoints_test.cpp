// Units of a batch on SQLite share a transaction without savepoints, until one of them wrote and is refused.
#include <boost/test/unit_test.hpp>

#include <deque>
#include <future>

#include "contract/database.hpp"
#include "domain/result.hpp"

namespace partnerd::storage {
namespace {

void insert(Tx& tx, std::int64_t id) { tx.exec("insert into item (id) values (:id)", {arg("id", id)}); }

class WaitingUnit final : public Unit {
  public:
    explicit WaitingUnit(std::function<bool(Tx&)> work) : work_(std::move(work)) {}
    bool run(Tx& tx) override {
        ++runs;
        return work_(tx);
    }
    void done(UnitResult const& result) noexcept override { done_.set_value(result); }
    UnitState state() { return done_.get_future().get().state; }
    int runs = 0;

  private:
    std::function<bool(Tx&)> work_;
    std::promise<UnitResult> done_;
};

// Units that are all in one batch: the first holds the writer until the others are there.
struct Batch {
    Opened<SqliteDatabase> opened{[](StorageSettings& settings) { settings.batch_ms = 60'000; }};
    std::deque<WaitingUnit> units;
    std::promise<void> all_there;
    std::shared_future<void> there{all_there.get_future()};

    Batch() {
        add([this](Tx& tx) {
            there.wait();
            return insert(tx, 1), true;
        });
    }
    WaitingUnit& add(std::function<bool(Tx&)> work) {
        auto& unit = units.emplace_back(std::move(work));
        BOOST_TEST_REQUIRE(opened.storage->submit(unit));
        return unit;
    }
    std::vector<UnitState> run() {
        auto const before = opened.storage->statistics().batches;
        all_there.set_value();
        std::vector<UnitState> states;
        for (auto& unit : units) states.push_back(unit.state());
        BOOST_TEST(opened.storage->statistics().batches == before + 1);
        return states;
    }
    std::string ids() {
        std::string text;
        opened.storage->read([&](Tx& tx) {
            for (auto const& [id] : tx.query<std::int64_t>("select id from item order by id")) text += std::to_string(id) + " ";
        });
        return text;
    }
};

constexpr auto committed = UnitState::committed, rolled_back = UnitState::rolled_back;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(savepoints, Batch)

BOOST_AUTO_TEST_CASE(nobody_runs_again_while_nobody_is_refused_behind_what_it_wrote) {
    add([](Tx& tx) { return insert(tx, 2), true; });
    add([](Tx&) { return false; });
    add([](Tx& tx) { return tx.exec("update item set value = 1 where id = 99"), false; });
    add([](Tx&) -> bool { throw Refused(errc::not_found); });
    add([](Tx& tx) { return insert(tx, 3), true; });
    BOOST_TEST((run() == std::vector{committed, committed, rolled_back, rolled_back, rolled_back, committed}));
    BOOST_TEST(ids() == "1 2 3 ");
    for (auto const& unit : units) BOOST_TEST(unit.runs == 1);
}

BOOST_AUTO_TEST_CASE(a_unit_that_wrote_and_is_refused_takes_nothing_of_its_neighbours) {
    add([](Tx& tx) { return insert(tx, 2), false; });
    add([](Tx& tx) { return insert(tx, 3), true; });
    add([](Tx& tx) -> bool {
        insert(tx, 4);
        throw Refused(errc::not_found);
    });
    add([](Tx& tx) -> bool {
        insert(tx, 5);
        insert(tx, 1);  // is there
        return true;
    });
    add([](Tx& tx) { return insert(tx, 6), true; });
    BOOST_TEST((run() == std::vector{committed, rolled_back, committed, rolled_back, rolled_back, committed}));
    BOOST_TEST(ids() == "1 3 6 ");
    BOOST_TEST(opened.storage->statistics().rerun >= 2);
}

// What the refused one wrote was seen by the ones behind it: they were decided anew.
BOOST_AUTO_TEST_CASE(nobody_sees_what_a_refused_unit_wrote) {
    add([](Tx& tx) { return insert(tx, 2), false; });
    bool seen = true;
    add([&](Tx& tx) {
        seen = tx.value<std::int64_t>("select id from item where id = 2").has_value();
        return insert(tx, 3), true;
    });
    BOOST_TEST((run() == std::vector{committed, rolled_back, committed}));
    BOOST_TEST(!seen);
    BOOST_TEST(ids() == "1 3 ");
}

BOOST_AUTO_TEST_CASE(a_part_that_wrote_is_taken_back_and_the_unit_goes_on) {
    bool kept = true;
    add([&](Tx& tx) {
        insert(tx, 2);
        kept = tx.nested([&] { return insert(tx, 3), false; });
        insert(tx, 4);
        return true;
    });
    add([](Tx& tx) { return insert(tx, 5), true; });
    BOOST_TEST((run() == std::vector{committed, committed, committed}));
    BOOST_TEST(!kept);
    BOOST_TEST(ids() == "1 2 4 5 ");
}

BOOST_AUTO_TEST_CASE(a_part_that_wrote_nothing_costs_nobody_a_second_run) {
    add([&](Tx& tx) {
        BOOST_TEST(!tx.nested([] { return false; }));
        BOOST_TEST(tx.nested([&] { return insert(tx, 2), true; }));
        return true;
    });
    BOOST_TEST((run() == std::vector{committed, committed}));
    BOOST_TEST(ids() == "1 2 ");
    for (auto const& unit : units) BOOST_TEST(unit.runs == 1);
}

BOOST_AUTO_TEST_CASE(hooks_of_the_run_that_is_void_are_dropped) {
    int hooks = 0;
    add([&](Tx& tx) { return tx.after_commit([&] { ++hooks; }), insert(tx, 2), true; });
    add([](Tx& tx) { return insert(tx, 3), false; });
    run();
    BOOST_TEST(hooks == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(kept_rows, Opened<SqliteDatabase>)

BOOST_AUTO_TEST_CASE(a_number_of_changes_of_tables_holds_until_somebody_writes_them) {
    static TableSet const items({"item"});
    std::uint64_t number = 0;
    auto const moved = [&] {
        bool differs = false;
        storage->write([&](Tx& tx) { return differs = std::exchange(number, tx.changes_of(items)) != number, true; });
        return differs;
    };
    moved();
    BOOST_TEST(!moved());
    storage->write([](Tx& tx) { return tx.value<std::int64_t>("select count(*) from item"), true; });
    BOOST_TEST(!moved());
    storage->write([](Tx& tx) { return insert(tx, 1), true; });
    BOOST_TEST(moved());
    BOOST_TEST(!moved());
    storage->write([](Tx& tx) { return insert(tx, 2), false; });
    BOOST_TEST(moved());
    storage->write([](Tx& tx) { return tx.nested([&] { return insert(tx, 2), false; }), true; });
    BOOST_TEST(moved());
    storage->write_unbounded([](Tx& tx) { return tx.exec("create table other (id integer primary key)"), true; });
    BOOST_TEST(moved());
    storage->write([](Tx& tx) { return tx.exec("insert into other (id) values (1)"), true; });
    BOOST_TEST(!moved());
    storage->write([](Tx& tx) { return tx.exec("with n(id) as (select 7) insert into item (id) select id from n"), true; });
    BOOST_TEST(moved());
}

BOOST_AUTO_TEST_CASE(what_a_trigger_writes_is_written) {
    static TableSet const items({"item"});
    storage->write_unbounded([](Tx& tx) {
        tx.exec("create table other (id integer primary key)");
        tx.exec("create trigger t after insert on other begin insert into item (id) values (new.id); end");
        return true;
    });
    std::uint64_t before = 0;
    storage->write([&](Tx& tx) { return before = tx.changes_of(items), true; });
    storage->write([](Tx& tx) { return tx.exec("insert into other (id) values (1)"), true; });
    storage->write([&](Tx& tx) {
        BOOST_TEST(tx.changes_of(items) != before);
        return true;
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
