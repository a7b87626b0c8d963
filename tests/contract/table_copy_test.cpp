// A table out of one database and into another, in all four ways.
#include <boost/mp11/algorithm.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <limits>

#include "contract/database.hpp"
#include "storage/catalog.hpp"
#include "storage/copy_mark.hpp"
#include "storage/table_copy.hpp"

namespace partnerd::storage {
namespace {

template <class From, class To>
struct Way {
    using Source = From;
    using Target = To;
};
using Ways = boost::mp11::mp_product<Way, Databases, Databases>;

constexpr int rows = 9'001;  // more than two batches

void make_wide(Storage& storage) {
    storage.write_unbounded([](Tx& tx) {
        bool const sqlite = tx.dialect() == Dialect::sqlite;
        tx.exec(std::string("create table wide (part text not null, id bigint not null, number bigint, amount double precision, note text, data ") +
                (sqlite ? "blob" : "bytea") + ", primary key (part, id))");
        return true;
    });
}

Table wide(Storage& storage) {
    Table found;
    storage.read([&](Tx& tx) {
        for (auto& table : tables_of(tx))
            if (table.name == "wide") found = table;
    });
    BOOST_TEST_REQUIRE(found.columns.size() == 6u);
    return found;
}

void fill(Storage& storage) {
    constexpr std::array<std::int64_t, 4> numbers{0, -1, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
    constexpr std::array<double, 4> amounts{0.1, -0.0, 1e-320, std::numeric_limits<double>::max()};
    constexpr std::array<std::string_view, 4> notes{"", "Żółw ☂ 😀", "it's \"quoted\" \\ :v0 $1", "a\nb\tc"};
    constexpr std::array<std::string_view, 3> parts{"a", "Ä", "B"};
    using namespace std::string_view_literals;
    storage.write_unbounded([&](Tx& tx) {
        for (int i = 0; i < rows; ++i) {
            auto const at = static_cast<std::size_t>(i) % 4;
            Value data("\0\xff\x01 x"sv);
            data.kind = Value::Kind::blob;
            bool const none = i % 7 == 0;
            tx.put("insert into wide (part, id, number, amount, note, data) values (:part, :id, :number, :amount, :note, :data)",
                   {arg("part", parts[static_cast<std::size_t>(i) % 3]), arg("id", i), arg("number", none ? Value() : Value(numbers[at])),
                    arg("amount", none ? Value() : Value(amounts[at])), arg("note", none ? Value() : Value(notes[at])), arg("data", none ? Value() : data)});
        }
        return true;
    });
}

RowSum sum_of(Storage& storage, std::vector<std::string> const& zeroed = {}) {
    auto const table = wide(storage);
    TableReader reader(table, zeroed);
    RowBatch batch(table.columns.size());
    RowSum sum;
    for (bool more = true; more;) {
        storage.read([&](Tx& tx) { more = reader.next(tx, batch); });
        sum.add(batch);
    }
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(table_copy)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_value_arrives_and_the_sums_agree, W, Ways) {
    Opened<typename W::Source> source;
    Opened<typename W::Target> target;
    make_wide(*source.storage);
    make_wide(*target.storage);
    fill(*source.storage);
    auto const table = wide(*source.storage);
    BOOST_TEST((table.columns == wide(*target.storage).columns));
    BOOST_TEST((table.key == std::vector<std::string>{"part", "id"}));
    TableReader reader(table, {});
    RowBatch batch(table.columns.size());
    for (;;) {
        bool more = false;
        source.storage->read([&](Tx& tx) { more = reader.next(tx, batch); });
        if (!more) break;
        target.storage->write_unbounded([&](Tx& tx) { return insert_rows(tx, table, batch), true; });
    }
    auto const sent = sum_of(*source.storage), arrived = sum_of(*target.storage);
    BOOST_TEST(arrived.rows() == rows);
    BOOST_TEST(arrived.hex() == sent.hex());
    BOOST_TEST((sum_of(*target.storage, {"number"}) != sent));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_sum_tells_every_change, Database, Databases) {
    Opened<Database> opened;
    make_wide(*opened.storage);
    fill(*opened.storage);
    auto const before = sum_of(*opened.storage);
    for (auto const* const change : {
             "update wide set number = 1 where id = 1",
             "update wide set amount = 0.5 where id = 1",
             "update wide set note = null where id = 4",   // it was empty
             "update wide set note = 'x' where id = 8999",
             "update wide set part = 'c' where id = 5",
             "delete from wide where id = 9000",
             "update wide set id = id + 1000000 where id = 17",
         })
        BOOST_TEST_CONTEXT(change) {
            opened.storage->write_unbounded([&](Tx& tx) {
                BOOST_TEST(tx.exec(change) == 1);
                return true;
            });
            auto const after = sum_of(*opened.storage);
            BOOST_TEST(after.hex() != before.hex());
            opened.storage->write_unbounded([](Tx& tx) { return tx.exec("delete from wide"), true; });
            fill(*opened.storage);
            BOOST_TEST((sum_of(*opened.storage) == before));
        }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_table_that_cannot_be_copied_is_named, Database, Databases) {
    Opened<Database> opened;
    for (auto const& [sql, words] : {std::pair{"create table odd (id bigint primary key, at timestamp)", "column at of table odd"},
                                     std::pair{"create table odd (id bigint)", "odd has no primary key"}})
        BOOST_TEST_CONTEXT(sql) {
            opened.storage->write_unbounded([&, sql = sql](Tx& tx) { return tx.exec(sql), true; });
            auto const names_it = [text = std::string(words)](Failure const& failure) { return std::string(failure.what()).find(text) != std::string::npos; };
            BOOST_CHECK_EXCEPTION(opened.storage->read([](Tx& tx) { tables_of(tx); }), Failure, names_it);
            opened.storage->write_unbounded([](Tx& tx) { return tx.exec("drop table odd"), true; });
        }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_marked_database_is_refused_until_the_copy_is_whole, Database, Databases) {
    Database database;
    auto storage = open_storage(database.settings());
    auto const as_another_run = [&] {
        storage.reset();
        storage = open_storage(database.settings());
    };
    std::vector<std::string> const known{"migration", "item", "child"};
    refuse_unfinished_copy(*storage, "here");
    begin_copy(*storage, "here", known, {"there", 0});
    migrate(*storage, "core", {item_migration()});
    BOOST_TEST_REQUIRE(copy_mark(*storage).has_value());
    BOOST_TEST(copy_mark(*storage)->source == "there");
    BOOST_CHECK_THROW(refuse_unfinished_copy(*storage, "here"), Failure);
    as_another_run();
    begin_copy(*storage, "here", known, {"elsewhere", 0});
    as_another_run();
    BOOST_TEST(copy_mark(*storage)->source == "elsewhere");
    migrate(*storage, "core", {item_migration()});
    std::vector<std::string> const fewer{"migration", "item"};
    BOOST_CHECK_THROW(begin_copy(*storage, "here", fewer, {"there", 0}), Failure);
    finish_copy(*storage);
    refuse_unfinished_copy(*storage, "here");
    BOOST_CHECK_THROW(begin_copy(*storage, "here", known, {"there", 0}), Failure);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
