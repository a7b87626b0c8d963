// A table of requests that are refused.
#pragma once

#include <boost/test/unit_test.hpp>

#include "house.hpp"

namespace partnerd::api {

struct Refusal {
    std::string method, target, body;  // ' for "
    int status = 0;
    std::string code, pointer;
};

inline void check_refused(House& house, std::string const& key, std::vector<Refusal> const& cases) {
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.method << " " << c.target << " " << c.body.substr(0, 160)) {
            auto const answer = house.call(c.method, c.target, quoted(c.body), key);
            BOOST_TEST(answer.status == c.status);
            BOOST_TEST(answer.code() == c.code);
            BOOST_TEST(answer.at("/pointer") == c.pointer);
            if (answer.status != c.status || answer.code() != c.code) BOOST_TEST_MESSAGE(answer.text);
        }
    }
}

}  // namespace partnerd::api
