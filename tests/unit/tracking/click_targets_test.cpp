#include "tracking/click_targets.hpp"

#include <boost/test/unit_test.hpp>

#include "unit/tracking/house.hpp"

namespace partnerd::tracking {
namespace {

struct Fixture : testing::House {
    programs::Program const shop = program("shop");
    Id const link_id = link(shop, enrolled(shop, "acme"), "landing").id;
    ClickTargets targets;

    std::shared_ptr<ClickTarget const> load() {
        return read([&](storage::Tx& tx) { return targets.load(tx, link_id); });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(click_targets, Fixture)

BOOST_AUTO_TEST_CASE(a_link_is_known_when_it_was_loaded) {
    BOOST_TEST(!targets.find(link_id));
    auto const loaded = load();
    BOOST_TEST_REQUIRE(loaded);
    BOOST_TEST(targets.find(link_id) == loaded);
    BOOST_TEST(!read([&](storage::Tx& tx) { return targets.load(tx, link_id + 1); }));
    BOOST_TEST(!targets.find(link_id + 1));
}

// A change comes between the look-up of a click's link and its count, and is heard twice: from the commit and from the database.
BOOST_AUTO_TEST_CASE(a_click_under_way_finds_its_link_when_everything_is_forgotten) {
    auto const before = load();
    targets.clear();
    BOOST_TEST(targets.find(link_id) == before);
    targets.clear();
    targets.clear();
    BOOST_TEST(targets.find(link_id) == before);
}

BOOST_AUTO_TEST_CASE(what_was_read_before_a_change_is_not_found_behind_the_next_reading) {
    load();
    status(shop, "paused");
    targets.clear();
    BOOST_TEST(targets.find(link_id)->tracks);
    auto const after = load();
    BOOST_TEST(!after->tracks);
    BOOST_TEST(targets.find(link_id) == after);
    targets.clear();
    BOOST_TEST(!targets.find(link_id)->tracks);
}

BOOST_AUTO_TEST_CASE(what_is_read_while_something_changes_is_found_by_who_reads_it) {
    auto const during = read([&](storage::Tx& tx) {
        targets.clear();
        return targets.load(tx, link_id);
    });
    BOOST_TEST(targets.find(link_id) == during);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tracking
