// A database from before clicks had weeks, and conversions the sub-id of their click.
#include <boost/test/unit_test.hpp>

#include "database/test_database.hpp"
#include "domain/calendar.hpp"
#include "host/schema.hpp"
#include "tracking/click_weeks.hpp"
#include "unit/tracking/house.hpp"

namespace partnerd::host {

namespace {

using storage::Tx;

struct Older {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("partnerd-older-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
    std::unique_ptr<testing::TestDatabase> database;
    std::unique_ptr<storage::Storage> storage;
    static inline int number = 0;

    Older() {
        std::filesystem::create_directories(folder);
        database = std::make_unique<testing::TestDatabase>(folder / "older.db");
        storage::StorageSettings settings;
        settings.url = database->url();
        storage = storage::open_storage(settings);
        storage::migrate(*storage, "core", {core_migrations().front()});
    }
    ~Older() {
        storage.reset();
        std::filesystem::remove_all(folder);
    }
    void click(Id id, std::string const& sub1) {
        storage->write([&](Tx& tx) {
            tx.exec(
                "insert into click (id, program, link, sub1, sub2, sub3, sub4, sub5, visitor, is_unique, referrer) values (:id, 7, 8, :sub1, '', '', '', '', 0, 1, '')",
                {storage::arg("id", id), storage::arg("sub1", sub1)});
            return true;
        });
    }
    void conversion(Id id, Id click, std::string const& source) {
        storage->write([&](Tx& tx) {
            tx.exec(
                "insert into conversion (id, program, kind, external_id, test, order_id, state, reason, at_us, recorded_at_us, currency, exponent, total_minor, base_minor, "
                "left_total_minor, left_base_minor, order_total_minor, order_base_minor, breakdown, ordered_items, items, customer, customer_is_new, click, link, code, source, "
                "enrollment, partner, terms, plugin, content_hash) values (:id, 7, 'sale', cast(:id as text), 0, '', 'recorded', '', 0, 0, 'GBP', 2, 0, 0, 0, 0, 0, 0, '', '', '', '', 0, "
                ":click, 8, '', :source, 9, 10, 11, '', '')",
                {storage::arg("id", id), storage::arg("click", click), storage::arg("source", source)});
            return true;
        });
    }
    int update() { return storage::migrate(*storage, "core", core_migrations()); }
    template <class T>
    T value(std::string const& sql) {
        std::optional<T> found;
        storage->read([&](Tx& tx) { found = tx.value<T>(sql); });
        return found.value();
    }
};

Id now() { return first_id_at(SystemClock().now_us()); }

}  // namespace

BOOST_AUTO_TEST_SUITE(click_migration)

BOOST_AUTO_TEST_CASE(old_clicks_stay_where_they_are_found_and_conversions_learn_their_sub_id) {
    Older older;
    Id const first = first_id_at(*parse_day("2025-03-01") * day_us) + 1;
    older.click(first, "mail");
    older.click(now(), "social");
    older.conversion(21, first, "click");
    older.conversion(22, first, "coupon");
    older.conversion(23, first + 5, "click");
    BOOST_TEST(older.update() == 1);
    BOOST_TEST(older.value<std::int64_t>("select count(*) from click") == 2);
    BOOST_TEST(older.value<std::string>("select sub1 from click where program = 7 and id = " + std::to_string(first)) == "mail");
    BOOST_TEST(older.value<std::string>("select sub1 from conversion where id = 21") == "mail");
    BOOST_TEST(older.value<std::string>("select sub1 from conversion where id = 22") == "");
    BOOST_TEST(older.value<std::string>("select sub1 from conversion where id = 23") == "");
    if (!testing::on_postgresql()) return;
    BOOST_TEST(older.value<std::int64_t>("select count(*) from pg_inherits where inhparent = 'click'::regclass") == 1);

    // This week lies in the partition of all that was; later ones get their own.
    older.click(now() + 1, "");
    tracking::cover_weeks_ahead(*older.storage, SystemClock().now_us());
    BOOST_TEST(older.value<std::int64_t>("select count(*) from pg_inherits where inhparent = 'click'::regclass") == 5);
    auto const end = (tracking::click_week(now()) + 1) * tracking::click_week_ids;
    older.click(end - 1, "");
    older.click(end, "");
    BOOST_TEST(tracking::drop_weeks(*older.storage, end - 1) == 0);
    BOOST_TEST(older.value<std::int64_t>("select count(*) from click") == 5);
    tracking::drop_weeks(*older.storage, end);
    BOOST_TEST(older.value<std::int64_t>("select count(*) from click") == 1);
}

BOOST_AUTO_TEST_CASE(clicks_that_came_from_a_clock_far_ahead_are_kept_too) {
    Older older;
    Id const far = first_id_at(*parse_day("2060-01-01") * day_us);
    older.click(far, "");
    BOOST_TEST(older.update() == 1);
    BOOST_TEST(older.value<std::int64_t>("select count(*) from click") == 1);
    older.click(now(), "");
    tracking::cover_weeks_ahead(*older.storage, SystemClock().now_us());
    BOOST_TEST(older.value<std::int64_t>("select count(*) from click") == 2);
}

BOOST_AUTO_TEST_CASE(without_a_click_there_is_no_partition_yet) {
    Older older;
    BOOST_TEST(older.update() == 1);
    BOOST_TEST(older.update() == 0);
    if (testing::on_postgresql())
        BOOST_TEST(older.value<std::int64_t>("select count(*) from pg_inherits where inhparent = 'click'::regclass") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::host
