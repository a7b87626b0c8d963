#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

#include "contract/database.hpp"
#include "storage/thread_cpu.hpp"

namespace partnerd::storage {
namespace {

constexpr int threads = 16, rounds = 200;

template <class Work>
void in_threads(int count, Work work) {
    std::vector<std::thread> running;
    for (int i = 0; i < count; ++i) running.emplace_back([&, i] { work(i); });
    for (auto& thread : running) thread.join();
}

bool add_one(Tx& tx) {
    auto const value = tx.value<std::int64_t>("select value from item where id = 1").value();
    tx.exec("update item set value = :value where id = 1", {arg("value", value + 1)});
    return true;
}

// What a caller does with a storage failure that may pass: the same again.
void write_until_done(Storage& storage, std::function<bool(Tx&)> const& work, std::string_view key = {}) {
    for (;;) {
        try {
            storage.write(work, key);
            return;
        } catch (Failure const& failure) {
            if (failure.category != Failure::Category::conflict) throw;
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(concurrency)

BOOST_AUTO_TEST_CASE_TEMPLATE(no_read_modify_write_is_lost, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) { return tx.exec("insert into item (id, value) values (1, 0)"), true; });
    std::atomic<int> errors{0};
    in_threads(threads, [&](int) {
        try {
            for (int i = 0; i < rounds; ++i) write_until_done(*opened.storage, add_one);
        } catch (std::exception const& error) {
            ++errors;
            BOOST_TEST_MESSAGE(error.what());
        }
    });
    BOOST_TEST(errors == 0);
    opened.storage->read(
        [](Tx& tx) { BOOST_TEST(tx.value<std::int64_t>("select value from item where id = 1").value() == threads * rounds); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(units_with_one_key_never_overlap_and_are_never_rerun, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) { return tx.exec("insert into item (id, value) values (1, 0)"), true; });
    std::atomic<int> inside{0}, most{0};
    std::atomic<int> runs{0};
    in_threads(8, [&](int) {
        for (int i = 0; i < 25; ++i)
            opened.storage->write(
                [&](Tx& tx) {
                    int const now = ++inside;
                    if (now > most) most = now;
                    ++runs;
                    std::this_thread::yield();
                    add_one(tx);
                    --inside;
                    return true;
                },
                "coupon/42");
    });
    BOOST_TEST(most == 1);
    BOOST_TEST(runs == 8 * 25);
    opened.storage->read([](Tx& tx) { BOOST_TEST(tx.value<std::int64_t>("select value from item where id = 1").value() == 8 * 25); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lock_taken_inside_serialises_too, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) { return tx.exec("insert into item (id, value) values (1, 0)"), true; });
    std::atomic<int> runs{0};
    in_threads(8, [&](int) {
        for (int i = 0; i < 10; ++i)
            opened.storage->write([&](Tx& tx) {
                ++runs;
                tx.lock("coupon/42");
                return add_one(tx);
            });
    });
    BOOST_TEST(runs == 8 * 10);
    opened.storage->read([](Tx& tx) { BOOST_TEST(tx.value<std::int64_t>("select value from item where id = 1").value() == 8 * 10); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_read_sees_every_write_that_was_acknowledged_before_it, Database, Databases) {
    Opened<Database> opened;
    std::atomic<int> stale{0};
    in_threads(4, [&](int thread) {
        for (int i = 1; i <= 50; ++i) {
            std::int64_t const id = thread * 1000 + i;
            write_until_done(*opened.storage, [&](Tx& tx) { return tx.exec("insert into item (id) values (:id)", {arg("id", id)}), true; });
            opened.storage->read([&](Tx& tx) {
                if (tx.value<std::int64_t>("select count(*) from item where id > :low and id <= :id",
                                           {arg("low", thread * 1000), arg("id", id)})
                        .value() != i)
                    ++stale;
            });
        }
    });
    BOOST_TEST(stale == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_read_sees_one_snapshot_while_others_write, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) { return tx.exec("insert into item (id, value) values (1, 0)"), true; });
    opened.storage->read([&](Tx& tx) {
        std::thread writer([&] { opened.storage->write(add_one); });
        writer.join();
        BOOST_TEST(tx.value<std::int64_t>("select value from item where id = 1").value() == 0);
    });
    opened.storage->read([](Tx& tx) { BOOST_TEST(tx.value<std::int64_t>("select value from item where id = 1").value() == 1); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(done_is_called_once_for_each_unit_also_when_the_storage_closes, Database, Databases) {
    struct Counted final : Unit {
        std::int64_t id = 0;
        std::atomic<int> done_calls{0};
        UnitState state = UnitState::failed;
        bool run(Tx& tx) override { return tx.exec("insert into item (id) values (:id)", {arg("id", id)}), id % 3 != 0; }
        void done(UnitResult const& result) noexcept override {
            state = result.state;
            ++done_calls;
        }
    };
    Opened<Database> opened;
    std::vector<Counted> units(300);
    for (std::size_t i = 0; i < units.size(); ++i) {
        units[i].id = static_cast<std::int64_t>(i) + 1;
        BOOST_TEST_REQUIRE(opened.storage->submit(units[i]));
    }
    opened.storage.reset();
    for (auto const& unit : units) {
        BOOST_TEST(unit.done_calls == 1);
        BOOST_TEST((unit.state == (unit.id % 3 == 0 ? UnitState::rolled_back : UnitState::committed)));
    }
    opened.storage = open_storage(opened.database.settings());
    BOOST_TEST(opened.count() == 200);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_full_queue_refuses_and_never_calls_done, Database, Databases) {
    struct Held final : Unit {
        std::atomic<bool>* go = nullptr;
        std::atomic<int> done_calls{0};
        bool run(Tx&) override {
            while (!*go) std::this_thread::yield();
            return true;
        }
        void done(UnitResult const&) noexcept override { ++done_calls; }
    };
    std::atomic<bool> go{false};
    std::vector<Held> units(20);
    for (auto& unit : units) unit.go = &go;
    int taken = 0;
    {
        Opened<Database> opened([](StorageSettings& settings) {
            settings.queue_max = 4;
            settings.writers = 1;
        });
        for (auto& unit : units) taken += opened.storage->submit(unit) ? 1 : 0;
        go = true;
    }
    BOOST_TEST(taken >= 4);
    BOOST_TEST(taken < 20);
    int done_calls = 0;
    for (auto const& unit : units) done_calls += unit.done_calls;
    BOOST_TEST(done_calls == taken);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_stream_joins_and_is_told_what_became_of_its_rows, Database, Databases) {
    struct Clicks final : Stream {
        mutable std::mutex mutex;
        std::vector<std::int64_t> waiting, taken;
        std::int64_t committed = 0, refused = 0;
        bool pending() const override {
            std::lock_guard lock(mutex);
            return !waiting.empty();
        }
        void give_up() override {
            std::lock_guard lock(mutex);
            taken.swap(waiting);
        }
        void write(Tx& tx) override {
            give_up();
            for (auto const id : taken) tx.exec("insert into item (id) values (:id)", {arg("id", id)});
        }
        void done(UnitResult const& result) noexcept override {
            (result.state == UnitState::committed ? committed : refused) += static_cast<std::int64_t>(taken.size());
            taken.clear();
        }
    };
    Clicks clicks;
    Database database;
    {
        auto storage = open_storage(database.settings());
        migrate(*storage, "core", {item_migration()});
        storage->add_stream(clicks);
        for (int i = 1; i <= 500; ++i) {
            {
                std::lock_guard lock(clicks.mutex);
                clicks.waiting.push_back(i);
            }
            storage->wake();
            if (i % 50 == 0)
                storage->write([&](Tx& tx) { return tx.exec("insert into item (id) values (:id)", {arg("id", 1000 + i)}), true; });
        }
    }
    BOOST_TEST(clicks.committed == 500);
    BOOST_TEST(clicks.refused == 0);
    {
        auto storage = open_storage(database.settings());
        storage->read([](Tx& tx) { BOOST_TEST(tx.value<std::int64_t>("select count(*) from item").value() == 510); });
        storage->add_stream(clicks);
        {
            std::lock_guard lock(clicks.mutex);
            clicks.waiting = {9001, 1};  // the second is there: the batch of the stream is refused, its neighbours are not
        }
        storage->wake();
        storage->write([&](Tx& tx) { return tx.exec("insert into item (id) values (9002)"), true; });
    }
    BOOST_TEST(clicks.refused == 2);
    auto storage = open_storage(database.settings());
    storage->read([](Tx& tx) {
        BOOST_TEST(tx.value<std::int64_t>("select count(*) from item where id = 9001").value() == 0);
        BOOST_TEST(tx.value<std::int64_t>("select count(*) from item where id = 9002").value() == 1);
    });
}

// How a unit with a budget of 60 ms ends that does `work` between two statements.
template <class Database> Failure::Category end_after(std::function<void()> const& work, std::int64_t& kept) {
    Opened<Database> opened([](StorageSettings& settings) { settings.write_budget_ms = 60; });
    auto category = Failure::Category::none;
    try {
        opened.storage->write([&](Tx& tx) {
            tx.exec("insert into item (id) values (1)");
            work();
            try {
                tx.exec("insert into item (id) values (2)");
            } catch (Failure const&) {}
            return true;
        });
    } catch (Failure const& failure) {
        category = failure.category;
    }
    kept = opened.count();
    return category;
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_handler_that_used_up_its_time_is_doomed_at_its_next_call, Database, Databases) {
    std::int64_t kept = -1;
    auto const burn = [] {
        auto const until = storage::thread_cpu() + std::chrono::milliseconds(80);
        while (storage::thread_cpu() < until) {}
    };
    BOOST_TEST((end_after<Database>(burn, kept) == Failure::Category::timeout));
    BOOST_TEST(kept == 0);
    auto const sleep_long = [] { std::this_thread::sleep_for(std::chrono::milliseconds(700)); };
    BOOST_TEST((end_after<Database>(sleep_long, kept) == Failure::Category::timeout));
    BOOST_TEST(kept == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_handler_that_had_to_wait_for_a_processor_is_not_to_blame, Database, Databases) {
    std::int64_t kept = -1;
    auto const wait = [] { std::this_thread::sleep_for(std::chrono::milliseconds(90)); };
    BOOST_TEST((end_after<Database>(wait, kept) == Failure::Category::none));
    BOOST_TEST(kept == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
