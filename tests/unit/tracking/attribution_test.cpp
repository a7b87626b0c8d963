#include "tracking/attribution.hpp"

#include <boost/test/unit_test.hpp>

#include "domain/clock.hpp"

namespace partnerd::tracking {

namespace {

std::vector<std::string> const usual = {"assigned", "coupon", "click", "binding"};
constexpr std::int64_t now = 1000 * day_us;

Candidate from(std::string source, Id enrollment, std::int64_t at_us = now - day_us, std::string reason = {}) {
    Candidate candidate;
    candidate.source = std::move(source);
    candidate.enrollment = enrollment;
    candidate.at_us = at_us;
    candidate.reason = std::move(reason);
    return candidate;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(attribution)

BOOST_AUTO_TEST_CASE(a_click_earns_up_to_the_microsecond_before_its_window_ends) {
    struct Case {
        std::int64_t age_us;
        char const* reason;
    };
    for (auto const& c : {Case{0, ""}, Case{1, ""}, Case{-1, ""}, Case{-5 * minute_us, ""}, Case{-5 * minute_us - 1, "click_in_future"}, Case{30 * day_us - 1, ""},
                          Case{30 * day_us, "click_expired"}, Case{30 * day_us + 1, "click_expired"}, Case{INT64_MAX / 4, "click_expired"}}) {
        BOOST_TEST_CONTEXT(c.age_us) { BOOST_TEST(judge_click(now, now - c.age_us, 30) == c.reason); }
    }
    BOOST_TEST(judge_click(now, now, 0) == "click_expired");
    BOOST_TEST(judge_click(now, now + 1, 0) == "");
}

BOOST_AUTO_TEST_CASE(who_gets_it) {
    struct Case {
        char const* name;
        std::vector<Candidate> candidates;
        std::vector<std::string> precedence;
        int chosen;
        char const* reason;
    };
    std::vector<Case> const cases = {
        {"nobody came", {}, usual, -1, "no_candidate"},
        {"the one there is", {from("click", 1)}, usual, 0, ""},
        {"assigned before coupon", {from("click", 1), from("coupon", 2), from("assigned", 3), from("binding", 4)}, usual, 2, ""},
        {"coupon before click", {from("click", 1), from("coupon", 2), from("binding", 4)}, usual, 1, ""},
        {"click before binding", {from("binding", 4), from("click", 1)}, usual, 1, ""},
        {"a program may reorder", {from("coupon", 2), from("click", 1)}, {"click", "coupon"}, 1, ""},
        {"a source that is not named never wins", {from("binding", 4)}, {"click", "coupon"}, -1, "no_candidate"},
        {"a source that is not named does not even give the reason", {from("binding", 4, now, "expired")}, {"click"}, -1, "no_candidate"},
        {"an expired click makes room for a binding", {from("click", 1, 0, "click_expired"), from("binding", 4)}, usual, 1, ""},
        {"the later click", {from("click", 1, 5), from("click", 2, 7), from("click", 3, 6)}, usual, 1, ""},
        {"at the same time the lower id", {from("click", 9, 5), from("click", 2, 5), from("click", 3, 5)}, usual, 1, ""},
        {"a code of nobody is no candidate", {from("coupon", 0)}, usual, -1, "no_candidate"},
        {"a code of nobody does not hide why the click fell", {from("coupon", 0), from("click", 1, 0, "click_expired")}, usual, -1, "click_expired"},
        {"the reason of the best that fell", {from("binding", 4, 0, "binding_over"), from("click", 1, 0, "click_expired")}, usual, -1, "click_expired"},
        {"of two that fell in one source the later", {from("click", 1, 5, "click_expired"), from("click", 2, 7, "emergency_stop")}, usual, -1, "emergency_stop"},
    };
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            auto const result = attribute(c.candidates, c.precedence, now);
            BOOST_TEST(result.chosen == c.chosen);
            BOOST_TEST(result.reason == c.reason);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_coupon_that_came_up_just_before_the_order_is_flagged_when_it_beats_another_partners_click) {
    struct Case {
        char const* name;
        std::vector<Candidate> candidates;
        bool flagged;
    };
    std::vector<Case> const cases = {
        {"59 seconds", {from("click", 1), from("coupon", 2, now - 59 * second_us)}, true},
        {"a microsecond less than a minute", {from("click", 1), from("coupon", 2, now - 60 * second_us + 1)}, true},
        {"a minute", {from("click", 1), from("coupon", 2, now - 60 * second_us)}, false},
        {"its own click", {from("click", 2), from("coupon", 2, now - second_us)}, false},
        {"no click", {from("coupon", 2, now - second_us)}, false},
        {"a click that fell", {from("click", 1, 0, "click_expired"), from("coupon", 2, now - second_us)}, false},
        {"nobody knows when", {from("click", 1), from("coupon", 2, 0)}, false},
    };
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            auto const flags = attribute(c.candidates, usual, now).flags;
            BOOST_TEST(flags.size() == (c.flagged ? 1U : 0U));
            if (c.flagged) BOOST_TEST(flags.front() == "coupon_seen_late");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::tracking
