#include "http/ascii.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace partnerd::http {

BOOST_AUTO_TEST_SUITE(ascii)

BOOST_AUTO_TEST_CASE(each_byte_of_each_length_becomes_lower_and_its_neighbours_stay) {
    for (int byte = 0; byte < 256; ++byte) {
        for (std::size_t size = 0; size <= 40; ++size) {
            std::string text(size + 2, static_cast<char>(byte));
            text.front() = text.back() = 'A';
            make_lower(text.data() + 1, size);
            std::string wanted(size + 2, ascii_lower(static_cast<char>(byte)));
            wanted.front() = wanted.back() = 'A';
            if (text != wanted) BOOST_TEST_CONTEXT("byte " << byte << ", size " << size) BOOST_TEST(text == wanted);
        }
    }
    std::string mixed = "X-Forwarded-For";
    make_lower(mixed.data(), mixed.size());
    BOOST_TEST(mixed == "x-forwarded-for");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::http
