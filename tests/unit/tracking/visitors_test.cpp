#include "tracking/visitors.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::tracking {

BOOST_AUTO_TEST_SUITE(visitors)

BOOST_AUTO_TEST_CASE(a_visitor_is_new_once_for_each_link_and_day) {
    Visitors visitors(1024);
    BOOST_TEST(visitors.meet(7, 1, 100));
    BOOST_TEST(!visitors.meet(7, 1, 100));
    BOOST_TEST(visitors.meet(7, 2, 100));
    BOOST_TEST(visitors.meet(7, 1, 101));
    BOOST_TEST(visitors.meet(8, 1, 100));
    BOOST_TEST(!visitors.meet(7, 1, 100));
}

BOOST_AUTO_TEST_CASE(days_that_alternate_forget_nobody) {
    Visitors visitors(1024);
    for (int round = 0; round < 3; ++round)
        for (std::int64_t const day : {100, 101}) BOOST_TEST(visitors.meet(7, 1, day) == (round == 0));
}

BOOST_AUTO_TEST_CASE(of_as_many_as_half_its_slots_hardly_any_is_forgotten) {
    Visitors visitors(1 << 14);
    int fresh = 0;
    for (int round = 0; round < 2; ++round)
        for (std::int64_t visitor = 1; visitor <= 1 << 13; ++visitor) fresh += visitors.meet(visitor, 1, 100) ? 1 : 0;
    BOOST_TEST(fresh >= 1 << 13);
    BOOST_TEST(fresh < (1 << 13) * 11 / 10);
}

BOOST_AUTO_TEST_CASE(of_more_than_it_has_slots_the_newest_are_known) {
    Visitors visitors(1024);
    for (std::int64_t visitor = 1; visitor <= 100'000; ++visitor) visitors.meet(visitor, 1, 100);
    BOOST_TEST(!visitors.meet(100'000, 1, 100));
    int known = 0;
    for (std::int64_t visitor = 99'801; visitor <= 100'000; ++visitor) known += visitors.meet(visitor, 1, 100) ? 0 : 1;
    BOOST_TEST(known > 150);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tracking
