#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include "contract/database.hpp"

namespace partnerd::storage {
namespace {

Value blob(std::string_view bytes) {
    Value value(bytes);
    value.kind = Value::Kind::blob;
    return value;
}

// Writes `value` into the column and reads it back as the type in a later transaction.
template <class Work>
void written_and_read(Storage& storage, char const* column, Value const& value, ColumnType type, Work check) {
    storage.write([&](Tx& tx) {
        tx.exec("delete from item");
        tx.exec(std::string("insert into item (id, ") + column + ") values (1, :value)", {arg("value", value)});
        return true;
    });
    storage.read([&](Tx& tx) {
        std::array const types{type};
        auto& statement = tx.prepare(std::string("select ") + column + " from item where id = 1", types);
        BOOST_TEST_REQUIRE(statement.step());
        check(statement.column(0));
        BOOST_TEST(!statement.step());
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(values)

BOOST_AUTO_TEST_CASE_TEMPLATE(integers_come_back_whole, Database, Databases) {
    Opened<Database> opened;
    for (std::int64_t const number : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{5'000'000'000}, (std::int64_t{1} << 53) + 1,
                                      std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
        BOOST_TEST_CONTEXT(number)
        written_and_read(*opened.storage, "value", number, ColumnType::i64, [&](Value const& value) {
            BOOST_TEST((value.kind == Value::Kind::i64));
            BOOST_TEST(value.i64 == number);
        });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(sums_and_counts_are_integers, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) {
        for (int i = 1; i <= 3; ++i)
            tx.exec("insert into item (id, value) values (:id, :value)", {arg("id", i), arg("value", (std::int64_t{1} << 53) + 1)});
        auto const row =
            tx.row<std::int64_t, std::int64_t, std::int64_t, bool>("select count(*), sum(value), max(value), count(*) > 2 from item");
        BOOST_TEST(std::get<0>(*row) == 3);
        BOOST_TEST(std::get<1>(*row) == 3 * ((std::int64_t{1} << 53) + 1));
        BOOST_TEST(std::get<2>(*row) == (std::int64_t{1} << 53) + 1);
        BOOST_TEST(std::get<3>(*row));
        BOOST_TEST(!tx.value<std::optional<std::int64_t>>("select sum(value) from item where id > 9").value().has_value());
        return true;
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(doubles_come_back_to_the_last_bit, Database, Databases) {
    Opened<Database> opened;
    for (double const number : {0.1, -1.0 / 3, 1e300, 5e-324, 123456789.123456789, 2.0})
        BOOST_TEST_CONTEXT(number)
        written_and_read(*opened.storage, "amount", number, ColumnType::f64, [&](Value const& value) {
            BOOST_TEST((value.kind == Value::Kind::f64));
            BOOST_TEST((value.f64 == number));
        });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(text_comes_back_byte_for_byte, Database, Databases) {
    Opened<Database> opened;
    for (std::string const& text :
         {std::string(), std::string(" "), std::string("it's \"quoted\" \\ and 100 % :name $1 ?"),
          std::string("Grüße, 世界, \xF0\x9F\x8E\x81"), std::string("line\nline\ttab"), std::string("NULL"), std::string(100'000, 'x')})
        BOOST_TEST_CONTEXT(text.substr(0, 40))
        written_and_read(*opened.storage, "note", text, ColumnType::text, [&](Value const& value) {
            BOOST_TEST((value.kind == Value::Kind::text));
            BOOST_TEST((value.bytes == text));
        });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(blobs_come_back_byte_for_byte, Database, Databases) {
    Opened<Database> opened;
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    for (std::string const& bytes : {std::string("a\0b\0", 4), std::string("\0", 1), std::string(), all, std::string("\\x41")})
        BOOST_TEST_CONTEXT(bytes.size())
        written_and_read(*opened.storage, "data", blob(bytes), ColumnType::blob, [&](Value const& value) {
            BOOST_TEST((value.kind == Value::Kind::blob));
            BOOST_TEST((value.bytes == bytes));
        });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(null_is_null_in_every_type, Database, Databases) {
    Opened<Database> opened;
    struct Case {
        char const* column;
        ColumnType type;
    };
    for (auto const& c :
         {Case{"value", ColumnType::i64}, Case{"amount", ColumnType::f64}, Case{"note", ColumnType::text}, Case{"data", ColumnType::blob}})
        BOOST_TEST_CONTEXT(c.column)
        written_and_read(*opened.storage, c.column, Value(), c.type, [&](Value const& value) { BOOST_TEST(value.is_null()); });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_parameter_changes_its_kind_from_one_execution_to_the_next, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) {
        auto const insert = [&](std::int64_t id, Value const& value, Value const& note) {
            tx.exec("insert into item (id, value, note) values (:id, :value, :note)",
                    {arg("id", id), arg("value", value), arg("note", note)});
        };
        insert(1, 7, Value());
        insert(2, Value(), "seven");
        insert(3, std::numeric_limits<std::int64_t>::min(), "");
        auto const third = tx.row<std::int64_t, std::optional<std::string>>("select value, note from item where id = 3");
        BOOST_TEST(std::get<0>(*third) == std::numeric_limits<std::int64_t>::min());
        BOOST_TEST(std::get<1>(*third).value().empty());
        BOOST_TEST(tx.value<std::int64_t>("select count(*) from item where value is null").value() == 1);
        BOOST_TEST(tx.value<std::int64_t>("select count(*) from item where note is null").value() == 1);
        return true;
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_parameter_that_is_not_bound_again_is_null, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) {
        auto& statement = tx.prepare("insert into item (id, value) values (:id, :value)", {});
        for (int id = 1; id <= 2; ++id) {
            statement.bind("id", id);
            if (id == 1) statement.bind("value", 5);
            BOOST_TEST(!statement.step());
            BOOST_TEST(!statement.step());
            BOOST_TEST(statement.affected() == 1);
            statement.reset();
        }
        BOOST_TEST(tx.value<std::int64_t>("select count(*) from item where value is null").value() == 1);
        return true;
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_name_used_twice_is_one_parameter, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) {
        tx.exec("insert into item (id, value) values (:n, :n)", {arg("n", 42)});
        BOOST_TEST(tx.value<std::int64_t>("select value from item where id = :n and value = :n", {arg("n", 42)}).value() == 42);
        return true;
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_bound_text_is_copied, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) {
        auto& statement = tx.prepare("insert into item (id, note) values (:id, :note)", {});
        std::string text = "before, and long enough to live on the heap";
        statement.bind("id", 1);
        statement.bind("note", text);
        text.assign(text.size(), '#');
        statement.step();
        BOOST_TEST(tx.value<std::string>("select note from item").value() == "before, and long enough to live on the heap");
        return true;
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
