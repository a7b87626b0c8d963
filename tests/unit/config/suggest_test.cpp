#include "config/suggest.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace partnerd::config {

BOOST_AUTO_TEST_SUITE(suggestions)

BOOST_AUTO_TEST_CASE(the_nearest_name_is_found_and_a_far_one_is_not) {
    std::vector<std::string> const names = {"serve", "apply", "check", "server.listen", "server.limits.body_bytes", "key create"};
    struct Case {
        char const* given;
        char const* meant;
    };
    for (auto const& c : {Case{"sevre", "serve"}, Case{"aply", "apply"}, Case{"chekc", "check"}, Case{"sever.listen", "server.listen"},
                          Case{"listen", "server.listen"}, Case{"server.body_bytes", "server.limits.body_bytes"},
                          Case{"key creat", "key create"}, Case{"", ""}, Case{"x", ""}, Case{"frobnicate", ""}, Case{"ch", ""}})
        BOOST_TEST_CONTEXT(c.given) BOOST_TEST(nearest(c.given, names) == c.meant);
    BOOST_TEST(nearest(std::string(10'000, 'a'), names).empty());
    BOOST_TEST(nearest("serve", {}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::config
