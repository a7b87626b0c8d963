// Somebody with a SQLite shell writes beside the server: what is kept of the tables is no longer certain.
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>

#include "unit/storage/sqlite_fixture.hpp"

namespace partnerd::storage {
namespace {

void shell(std::filesystem::path const& file, char const* sql) {
    sqlite3* database = nullptr;
    BOOST_TEST_REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    sqlite3_busy_timeout(database, 5000);
    BOOST_TEST(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(database);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(foreign_writer, SqliteFixture)

BOOST_AUTO_TEST_CASE(the_changes_of_tables_move_when_another_process_wrote) {
    static TableSet const items({"item"});
    open();
    auto const number = [&] {
        std::uint64_t changes = 0;
        storage->write([&](Tx& tx) { return changes = tx.changes_of(items), true; });
        return changes;
    };
    auto const before = number();
    BOOST_TEST(number() == before);
    shell(file(), "insert into item (id, value) values (77, 1)");
    BOOST_TEST(number() != before);
    auto const after = number();
    BOOST_TEST(number() == after);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
