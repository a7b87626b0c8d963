// What only a server can do to a unit: conflicts with other sessions, a lost session, a commit whose answer is lost.
#include <signal.h>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

#include "contract/database.hpp"

namespace partnerd::storage {
namespace {

struct Fixture : Opened<PostgresqlDatabase> {
    Fixture() {
        storage->write([](Tx& tx) { return tx.exec("insert into item (id, value) values (1, 0), (2, 0)"), true; });
    }
    std::string const& name() const { return database.user(); }
    std::int64_t value(std::int64_t id) {
        std::int64_t out = 0;
        storage->read([&](Tx& tx) { out = tx.value<std::int64_t>("select value from item where id = :id", {arg("id", id)}).value(); });
        return out;
    }
};

std::int64_t value_of(Tx& tx, std::int64_t id) {
    return tx.value<std::int64_t>("select value from item where id = :id", {arg("id", id)}).value();
}
void set(Tx& tx, std::int64_t id, std::int64_t value) {
    tx.exec("update item set value = :value where id = :id", {arg("id", id), arg("value", value)});
}
void elsewhere(std::function<void()> const& work) { std::thread(work).join(); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(postgresql_rerun, Fixture)

BOOST_AUTO_TEST_CASE(a_unit_that_lost_against_another_runs_again_on_what_that_one_wrote) {
    int runs = 0;
    auto const rerun_before = storage->statistics().rerun;
    BOOST_TEST(storage->write([&](Tx& tx) {
        auto const before = value_of(tx, 1);
        if (++runs == 1) elsewhere([&] { storage->write([](Tx& other) { return set(other, 1, 100), true; }); });
        return set(tx, 1, before + 1), true;
    }));
    BOOST_TEST(runs == 2);
    BOOST_TEST(value(1) == 101);
    BOOST_TEST(storage->statistics().rerun - rerun_before == 1);
}

BOOST_AUTO_TEST_CASE(a_handler_that_swallows_the_conflict_is_rerun_all_the_same) {
    int runs = 0;
    BOOST_TEST(storage->write([&](Tx& tx) {
        auto const before = value_of(tx, 1);
        if (++runs == 1) elsewhere([&] { storage->write([](Tx& other) { return set(other, 1, 100), true; }); });
        try {
            set(tx, 1, before + 1);
        } catch (Failure const&) {}
        return true;
    }));
    BOOST_TEST(runs == 2);
    BOOST_TEST(value(1) == 101);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_trouble_until_something_is_written_again) {
    auto const full = [](Tx& tx) { return tx.exec("do $$ begin raise exception 'no space left' using errcode = '53100'; end $$"), true; };
    BOOST_CHECK_EXCEPTION(storage->write(full), Failure, [](Failure const& failure) { return failure.category == Failure::Category::full; });
    BOOST_TEST(storage->trouble() != "");
    BOOST_TEST(storage->write([](Tx& tx) { return set(tx, 1, 3), true; }));
    BOOST_TEST(storage->trouble() == "");
}

// As a machine that stands still: its network answers, and nothing else does.
BOOST_AUTO_TEST_CASE(a_session_that_falls_silent_is_given_up_and_the_unit_runs_again_in_another) {
    auto settings = database.settings();
    settings.read_budget_ms = 200;  // of a statement
    auto const store = open_storage(settings);
    pid_t silent = 0;
    int runs = 0;
    BOOST_TEST(store->write([&](Tx& tx) {
        if (++runs == 1) {
            silent = static_cast<pid_t>(tx.value<std::int64_t>("select pg_backend_pid()").value());
            BOOST_TEST_REQUIRE(::kill(silent, SIGSTOP) == 0);
        }
        return set(tx, 1, 7), true;
    }));
    BOOST_TEST(runs == 2);
    BOOST_TEST(value(1) == 7);
    BOOST_TEST(::kill(silent, SIGCONT) == 0);
}

BOOST_AUTO_TEST_CASE(write_skew_is_refused_at_commit_and_rerun) {
    std::atomic<int> runs{0};
    storage->write([&](Tx& tx) {
        auto const other_value = value_of(tx, 2);
        if (++runs == 1) elsewhere([&] { storage->write([](Tx& other) { return set(other, 2, value_of(other, 1) + 10), true; }); });
        return set(tx, 1, other_value + 1), true;
    });
    BOOST_TEST(runs == 2);
    BOOST_TEST(value(1) == 11);
    BOOST_TEST(value(2) == 10);
}

BOOST_AUTO_TEST_CASE(hooks_of_a_run_that_was_thrown_away_are_not_called) {
    int runs = 0, hooks = 0;
    storage->write([&](Tx& tx) {
        tx.after_commit([&] { ++hooks; });
        auto const before = value_of(tx, 1);
        if (++runs == 1) elsewhere([&] { storage->write([](Tx& other) { return set(other, 1, 100), true; }); });
        return set(tx, 1, before + 1), true;
    });
    BOOST_TEST(runs == 2);
    BOOST_TEST(hooks == 1);
}

BOOST_AUTO_TEST_CASE(a_session_lost_in_the_middle_is_replaced_and_the_unit_runs_again) {
    int runs = 0;
    BOOST_TEST(storage->write([&](Tx& tx) {
        set(tx, 1, value_of(tx, 1) + 1);
        if (++runs == 1) PostgresqlCluster::running().end_sessions(name());
        return set(tx, 2, 7), true;
    }));
    BOOST_TEST(runs == 2);
    BOOST_TEST(value(1) == 1);
    BOOST_TEST(value(2) == 7);
}

BOOST_AUTO_TEST_CASE(sessions_lost_while_idle_cost_nobody_anything) {
    for (int i = 1; i <= 3; ++i) {
        PostgresqlCluster::running().end_sessions(name());
        BOOST_TEST(storage->write([&](Tx& tx) { return set(tx, 1, i), true; }));
        PostgresqlCluster::running().end_sessions(name());
        BOOST_TEST(value(1) == i);
    }
    BOOST_TEST(storage->trouble() == "");
}

BOOST_AUTO_TEST_CASE(a_session_lost_before_its_commit_took_place_is_rerun) {
    auto& cluster = PostgresqlCluster::running();
    cluster.run_sql(
        name(),
        "create table bomb (id bigint); create function explode() returns trigger language plpgsql as "
        "$$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$; "
        "create constraint trigger at_commit after insert on bomb deferrable initially deferred for each row execute function explode()");
    int runs = 0;
    BOOST_TEST(storage->write([&](Tx& tx) {
        if (++runs == 1) tx.exec("insert into bomb (id) values (1)");
        return set(tx, 1, value_of(tx, 1) + 1), true;
    }));
    BOOST_TEST(runs == 2);
    BOOST_TEST(value(1) == 1);
}

BOOST_AUTO_TEST_CASE(a_commit_whose_answer_was_lost_is_not_applied_twice) {
    auto& cluster = PostgresqlCluster::running();
    // The commit is durable here, and then waits for a standby that does not exist; so it is cut off behind its own commit.
    cluster.run_sql("partnerd", "alter system set synchronous_standby_names = 'nobody'");
    cluster.run_sql("partnerd", "select pg_reload_conf()");
    int runs = 0, hooks = 0;
    std::atomic<bool> finished{false};
    bool committed = false;
    std::thread writer([&] {
        committed = storage->write([&](Tx& tx) {
            ++runs;
            tx.after_commit([&] { ++hooks; });
            return set(tx, 1, value_of(tx, 1) + 1), true;
        });
        finished = true;
    });
    cluster.run_sql(
        "partnerd",
        "do $$ begin for i in 1..600 loop perform pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'; "
        "exit when found; perform pg_sleep(0.05); perform pg_stat_clear_snapshot(); end loop; end $$");
    writer.join();
    cluster.run_sql("partnerd", "alter system reset synchronous_standby_names");
    cluster.run_sql("partnerd", "select pg_reload_conf()");
    BOOST_TEST(finished);
    BOOST_TEST(committed);
    BOOST_TEST(runs == 1);
    BOOST_TEST(hooks == 1);
    BOOST_TEST(value(1) == 1);
}

BOOST_AUTO_TEST_CASE(waiting_for_others_does_not_use_up_the_budget_of_a_handler) {
    storage.reset();
    auto settings = database.settings();
    settings.write_budget_ms = 150;
    storage = open_storage(settings);
    BOOST_TEST(storage->write([](Tx& tx) {
        tx.row<std::string>("select pg_sleep(0.3)::text");
        return set(tx, 1, 5), true;
    }));
    BOOST_TEST(value(1) == 5);
}

BOOST_AUTO_TEST_CASE(a_statement_that_runs_for_too_long_is_ended_by_the_server) {
    storage.reset();
    auto settings = database.settings();
    settings.read_budget_ms = 200;
    storage = open_storage(settings);
    auto const sleep = [](Tx& tx) { tx.row<std::string>("select pg_sleep(20)::text"); };
    BOOST_CHECK_EXCEPTION(storage->read(sleep), Failure,
                          [](Failure const& f) { return f.category == Failure::Category::timeout && f.sqlstate == "57014"; });
    BOOST_CHECK_EXCEPTION(storage->write([&](Tx& tx) { return sleep(tx), true; }), Failure,
                          [](Failure const& f) { return f.category == Failure::Category::timeout; });
}

BOOST_AUTO_TEST_CASE(constraints_carry_their_sqlstate_and_no_value_of_the_row) {
    storage->write([](Tx& tx) { return tx.exec("update item set note = 'secret@example.com' where id = 1"), true; });
    try {
        storage->write(
            [](Tx& tx) { return tx.exec("update item set note = :note where id = 2", {arg("note", "secret@example.com")}), true; });
        BOOST_FAIL("the duplicate was taken");
    } catch (Failure const& failure) {
        BOOST_TEST((failure.category == Failure::Category::constraint));
        BOOST_TEST(failure.sqlstate == "23505");
        BOOST_TEST(std::string(failure.what()).find("secret") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_named_without_the_password) {
    try {
        StorageSettings settings;
        settings.url = "postgresql://someone:hidden@/nothing?host=/nonexistent";
        open_storage(settings);
        BOOST_FAIL("it was opened");
    } catch (Failure const& failure) {
        BOOST_TEST((failure.category == Failure::Category::connection));
        BOOST_TEST(std::string(failure.what()).find("someone") != std::string::npos);
        BOOST_TEST(std::string(failure.what()).find("hidden") == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
