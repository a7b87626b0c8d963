#include "plugins/cache_table.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <list>
#include <thread>
#include <vector>

namespace partnerd::plugins {
namespace {

CacheTable::Value value(std::string text) { return std::make_shared<std::string const>(std::move(text)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(cache_table)

BOOST_AUTO_TEST_CASE(the_least_recently_used_entries_go_first_and_the_bound_holds) {
    for (std::size_t const most : {1U, 3U, 100U, 1000U}) {
        CacheTable table("t", most);
        for (int i = 0; i < 3000; ++i) table.put(std::to_string(i), value("v"), table.generation(std::to_string(i)));
        BOOST_TEST(table.size() <= most);
        BOOST_TEST((table.get("2999") != nullptr));
        BOOST_TEST((table.get("0") == nullptr));
    }
    CacheTable table("t", 2);
    table.put("a", value("1"), 0);
    table.put("b", value("2"), 0);
    table.get("a");
    table.put("c", value("3"), 0);
    BOOST_TEST((table.get("a") != nullptr));
    BOOST_TEST((table.get("b") == nullptr));
}

BOOST_AUTO_TEST_CASE(a_load_that_began_before_a_change_is_not_kept) {
    CacheTable table("t", 10);
    auto const before = table.generation("k");
    table.forget("k");
    table.put("k", value("stale"), before);
    BOOST_TEST((table.get("k") == nullptr));
    table.put("k", value("fresh"), table.generation("k"));
    BOOST_TEST(*table.get("k") == "fresh");
}

BOOST_AUTO_TEST_CASE(a_value_that_is_forgotten_lives_as_long_as_it_is_held) {
    CacheTable table("t", 10);
    table.put("k", value("held"), 0);
    auto const held = table.get("k");
    table.forget("k");
    table.clear();
    BOOST_TEST(*held == "held");
    BOOST_TEST(table.size() == 0U);
}

BOOST_AUTO_TEST_CASE(what_a_thread_found_before_is_gone_for_it_when_any_other_forgets_it) {
    CacheTable table("t", 100);
    for (auto const& forget : {std::function<void()>([&] { table.forget("k"); }), std::function<void()>([&] { table.clear(); })}) {
        table.put("k", value("old"), table.generation("k"));
        table.put("other", value("stays"), table.generation("other"));
        for (int i = 0; i < 3; ++i) BOOST_TEST(*table.get("k") == "old");
        std::thread(forget).join();
        BOOST_TEST((table.get("k") == nullptr));
        table.put("k", value("new"), table.generation("k"));
        BOOST_TEST(*table.get("k") == "new");
        table.clear();
    }
}

BOOST_AUTO_TEST_CASE(tables_that_share_a_place_in_a_thread_do_not_answer_for_each_other) {
    std::list<CacheTable> tables;
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 20; ++i) {
            auto& table = tables.emplace_back("t", 100);
            table.put("k", value(std::to_string(i)), 0);
            BOOST_TEST(*table.get("k") == std::to_string(i));
            BOOST_TEST((table.get("absent") == nullptr));
        }
        int i = 0;
        for (auto& table : tables) BOOST_TEST(*table.get("k") == std::to_string(i++));
        tables.clear();  // others come where they were
    }
}

BOOST_AUTO_TEST_CASE(many_threads_may_use_it) {
    CacheTable table("t", 64);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&table, t] {
            for (int i = 0; i < 2000; ++i) {
                auto const key = std::to_string(i % 100);
                if (table.get(key) == nullptr) table.put(key, value(key), table.generation(key));
                if (i % 7 == t) table.forget(key);
            }
        });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(table.size() <= 64U);
    for (int i = 0; i < 100; ++i)
        if (auto const found = table.get(std::to_string(i))) BOOST_TEST(*found == std::to_string(i));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::plugins
