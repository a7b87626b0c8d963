#include "programs/terms.hpp"

#include <boost/test/unit_test.hpp>

#include "unit/tracking/house.hpp"

namespace partnerd::programs {

using testing::House;

BOOST_AUTO_TEST_SUITE(terms)

namespace {

std::string add(House& house, Program const& program, TermsSettings const& settings, std::int64_t at_us = 0) {
    return house.write([&](storage::Tx& tx) {
        auto const added = add_terms(tx, house.kernel, program, settings, testing::ten_percent, "", at_us);
        return added ? std::string("ok") : std::string(added.error().name()) + added.error().field;
    });
}

std::string withdraw(House& house, Program const& program, std::int64_t version) {
    return house.write([&](storage::Tx& tx) {
        auto const status = withdraw_terms(tx, house.kernel, program, version);
        return status ? std::string("ok") : std::string(status.error().name());
    });
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_source_that_nobody_offers_is_refused_in_a_precedence) {
    House house;
    auto const shop = house.program("shop");
    for (auto const* const source : {"bogus", "coupons", "Click", "last"}) {
        TermsSettings settings;
        settings.precedence = {"assigned", source};
        BOOST_TEST_CONTEXT(source) BOOST_TEST(add(house, shop, settings) == "invalid_field/precedence");
    }
    TermsSettings known;
    known.precedence = {"binding", "click", "coupon", "assigned"};
    BOOST_TEST(add(house, shop, known) == "ok");
}

BOOST_AUTO_TEST_CASE(only_terms_that_are_still_to_come_can_be_withdrawn) {
    House house;
    auto const shop = house.program("shop");
    house.enrolled(shop, "ada");
    BOOST_TEST_REQUIRE(house.convert(testing::sale(shop, "o", 1000, "ada")).has_value());
    auto const now = house.clock.now_us();
    BOOST_TEST(withdraw(house, shop, 1) == "terms_in_force");
    BOOST_TEST(withdraw(house, shop, 2) == "not_found");
    BOOST_TEST_REQUIRE(add(house, shop, {}, now + 30 * day_us) == "ok");
    BOOST_TEST_REQUIRE(add(house, shop, {}, now + 60 * day_us) == "ok");
    BOOST_TEST(withdraw(house, shop, 2) == "terms_in_force");
    BOOST_TEST(withdraw(house, shop, 3) == "ok");
    BOOST_TEST(withdraw(house, shop, 3) == "not_found");
    // What queued behind a mistake may now come sooner.
    BOOST_TEST(add(house, shop, {}, now + 40 * day_us) == "ok");
    house.clock.advance(41 * day_us);
    BOOST_TEST(withdraw(house, shop, 3) == "terms_in_force");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::programs
