#include <boost/test/unit_test.hpp>

#include "contract/database.hpp"
#include "domain/result.hpp"

namespace partnerd::storage {
namespace {

void insert(Tx& tx, std::int64_t id, std::optional<std::string> note = std::nullopt) {
    tx.exec("insert into item (id, note) values (:id, :note)", {arg("id", id), arg("note", note)});
}

template <class Work>
Failure::Category category_of(Work work) {
    try {
        work();
    } catch (Failure const& failure) {
        return failure.category;
    }
    return Failure::Category::none;
}

Failure::Category category_of_write(Storage& storage, std::function<bool(Tx&)> const& work) {
    return category_of([&] { storage.write(work); });
}

#define REQUIRE_FAILURE(expression, expected) BOOST_TEST_REQUIRE((category_of([&] { expression; }) == Failure::Category::expected))

}  // namespace

BOOST_AUTO_TEST_SUITE(unit_of_work)

BOOST_AUTO_TEST_CASE_TEMPLATE(what_a_unit_wrote_is_there_when_write_returned_true, Database, Databases) {
    Opened<Database> opened;
    BOOST_TEST(opened.storage->write([](Tx& tx) {
        BOOST_TEST((tx.mode() == Mode::write));
        insert(tx, 1);
        insert(tx, 2);
        return true;
    }));
    BOOST_TEST(opened.count() == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_was_committed_is_there_after_reopening, Database, Databases) {
    Database database;
    for (int round = 1; round <= 2; ++round) {
        auto storage = open_storage(database.settings());
        migrate(*storage, "core", {item_migration()});
        storage->write([&](Tx& tx) { return insert(tx, round), true; });
        storage->read([&](Tx& tx) { BOOST_TEST(tx.value<std::int64_t>("select count(*) from item").value() == round); });
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_unit_that_returns_false_keeps_nothing, Database, Databases) {
    Opened<Database> opened;
    BOOST_TEST(!opened.storage->write([](Tx& tx) { return insert(tx, 1), false; }));
    BOOST_TEST(opened.count() == 0);
    BOOST_TEST(opened.storage->write([](Tx& tx) { return insert(tx, 1), true; }));
    BOOST_TEST(opened.count() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_unit_that_throws_keeps_nothing_and_its_exception_arrives, Database, Databases) {
    Opened<Database> opened;
    struct Mine {};
    BOOST_CHECK_THROW(opened.storage->write([](Tx& tx) -> bool {
        insert(tx, 1);
        throw Mine{};
    }),
                      Mine);
    BOOST_CHECK_THROW(opened.storage->write([](Tx& tx) -> bool {
        insert(tx, 1);
        throw std::logic_error("no");
    }),
                      std::logic_error);
    BOOST_CHECK_THROW(opened.storage->write([](Tx& tx) -> bool {
        insert(tx, 1);
        throw Refused(Error(errc::busy));
    }),
                      Refused);
    BOOST_TEST(opened.count() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_failed_statement_dooms_the_unit_even_when_the_handler_swallows_it, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) { return insert(tx, 1, "taken"), true; });
    REQUIRE_FAILURE(opened.storage->write([](Tx& tx) {
        insert(tx, 2);
        BOOST_TEST((category_of([&] { insert(tx, 3, "taken"); }) == Failure::Category::constraint));
        BOOST_TEST(tx.doomed());
        BOOST_TEST((category_of([&] { insert(tx, 4); }) == Failure::Category::state));
        BOOST_TEST((category_of([&] { tx.value<std::int64_t>("select 1"); }) == Failure::Category::state));
        BOOST_TEST((category_of([&] { tx.nested([] { return true; }); }) == Failure::Category::state));
        BOOST_TEST((category_of([&] { tx.after_commit([] {}); }) == Failure::Category::state));
        return true;
    }),
                    constraint);
    BOOST_TEST(opened.count() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_kind_of_failure_has_its_category_and_dooms, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) { return insert(tx, 1, "taken"), true; });
    struct Case {
        char const* what;
        Failure::Category expected;
        std::function<void(Tx&)> work;
    };
    using enum Failure::Category;
    for (auto const& c : {
             Case{"duplicate key", constraint, [](Tx& tx) { insert(tx, 1); }},
             Case{"duplicate unique", constraint, [](Tx& tx) { insert(tx, 2, "taken"); }},
             Case{"not null", constraint, [](Tx& tx) { tx.exec("insert into child (id, item) values (1, null)"); }},
             Case{"no such table", syntax, [](Tx& tx) { tx.exec("insert into nowhere (id) values (1)"); }},
             Case{"no such column", syntax, [](Tx& tx) { tx.exec("update item set nothing = 1"); }},
             Case{"not SQL", syntax, [](Tx& tx) { tx.exec("inser into item"); }},
             Case{"empty", syntax, [](Tx& tx) { tx.exec(" -- nothing\n"); }},
             Case{"two statements", syntax, [](Tx& tx) { tx.exec("insert into item (id) values (5); delete from item"); }},
             Case{"unknown parameter", syntax,
                  [](Tx& tx) {
                      tx.exec("update item set value = :v where id = 1", {arg("v", 1), arg("w", 1)});
                  }},
             Case{"fewer types than columns", syntax, [](Tx& tx) { tx.row<std::int64_t>("select id, value from item"); }},
             Case{"more types than columns", syntax, [](Tx& tx) { tx.row<std::int64_t, std::int64_t>("select id from item"); }},
             Case{"text as an integer", other, [](Tx& tx) { tx.value<std::int64_t>("select note from item where id = 1"); }},
             Case{"an integer as text", other, [](Tx& tx) { tx.value<std::string>("select id from item where id = 1"); }},
             Case{"text with a NUL", other, [](Tx& tx) { insert(tx, 7, std::string("a\0b", 3)); }},
             Case{"begin", syntax, [](Tx& tx) { tx.exec("begin"); }},
             Case{"commit", syntax, [](Tx& tx) { tx.exec("/* x */ COMMIT"); }},
             Case{"rollback", syntax, [](Tx& tx) { tx.exec("rollback"); }},
             Case{"savepoint", syntax, [](Tx& tx) { tx.exec("savepoint a"); }},
             Case{"its own doom", state, [](Tx& tx) { tx.doom("because"); }},
         }) {
        BOOST_TEST_CONTEXT(c.what) {
            auto const found = category_of_write(*opened.storage, [&](Tx& tx) {
                tx.exec("insert into item (id) values (99)");
                try {
                    c.work(tx);
                } catch (Failure const&) {}
                BOOST_TEST(tx.doomed());
                return true;
            });
            BOOST_TEST((found == c.expected));
            BOOST_TEST(opened.count() == 1);
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_deferred_constraint_that_breaks_at_commit_fails_that_unit_alone, Database, Databases) {
    Opened<Database> opened;
    REQUIRE_FAILURE(opened.storage->write([](Tx& tx) { return tx.exec("insert into child (id, item) values (1, 77)"), true; }), constraint);
    BOOST_TEST(opened.storage->write([](Tx& tx) { return insert(tx, 1), true; }));
    BOOST_TEST(opened.count() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_nested_part_that_is_refused_takes_back_only_its_own_rows, Database, Databases) {
    Opened<Database> opened;
    BOOST_TEST(opened.storage->write([](Tx& tx) {
        insert(tx, 1);
        BOOST_TEST(!tx.nested([&] { return insert(tx, 2), false; }));
        BOOST_TEST(!tx.nested([&]() -> bool {
            insert(tx, 3);
            throw Refused(Error(errc::busy));
        }));
        BOOST_TEST(tx.nested([&] {
            insert(tx, 4);
            BOOST_TEST(!tx.nested([&] { return insert(tx, 5), false; }));
            BOOST_TEST(tx.nested([&] { return insert(tx, 6), true; }));
            return true;
        }));
        BOOST_TEST(!tx.nested([&] {
            BOOST_TEST(tx.nested([&] { return insert(tx, 7), true; }));
            return false;
        }));
        BOOST_CHECK_THROW(tx.nested([&]() -> bool {
            insert(tx, 8);
            throw std::logic_error("no");
        }),
                          std::logic_error);
        return insert(tx, 9), true;
    }));
    std::vector<std::int64_t> ids;
    opened.storage->read([&](Tx& tx) {
        ids.clear();
        for (auto const& [id] : tx.query<std::int64_t>("select id from item order by id")) ids.push_back(id);
    });
    BOOST_TEST((ids == std::vector<std::int64_t>{1, 4, 6, 9}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_failed_statement_in_a_nested_part_dooms_the_whole_unit, Database, Databases) {
    Opened<Database> opened;
    REQUIRE_FAILURE(opened.storage->write([](Tx& tx) {
        insert(tx, 1);
        BOOST_TEST((category_of([&] { tx.nested([&] { return insert(tx, 1), true; }); }) == Failure::Category::constraint));
        return true;
    }),
                    constraint);
    BOOST_TEST(opened.count() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_query_goes_on_around_a_nested_part, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) {
        for (int i = 1; i <= 5; ++i) insert(tx, i);
        return true;
    });
    BOOST_TEST(opened.storage->write([](Tx& tx) {
        std::int64_t seen = 0;
        for (auto const& [id] : tx.query<std::int64_t>("select id from item where id <= 5 order by id")) {
            ++seen;
            tx.nested([&, item = id] { return insert(tx, 10 + item), item % 2 == 0; });
        }
        BOOST_TEST(seen == 5);
        return true;
    }));
    BOOST_TEST(opened.count() == 7);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(hooks_run_after_the_commit_and_only_then, Database, Databases) {
    Opened<Database> opened;
    std::vector<std::string> ran;
    auto const hook = [&](char const* name) { return [&ran, name] { ran.emplace_back(name); }; };
    opened.storage->write([&](Tx& tx) {
        tx.after_commit(hook("one"));
        tx.nested([&] { return tx.after_commit(hook("refused part")), false; });
        tx.nested([&] { return tx.after_commit(hook("kept part")), true; });
        BOOST_TEST(ran.empty());
        return insert(tx, 1), true;
    });
    BOOST_TEST((ran == std::vector<std::string>{"one", "kept part"}));
    ran.clear();
    opened.storage->write([&](Tx& tx) { return tx.after_commit(hook("false")), false; });
    BOOST_CHECK_THROW(opened.storage->write([&](Tx& tx) -> bool {
        tx.after_commit(hook("throws"));
        throw std::logic_error("no");
    }),
                      std::logic_error);
    BOOST_CHECK_THROW(opened.storage->write([&](Tx& tx) { return tx.after_commit(hook("doomed")), insert(tx, 1), true; }), Failure);
    BOOST_TEST(ran.empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_hook_finds_the_rows_of_its_unit_already_readable, Database, Databases) {
    Opened<Database> opened;
    std::int64_t seen = -1;
    opened.storage->write([&](Tx& tx) {
        tx.after_commit([&] { seen = opened.count(); });
        return insert(tx, 1), true;
    });
    BOOST_TEST(seen == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_reader_refuses_to_write_and_to_lock, Database, Databases) {
    Opened<Database> opened;
    for (auto const& work : std::initializer_list<std::function<void(Tx&)>>{[](Tx& tx) { insert(tx, 1); }, [](Tx& tx) { tx.lock("key"); }})
        BOOST_CHECK_THROW(opened.storage->read(work), Failure);
    BOOST_TEST(opened.count() == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_write_inside_a_write_is_refused_instead_of_waiting_for_itself, Database, Databases) {
    Opened<Database> opened;
    REQUIRE_FAILURE(opened.storage->write([&](Tx&) { return opened.storage->write([](Tx&) { return true; }); }), state);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lock_may_come_before_or_behind_the_first_statement_and_ends_with_the_unit, Database, Databases) {
    Opened<Database> opened;
    BOOST_TEST(opened.storage->write([](Tx& tx) { return tx.lock("key"), insert(tx, 1), true; }));
    BOOST_TEST(opened.storage->write([](Tx& tx) { return insert(tx, 2), tx.lock("key"), true; }));
    BOOST_TEST(!opened.storage->write([](Tx& tx) { return insert(tx, 3), tx.lock("key"), false; }));
    BOOST_TEST(opened.storage->write([](Tx& tx) { return tx.lock("key"), insert(tx, 4), true; }));
    BOOST_TEST(opened.count() == 3);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_undrained_insert_returning_blocks_nothing_and_inserts_once, Database, Databases) {
    Opened<Database> opened;
    for (int round = 0; round < 3; ++round)
        BOOST_TEST(opened.storage->write([&](Tx& tx) {
            auto const id = tx.value<std::int64_t>("insert into item (id, value) values (:a, 1), (:b, 2) returning id",
                                                   {arg("a", round * 10 + 1), arg("b", round * 10 + 2)});
            BOOST_TEST(id.value() == round * 10 + 1);
            std::array const types{ColumnType::i64};
            auto& left_in_the_middle = tx.prepare("insert into item (id) values (:a) returning id", types);
            left_in_the_middle.bind("a", round * 10 + 3);
            BOOST_TEST(left_in_the_middle.step());
            return true;
        }));
    BOOST_TEST(opened.count() == 9);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_same_text_can_be_stepped_twice_at_once, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) {
        for (int i = 1; i <= 3; ++i) insert(tx, i);
        return true;
    });
    opened.storage->read([](Tx& tx) {
        std::int64_t pairs = 0;
        for (auto const& [a] : tx.query<std::int64_t>("select id from item order by id"))
            for (auto const& [b] : tx.query<std::int64_t>("select id from item order by id")) pairs += a * 10 + b;
        BOOST_TEST(pairs == 3 * 60 + 3 * 6);
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(affected_counts_the_rows_that_changed, Database, Databases) {
    Opened<Database> opened;
    opened.storage->write([](Tx& tx) {
        for (int i = 1; i <= 5; ++i) insert(tx, i);
        BOOST_TEST(tx.exec("update item set value = 1 where id <= :max", {arg("max", 3)}) == 3);
        BOOST_TEST(tx.exec("update item set value = 1 where id = :id", {arg("id", 77)}) == 0);
        BOOST_TEST(tx.exec("insert into item (id) values (:id) on conflict do nothing", {arg("id", 1)}) == 0);
        BOOST_TEST(tx.exec("insert into item (id) values (:id) on conflict do nothing", {arg("id", 6)}) == 1);
        BOOST_TEST(tx.exec("create table other (id bigint)") == 0);
        BOOST_TEST(tx.exec("delete from item") == 6);
        return true;
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::storage
