// A stream whose rows the database does not take: it is told so, and keeps no storage from closing.
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <thread>

#include "contract/database.hpp"

namespace partnerd::storage {
namespace {

class Trickle final : public Stream {
  public:
    void add(std::int64_t rows) { waiting_ += rows; }
    void keep_asking() { asking_ = true; }  // for a write, as one does that has sums to write

    bool pending() const override { return waiting_ != 0 || asking_; }
    void write(Tx& tx) override {
        give_up();
        tx.exec("insert into item (id, note) values (1, :note)", {arg("note", std::string(20'000, 'x'))});
    }
    void give_up() override { taken_ = waiting_.exchange(0); }
    void done(UnitResult const& result) noexcept override {
        (result.state == UnitState::committed ? committed_ : refused_) += taken_;
        taken_ = 0;
    }
    std::int64_t committed() const { return committed_; }
    std::int64_t refused() const { return refused_; }

  private:
    std::atomic<std::int64_t> waiting_{0}, committed_{0}, refused_{0};
    std::atomic<bool> asking_{false};
    std::int64_t taken_ = 0;
};

void until(std::function<bool()> const& is_so) {
    for (int i = 0; i < 2000 && !is_so(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_TEST_REQUIRE(is_so());
}

// A disk that is full, or a server that lets nobody in.
struct FullSqlite {
    SqliteDatabase database;
    std::unique_ptr<Storage> open() {
        auto settings = database.settings();
        migrate(*open_storage(settings), "core", {item_migration()});
        settings.max_bytes = 1;
        return open_storage(settings);
    }
};
struct ClosedPostgresql {
    PostgresqlDatabase database;
    std::unique_ptr<Storage> open() {
        auto storage = open_storage(database.settings());
        migrate(*storage, "core", {item_migration()});
        return storage;
    }
    void close() {
        PostgresqlCluster::running().run_sql("partnerd", "alter role " + database.user() + " nologin");
        PostgresqlCluster::running().end_sessions(database.user());
    }
    ~ClosedPostgresql() { PostgresqlCluster::running().run_sql("partnerd", "alter role " + database.user() + " login"); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(stream)

BOOST_AUTO_TEST_CASE(rows_of_a_full_disk_are_refused_and_what_is_asked_for_without_end_does_not_keep_the_storage_open) {
    Trickle rows;
    FullSqlite full;
    auto storage = full.open();
    storage->add_stream(rows);
    rows.add(3);
    storage->wake();
    until([&] { return rows.refused() == 3; });
    rows.keep_asking();
    storage->wake();
    storage.reset();
    BOOST_TEST(rows.committed() == 0);
}

BOOST_AUTO_TEST_CASE(rows_that_come_while_no_session_can_be_opened_are_refused_at_once) {
    Trickle rows;
    ClosedPostgresql server;
    auto storage = server.open();
    storage->add_stream(rows);
    server.close();
    for (int i = 1; i <= 3; ++i) {  // the first may still meet the old session
        rows.add(1);
        storage->wake();
        until([&] { return rows.refused() == i; });
    }
    rows.add(5);
    storage.reset();
    BOOST_TEST(rows.refused() == 8);
    BOOST_TEST(rows.committed() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
