#include "domain/money.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>
#include <random>

namespace partnerd {

BOOST_AUTO_TEST_SUITE(money)

BOOST_AUTO_TEST_CASE(amounts_that_are_refused) {
    struct Case {
        char const* text;
        int exponent;
        errc code;
    };
    for (auto const& c : {Case{"", 2, errc::invalid_amount}, Case{"1e5", 2, errc::invalid_amount}, Case{" 1", 2, errc::invalid_amount},
                          Case{"+1", 2, errc::invalid_amount}, Case{"--1", 2, errc::invalid_amount}, Case{".5", 2, errc::invalid_amount},
                          Case{"5.", 2, errc::invalid_amount}, Case{"1,000.00", 2, errc::invalid_amount}, Case{"1.2.3", 2, errc::invalid_amount},
                          Case{"NaN", 2, errc::invalid_amount}, Case{"Infinity", 2, errc::invalid_amount}, Case{"0x10", 2, errc::invalid_amount},
                          Case{"1.999", 2, errc::too_many_decimals}, Case{"1.500", 2, errc::too_many_decimals}, Case{"1.0", 0, errc::too_many_decimals},
                          Case{"92233720368547758.08", 2, errc::amount_overflow}, Case{"99999999999999999999", 0, errc::amount_overflow},
                          Case{"9223372036854775807", 2, errc::amount_overflow}}) {
        BOOST_TEST_CONTEXT(c.text) {
            auto amount = parse_amount(c.text, c.exponent);
            BOOST_TEST_REQUIRE(amount.has_error());
            BOOST_TEST(code_name(amount.error().code) == code_name(c.code));
        }
    }
}

BOOST_AUTO_TEST_CASE(amounts_that_are_taken_are_written_back_the_same) {
    struct Case {
        char const* text;
        int exponent;
        std::int64_t minor;
        char const* written;
    };
    for (auto const& c : {Case{"139.12", 2, 13912, "139.12"}, Case{"139.1", 2, 13910, "139.10"}, Case{"7", 0, 7, "7"}, Case{"-0.05", 2, -5, "-0.05"},
                          Case{"1.234", 3, 1234, "1.234"}, Case{"0", 2, 0, "0.00"}, Case{"92233720368547758.07", 2, INT64_MAX, "92233720368547758.07"}}) {
        BOOST_TEST_CONTEXT(c.text) {
            BOOST_TEST(parse_amount(c.text, c.exponent).value() == c.minor);
            BOOST_TEST(format_amount(c.minor, c.exponent) == c.written);
        }
    }
    BOOST_TEST(format_amount(INT64_MIN, 2) == "-92233720368547758.08");
}

BOOST_AUTO_TEST_CASE(a_negative_amount_is_refused_where_it_must_not_be) {
    BOOST_TEST(code_name(parse_amount_not_negative("-1", 2).error().code) == "negative_amount");
    BOOST_TEST(code_name(parse_amount_not_negative("-0", 2).error().code) == "negative_amount");
}

BOOST_AUTO_TEST_CASE(rounding_is_half_away_from_zero) {
    struct Case {
        std::int64_t numerator, denominator, rounded;
    };
    for (auto const& c : {Case{5, 10, 1}, Case{-5, 10, -1}, Case{4, 10, 0}, Case{-4, 10, 0}, Case{15, 10, 2}, Case{25, 10, 3}, Case{1, 3, 0}, Case{2, 3, 1}, Case{0, 7, 0}})
        BOOST_TEST(round_half_away(c.numerator, c.denominator) == c.rounded);
}

BOOST_AUTO_TEST_CASE(a_rate_is_exact_and_rounded_once) {
    BOOST_TEST(apply(parse_rate("10%").value(), 13915) == 1392);  // 1391.5
    BOOST_TEST(apply(parse_rate("12.5%").value(), 100) == 13);
    BOOST_TEST(apply(parse_rate("12.5%").value(), -100) == -13);
    BOOST_TEST(apply(parse_rate("0.0001%").value(), 1'000'000) == 1);
    BOOST_TEST(apply(parse_rate("1000%").value(), INT64_MAX / 10) == INT64_MAX - 7);
    BOOST_TEST(format_rate(parse_rate("12.5%").value()) == "12.5%");
    BOOST_TEST(format_rate(parse_rate("10%").value()) == "10%");
}

BOOST_AUTO_TEST_CASE(rates_that_are_refused) {
    for (auto const* text : {"", "10", "10.00001%", "-1%", "1001%", "1e1%", "%", "ten%"})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(parse_rate(text).has_error());
}

BOOST_AUTO_TEST_CASE(currencies_have_their_exponent) {
    BOOST_TEST(find_currency("GBP").value().exponent() == 2);
    BOOST_TEST(find_currency("JPY").value().exponent() == 0);
    BOOST_TEST(find_currency("BHD").value().exponent() == 3);
    for (auto const* code : {"", "gbp", "XYZ", "BP ", "P D", "GB", "GBPX"}) BOOST_TEST_CONTEXT(code) BOOST_TEST(find_currency(code).has_error());
}

BOOST_AUTO_TEST_CASE(the_parts_of_a_split_sum_to_the_whole_and_are_within_one_of_exact) {
    std::mt19937_64 random(20261121);
    for (int round = 0; round < 200'000; ++round) {
        std::vector<std::int64_t> weights(1 + random() % 7);
        for (auto& weight : weights) weight = static_cast<std::int64_t>(random() % 1000);
        auto const total = static_cast<std::int64_t>(random() % 2'000'001) - 1'000'000;
        auto const parts = split_by_largest_remainder(total, weights);
        BOOST_REQUIRE_EQUAL(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}), total);
        auto const sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
        for (std::size_t i = 0; sum > 0 && i < parts.size(); ++i) {
            auto const exact = static_cast<__int128>(total) * weights[i];
            auto const distance = static_cast<__int128>(parts[i]) * sum - exact;
            BOOST_REQUIRE((distance < sum && distance > -sum));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd
