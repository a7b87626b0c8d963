#include <boost/test/unit_test.hpp>

#include "ledger/entry.hpp"
#include "ledger/outside_name.hpp"
#include "ledger/seal.hpp"
#include "unit/tracking/house.hpp"

namespace partnerd::ledger {

using testing::code;
using testing::House;

namespace {

constexpr Id program = 77;
Currency const gbp = find_currency("GBP").value();
Currency const usd = find_currency("USD").value();

struct Books {
    House house;
    Account expense, ada, bob, dollars;
    Books() {
        house.write([&](storage::Tx& tx) {
            expense = open_account(tx, house.mint, program, expense_account, 0, gbp);
            ada = open_account(tx, house.mint, program, pending_account(1), 1, gbp);
            bob = open_account(tx, house.mint, program, pending_account(2), 2, gbp);
            dollars = open_account(tx, house.mint, program, "coupons_budget", 0, usd);
        });
    }
    Result<Posted> post(std::string key, std::vector<Leg> const& legs, std::string kind = "test") {
        std::optional<Result<Posted>> result;
        house.storage->write([&](storage::Tx& tx) { return result.emplace(ledger::post(tx, house.mint, house.clock, {program, key, kind, "memo", 0, testing::start_us}, legs)).has_value(); });
        return *result;
    }
    std::int64_t balance_of(Account const& account) {
        return house.read([&](storage::Tx& tx) { return balance(tx, account).minor; });
    }
    int seal(int most) {
        return house.write([&](storage::Tx& tx) { return seal_entries(tx, house.clock, program, most); });
    }
    SealCheck check(int slice = 1000) {
        return house.read([&](storage::Tx& tx) {
            SealCheck result;
            while (check_more_of_seal(tx, program, result, slice)) {
            }
            return result;
        });
    }
    void unprotect() {
        house.allow_tampering();
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ledger)

BOOST_AUTO_TEST_CASE(names_and_keys_show_the_ids_of_the_api_and_come_back) {
    auto const partner = format_id("ptn", 250060269479264263);
    for (auto const& [stored, shown] : std::vector<std::pair<std::string, std::string>>{{pending_account(250060269479264263), "partner:" + partner + ":pending"},
                                                                                        {payable_account(7), "partner:" + format_id("ptn", 7) + ":payable"},
                                                                                        {"accrue:7", "accrue:" + format_id("com", 7)},
                                                                                        {"release:7", "release:" + format_id("com", 7)},
                                                                                        {"change:7", "change:" + format_id("chg", 7)}}) {
        BOOST_TEST(outside_name(stored) == shown);
        BOOST_TEST(inside_name(shown) == stored);
    }
    for (auto const* const other : {"expense", "coupons_budget", "coupons:7", "partner:", "partner::pending", "partner:x:pending", "accrue:-7", "accrue:07x", "accrue:99999999999999999999", "", ":"}) {
        BOOST_TEST(outside_name(other) == other);
        BOOST_TEST(inside_name(other) == other);
    }
}

BOOST_AUTO_TEST_CASE(entries_that_are_refused) {
    Books books;
    struct Case {
        char const* name;
        std::vector<Leg> legs;
        char const* code;
    };
    std::vector<Case> const cases = {
        {"no legs", {}, "legs_unbalanced"},
        {"one leg", {{books.ada, 0}}, "legs_unbalanced"},
        {"a cent too much", {{books.expense, -100}, {books.ada, 101}}, "legs_unbalanced"},
        {"balanced over two units only", {{books.dollars, -100}, {books.ada, 100}}, "legs_unbalanced"},
        {"a sum that overflows", {{books.ada, INT64_MAX}, {books.bob, 1}, {books.expense, INT64_MIN}}, "amount_overflow"},
        {"too many legs", std::vector<Leg>(65, Leg{books.ada, 0}), "legs_unbalanced"},
    };
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.name) { BOOST_TEST(code(books.post("k", c.legs)) == c.code); }
    }
    BOOST_TEST(books.house.count("entry") == 0);
}

BOOST_AUTO_TEST_CASE(a_key_posts_once) {
    Books books;
    auto const first = books.post("k", {{books.expense, -100}, {books.ada, 100}});
    BOOST_TEST_REQUIRE(code(first) == "ok");
    auto const again = books.post("k", {{books.expense, -100}, {books.ada, 100}});
    BOOST_TEST(again->replayed);
    BOOST_TEST(again->entry == first->entry);
    BOOST_TEST(code(books.post("k", {{books.expense, -101}, {books.ada, 101}})) == "entry_differs");
    BOOST_TEST(code(books.post("k", {{books.expense, -100}, {books.bob, 100}})) == "entry_differs");
    BOOST_TEST(code(books.post("k", {{books.expense, -100}, {books.ada, 50}, {books.bob, 50}})) == "entry_differs");
    BOOST_TEST(books.balance_of(books.ada) == 100);
    BOOST_TEST(books.balance_of(books.expense) == -100);
}

BOOST_AUTO_TEST_CASE(sealing_goes_on_where_it_was) {
    Books books;
    auto const post_some = [&](std::string const& key, int count) {
        for (int i = 0; i < count; ++i) BOOST_TEST_REQUIRE(code(books.post(key + std::to_string(i), {{books.expense, -1}, {books.ada, 1}})) == "ok");
    };
    SealCursor cursor;
    auto const onward = [&](int most) {
        auto moved = cursor;
        auto const sealed = books.house.write([&](storage::Tx& tx) { return seal_onward(tx, books.house.clock, program, most, moved); });
        cursor = moved;
        return sealed;
    };
    BOOST_TEST(onward(3) == 0);
    BOOST_TEST(!cursor.more);
    post_some("a", 7);
    BOOST_TEST(books.seal(2) == 2);  // by somebody who keeps no cursor
    BOOST_TEST(onward(3) == 3);
    BOOST_TEST(cursor.more);
    BOOST_TEST(onward(3) == 2);
    BOOST_TEST(!cursor.more);
    BOOST_TEST(onward(3) == 0);
    post_some("b", 2);
    // What is rolled back moves nothing.
    books.house.storage->write([&](storage::Tx& tx) {
        auto moved = cursor;
        BOOST_TEST(seal_onward(tx, books.house.clock, program, 3, moved) == 2);
        return false;
    });
    BOOST_TEST(onward(2) == 2);
    BOOST_TEST(onward(2) == 0);
    cursor = {};  // a restart
    post_some("c", 1);
    BOOST_TEST(onward(100) == 1);
    auto const check = books.check();
    BOOST_TEST(check.broken == "");
    BOOST_TEST(check.entries == 10);
    BOOST_TEST(check.unsealed == 0);
}

BOOST_AUTO_TEST_CASE(a_reversal_is_the_opposite_entry) {
    Books books;
    auto const posted = books.post("k", {{books.expense, -100}, {books.ada, 60}, {books.bob, 40}});
    auto const undo = [&](Id entry) { return books.house.write([&](storage::Tx& tx) { return code(reverse(tx, books.house.mint, books.house.clock, program, "undo", entry, "a mistake")); }); };
    BOOST_TEST(undo(4711) == "not_found");
    BOOST_TEST(undo(posted->entry) == "ok");
    BOOST_TEST(undo(posted->entry) == "ok");
    BOOST_TEST(books.balance_of(books.ada) == 0);
    BOOST_TEST(books.balance_of(books.bob) == 0);
    BOOST_TEST(books.house.count("entry") == 2);
}

BOOST_AUTO_TEST_CASE(a_balance_never_wraps_around) {
    Books books;
    BOOST_TEST(code(books.post("1", {{books.expense, -1}, {books.ada, 1}})) == "ok");
    books.house.execute("update account set balance_minor = 9223372036854775807 where balance_minor = 1");
    auto const overflowed = books.post("2", {{books.expense, -1}, {books.ada, 1}});
    BOOST_TEST(code(overflowed) == "amount_overflow");
    BOOST_TEST(overflowed.error().detail.find("'partner:" + format_id("ptn", 1) + ":pending'") != std::string::npos, overflowed.error().detail);
    BOOST_TEST(books.balance_of(books.ada) == INT64_MAX);
    BOOST_TEST(books.house.count("entry") == 1);
    BOOST_TEST(code(books.post("3", {{books.expense, 1}, {books.ada, -1}})) == "ok");
    BOOST_TEST(code(books.post("4", {{books.expense, -1}, {books.ada, 1}})) == "ok");
}

BOOST_AUTO_TEST_CASE(a_leg_has_a_largest_amount_so_that_every_sum_fits) {
    Books books;
    auto const most = amount_minor_max;
    BOOST_TEST(code(books.post("1", {{books.expense, -most}, {books.ada, most}})) == "ok");
    BOOST_TEST(code(books.post("2", {{books.expense, -most - 1}, {books.ada, most + 1}})) == "amount_overflow");
    BOOST_TEST(code(books.post("3", {{books.expense, most + 1}, {books.ada, -most - 1}})) == "amount_overflow");
    BOOST_TEST(books.house.count("entry") == 1);
}

BOOST_AUTO_TEST_CASE(postings_and_entries_are_never_changed) {
    Books books;
    books.post("k", {{books.expense, -100}, {books.ada, 100}});
    for (auto const* sql : {"update posting set amount_minor = 0", "delete from posting", "update entry set memo = ''", "delete from entry"})
        BOOST_CHECK_THROW(books.house.execute(sql), storage::Failure);
    BOOST_TEST(books.balance_of(books.ada) == 100);
}

BOOST_AUTO_TEST_CASE(the_seal_numbers_entries_without_gaps_in_blocks) {
    Books books;
    BOOST_TEST(books.seal(10) == 0);
    for (int i = 0; i < 7; ++i) books.post(std::to_string(i), {{books.expense, -1}, {books.ada, 1}});
    BOOST_TEST(books.seal(3) == 3);
    BOOST_TEST(books.seal(3) == 3);
    auto check = books.check(1);
    BOOST_TEST(check.broken == "");
    BOOST_TEST(check.blocks == 2);
    BOOST_TEST(check.entries == 6);
    BOOST_TEST(check.unsealed == 1);
    BOOST_TEST(books.seal(10) == 1);
    BOOST_TEST(books.seal(10) == 0);
    auto const head = books.house.read([&](storage::Tx& tx) { return seal_head(tx, program); });
    BOOST_TEST(head.last_seq == 7);
    BOOST_TEST(head.unsealed == 0);
    BOOST_TEST(head.hash == books.check().head);
}

BOOST_AUTO_TEST_CASE(whoever_tampers_with_a_sealed_entry_is_found) {
    struct Case {
        char const* name;
        char const* sql;
    };
    for (auto const& c : {Case{"an amount", "update posting set amount_minor = amount_minor * 2 where entry = (select min(id) from entry)"},
                          Case{"a memo", "update entry set memo = 'other' where id = (select max(id) from entry)"},
                          Case{"a key", "update entry set entry_key = 'other' where id = (select min(id) from entry)"},
                          Case{"a time", "update entry set at_us = at_us + 1 where id = (select min(id) from entry)"},
                          Case{"an account", "update posting set account = (select id from account where name = 'partner:2:pending') where leg = 1 and entry = (select min(id) from entry)"},
                          Case{"an entry dropped", "delete from entry where id = (select min(id) from entry)"},
                          Case{"a leg dropped", "delete from posting where leg = 1 and entry = (select max(id) from entry)"},
                          Case{"a leg inserted", "insert into posting select program, entry, 9, account, 0 from posting where leg = 1 and entry = (select max(id) from entry)"},
                          Case{"a hash", "update seal_block set hash = 'ff' where last_seq = 2"},
                          Case{"a block dropped from the middle", "delete from seal_block where last_seq = 2"},
                          Case{"a seal dropped", "delete from seal where seal_seq = 3"},
                          Case{"the newest block dropped, its seals forgotten", "delete from seal_block where last_seq = 4"},
                          Case{"a seal of another entry", "update seal set entry = -entry where seal_seq = 1"}}) {
        BOOST_TEST_CONTEXT(c.name) {
            Books books;
            for (int i = 0; i < 4; ++i) books.post(std::to_string(i), {{books.expense, -1}, {books.ada, 1}});
            BOOST_TEST_REQUIRE(books.seal(2) == 2);
            BOOST_TEST_REQUIRE(books.seal(2) == 2);
            BOOST_TEST_REQUIRE(books.check().broken == "");
            books.unprotect();
            books.house.execute(c.sql);
            BOOST_TEST(books.check().broken != "");
            BOOST_TEST(books.check(1).broken != "");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::ledger
