// A COMMIT that waits for a synchronous standby: what only the primary has is not acknowledged.
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

#include "contract/database.hpp"

namespace partnerd::storage {
namespace {

void until(std::function<bool()> const& is_so) {
    for (int i = 0; i < 2000 && !is_so(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_TEST_REQUIRE(is_so());
}

struct Fixture : Opened<PostgresqlDatabase> {
    ~Fixture() { standby_is_away(false); }

    // Commits wait for one that never comes.
    static void standby_is_away(bool away) {
        sql(std::string("alter system set synchronous_standby_names = '") + (away ? "nobody" : "") + "'");
        sql("select pg_reload_conf()");
        until([&] { return holds("current_setting('synchronous_standby_names') <> ''") == away; });
        sql("checkpoint");  // the checkpointer is who tells the others
    }
    static void sql(std::string const& text) { PostgresqlCluster::running().run_sql("partnerd", text); }
    static bool holds(std::string const& condition) {
        try {
            sql("do $$ begin if not (" + condition + ") then raise 'no'; end if; end $$");
            return true;
        } catch (std::runtime_error const&) {
            return false;
        }
    }
    bool somebody_waits() const { return holds("exists (select from pg_stat_activity where wait_event = 'SyncRep' and usename = '" + database.user() + "')"); }
    std::unique_ptr<Storage> with_short_statements() const {
        auto settings = database.settings();
        settings.read_budget_ms = 200;
        return open_storage(settings);
    }
};

// A unit in a thread of its own, and what became of it.
class Running {
  public:
    Running(Storage& storage, std::function<bool(Tx&)> work) : thread_([this, &storage, work = std::move(work)] { run(storage, work); }) {}
    ~Running() { thread_.join(); }
    bool ended() const { return ended_; }
    Failure::Category failure() const { return failure_; }  // behind ended()

  private:
    void run(Storage& storage, std::function<bool(Tx&)> const& work) {
        try {
            storage.write(work);
        } catch (Failure const& failure) {
            failure_ = failure.category;
        }
        ended_ = true;
    }
    std::atomic<bool> ended_{false};
    Failure::Category failure_ = Failure::Category::none;
    std::thread thread_;
};

bool insert(Tx& tx) { return tx.exec("insert into item (id, value) values (1, 1) on conflict (id) do nothing"), true; }
bool look(Tx& tx) { return tx.value<std::int64_t>("select count(*) from item").has_value(); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(standby, Fixture)

BOOST_AUTO_TEST_CASE(a_commit_outlasts_the_time_of_a_statement_and_one_that_is_cancelled_is_no_success) {
    standby_is_away(true);
    for (auto const& work : {insert, look}) {
        auto const short_ones = with_short_statements();
        Running running(*short_ones, work);
        until([&] { return somebody_waits(); });
        std::this_thread::sleep_for(std::chrono::milliseconds(600));  // three times what a statement has
        BOOST_TEST(!running.ended());
        sql("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
        until([&] { return running.ended(); });
        BOOST_TEST((running.failure() == Failure::Category::timeout));
    }
}

BOOST_AUTO_TEST_CASE(a_commit_that_waits_for_long_is_trouble_and_keeps_no_process_from_its_end) {
    standby_is_away(true);
    auto const store = open_storage(database.settings());
    Running running(*store, insert);
    until([&] { return !store->trouble().empty(); });
    BOOST_TEST(!running.ended());
    store->hurry();
    until([&] { return running.ended(); });
    BOOST_TEST((running.failure() == Failure::Category::timeout));
    // Nothing more is begun: it would wait as well.
    Running late(*store, insert);
    until([&] { return late.ended(); });
    BOOST_TEST((late.failure() == Failure::Category::timeout));
}

BOOST_AUTO_TEST_CASE(a_commit_that_goes_on_when_the_standby_is_back_is_a_success) {
    standby_is_away(true);
    auto const store = with_short_statements();
    Running running(*store, insert);
    until([&] { return somebody_waits(); });
    standby_is_away(false);
    until([&] { return running.ended(); });
    BOOST_TEST((running.failure() == Failure::Category::none));
}

BOOST_AUTO_TEST_CASE(behind_a_crash_the_id_of_a_transaction_proves_nothing_and_the_unit_runs_again) {
    standby_is_away(true);
    auto const store = open_storage(database.settings());
    std::atomic<int> runs{0};
    Running running(*store, [&](Tx& tx) { return ++runs, insert(tx); });
    until([&] { return somebody_waits(); });
    sql("alter system set synchronous_standby_names = ''");
    PostgresqlCluster::running().restart_at_once();
    until([&] { return running.ended(); });
    // On a slow machine the five attempts are over before the server is back: then the client is told so, and asks again.
    BOOST_TEST((running.failure() == Failure::Category::connection || (running.failure() == Failure::Category::none && runs >= 2)));
    std::int64_t rows = 0;
    until([&] {
        try {
            storage->read([&](Tx& tx) { rows = tx.value<std::int64_t>("select count(*) from item").value(); });
            return true;
        } catch (Failure const&) {
            return false;
        }
    });
    BOOST_TEST(rows == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
