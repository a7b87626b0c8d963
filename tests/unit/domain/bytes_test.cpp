#include "domain/bytes.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

#include "domain/base32.hpp"

namespace partnerd {

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_AUTO_TEST_CASE(one_odd_byte_is_found_wherever_it_stands_in_a_text_of_any_length) {
    auto const odd = [](Bytes v) { return v < 0x20; };
    for (std::size_t size = 0; size <= 70; ++size) {
        BOOST_TEST_CONTEXT("size " << size) {
            std::string text(size, 'a');
            BOOST_TEST(!any_byte(text, odd));
            for (std::size_t at = 0; at < size; ++at) {
                text[at] = '\n';
                BOOST_TEST(any_byte(text, odd));
                text[at] = 'a';
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_stands_before_and_behind_a_text_is_not_looked_at) {
    auto const odd = [](Bytes v) { return v < 0x20; };
    for (std::size_t size = 0; size <= 40; ++size) {
        std::string const around = "\n" + std::string(size, 'a') + "\n";
        BOOST_TEST(!any_byte(std::string_view(around).substr(1, size), odd));
    }
}

BOOST_AUTO_TEST_CASE(the_first_of_equal_bytes_is_found_wherever_it_stands) {
    for (std::size_t size = 0; size <= 50; ++size)
        BOOST_TEST_CONTEXT("size " << size) {
            BOOST_TEST(find_near(std::string(size, 'a'), '\n') == std::string::npos);
            for (std::size_t at = 0; at < size; ++at) {
                auto const text = std::string(at, 'a') + '\n' + std::string(size - at - 1, at % 2 == 0 ? '\n' : 'a');
                BOOST_TEST_REQUIRE(find_near(text, '\n') == at);
            }
        }
}

BOOST_AUTO_TEST_CASE(base32_gives_back_what_it_was_given) {
    std::vector<std::uint8_t> given;
    for (unsigned i = 0; i < 40; ++i) {
        auto const text = base32_encode(given);
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(text.size() == (given.size() * 8 + 4) / 5);
            auto const back = base32_decode(text, given.size());
            BOOST_REQUIRE(back.has_value());
            BOOST_TEST(*back == given, boost::test_tools::per_element());
        }
        given.push_back(static_cast<std::uint8_t>(i * 37 + 201));
    }
    BOOST_TEST(base32_encode(std::vector<std::uint8_t>{0x00, 0x44, 0x32, 0x14, 0xc7}) == "01234567");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd
