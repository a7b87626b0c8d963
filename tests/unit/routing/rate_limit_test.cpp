#include "routing/rate_limit.hpp"

#include <boost/test/unit_test.hpp>

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(rate_limit)

BOOST_AUTO_TEST_CASE(a_burst_is_taken_and_then_one_at_a_time) {
    RateLimiter limiter;
    RateLimit const limit{10, 5};
    std::int64_t now_us = 1'000'000'000;
    for (int i = 0; i < 5; ++i) {
        auto const taken = limiter.take(limit, 7, now_us);
        BOOST_TEST(taken.allowed);
        BOOST_TEST(taken.limit == 5);
        BOOST_TEST(taken.remaining == 4 - i);
    }
    auto const refused = limiter.take(limit, 7, now_us);
    BOOST_TEST(!refused.allowed);
    BOOST_TEST(refused.remaining == 0);
    BOOST_TEST(refused.retry_after_s == 1);
    BOOST_TEST(!limiter.take(limit, 7, now_us + 99'000).allowed);
    BOOST_TEST(limiter.take(limit, 7, now_us + 100'000).allowed);
    BOOST_TEST(!limiter.take(limit, 7, now_us + 100'000).allowed);
    BOOST_TEST(limiter.take(limit, 7, now_us + 10'000'000).remaining == 4);
}

BOOST_AUTO_TEST_CASE(callers_do_not_share_a_bucket) {
    RateLimiter limiter;
    RateLimit const limit{1, 1};
    for (std::int64_t key = 1; key <= 1000; ++key) BOOST_TEST(limiter.take(limit, caller_of_key(key), 1).allowed);
    for (std::int64_t key = 1; key <= 1000; ++key) BOOST_TEST(!limiter.take(limit, caller_of_key(key), 1).allowed);
}

BOOST_AUTO_TEST_CASE(a_small_table_never_locks_a_newcomer_out) {
    RateLimiter limiter(1);
    RateLimit const limit{1, 2};
    for (std::int64_t key = 1; key <= 100; ++key) {
        BOOST_TEST_CONTEXT(key) {
            BOOST_TEST(limiter.take(limit, caller_of_key(key), 1).allowed);
            BOOST_TEST(limiter.take(limit, caller_of_key(key), 1).allowed);
            BOOST_TEST(!limiter.take(limit, caller_of_key(key), 1).allowed);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_clock_that_jumps_back_locks_nobody_out) {
    RateLimiter limiter;
    RateLimit const limit{10, 2};
    std::int64_t const late_us = 100'000'000'000;
    BOOST_TEST(limiter.take(limit, 7, late_us).allowed);
    auto const back_us = late_us - 3'600'000'000;
    limiter.take(limit, 7, back_us);
    BOOST_TEST(limiter.take(limit, 7, back_us + 200'000).allowed);
}

BOOST_AUTO_TEST_CASE(no_limit_is_no_limit) {
    RateLimiter limiter;
    for (int i = 0; i < 100; ++i) BOOST_TEST(limiter.take({}, 7, 1).allowed);
    BOOST_TEST(limiter.take({}, 7, 1).limit == 0);
}

BOOST_AUTO_TEST_CASE(addresses_of_one_ipv6_network_are_one_caller) {
    BOOST_TEST(caller_of_address("2001:db8:1:2:3:4:5:6") == caller_of_address("2001:db8:1:2::9"));
    BOOST_TEST(caller_of_address("2001:db8:1:2::9") != caller_of_address("2001:db8:1:3::9"));
    BOOST_TEST(caller_of_address("::ffff:192.0.2.1") == caller_of_address("192.0.2.1"));
    BOOST_TEST(caller_of_address("192.0.2.1") != caller_of_address("192.0.2.2"));
    BOOST_TEST(caller_of_address("::ffff:192.0.2.1") != caller_of_address("::ffff:192.0.2.2"));
    BOOST_TEST(caller_of_address("") != caller_of_address("unknown"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
