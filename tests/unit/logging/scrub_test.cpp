#include "logging/scrub.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace partnerd::logging {

BOOST_AUTO_TEST_SUITE(scrubbing)

BOOST_AUTO_TEST_CASE(secrets_are_masked_and_what_surrounds_them_stays) {
    struct Case {
        char const* text;
        char const* scrubbed;
    };
    for (auto const& c : {
             Case{"pd_operator_live_7f3kq2", "pd_operator_live_***"},
             Case{"key pd_partner_test_abc123 used", "key pd_partner_test_*** used"},
             Case{"pd_a_live_b pd_c_test_d", "pd_a_live_*** pd_c_test_***"},
             Case{"(pd_merchant_live_x-y_z)", "(pd_merchant_live_***)"},
             Case{"postgresql://shop:s3cret@db.example/partnerd", "postgresql://shop:***@db.example/partnerd"},
             Case{"postgresql://shop:p@ss:w@db/partnerd", "postgresql://shop:***@db/partnerd"},
             Case{"https://u:p@a/ and https://v:q@b/", "https://u:***@a/ and https://v:***@b/"},
             Case{"https://:only@a/", "https://:***@a/"},
             Case{"host=db user=shop password=s3cret dbname=p", "host=db user=shop password=*** dbname=p"},
             Case{"password='with a space' port=5", "password='***' port=5"},
             Case{"/postback?click=1&token=t0ps3cret&sum=2", "/postback?click=1&token=***&sum=2"},
             Case{"client_secret=abc;x=1", "client_secret=***;x=1"},
             Case{"API-Key=abc", "API-Key=***"},
             Case{"Authorization: Bearer abcdefgh12", "Authorization: Bearer ***"},
             Case{"bearer abcdefghijkl, next", "bearer ***, next"},
             Case{"Basic dXNlcjpwYXNz then Bearer abcdefgh12", "Basic *** then Bearer ***"},
             Case{"0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk", "***"},
             Case{"token 0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk.", "token ***."},
         })
        BOOST_TEST_CONTEXT(c.text) BOOST_TEST(scrub(c.text) == c.scrubbed);
}

BOOST_AUTO_TEST_CASE(what_is_no_secret_is_left_alone) {
    for (auto const* text :
         {"", "a", "pd_", "pd_operator", "pd_operator_prod_abc", "https://shop.example/a:b@c", "postgresql://shop@db/partnerd",
          "https://shop.example:8080/", "the basic plan was chosen", "forbearer something", "amount=12.50", "cnv_0d7t2k9x4m1qe", "a=b=c",
          "=", "password=", "x ://", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(scrub(text) == text);
}

BOOST_AUTO_TEST_CASE(scrubbing_twice_changes_nothing_more) {
    for (auto const* text : {"pd_operator_live_7f3kq2", "postgresql://shop:s3cret@db/x", "password='a b' token=c", "Bearer abcdefgh12"})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(scrub(scrub(text)) == scrub(text));
}

BOOST_AUTO_TEST_CASE(a_secret_at_any_place_of_a_text_is_found) {
    for (std::size_t before = 0; before < 40; ++before)
        for (std::string const secret : {"pd_partner_live_hushhush", "http://u:hushhush@h", "secret=hushhush", "Bearer hushhush"}) {
            auto const text = std::string(before, '.') + ' ' + secret + ' ' + std::string(before, '=');
            BOOST_TEST(scrub(text).find("hushhush") == std::string::npos, text);
        }
}

BOOST_AUTO_TEST_CASE(names_of_secrets_are_known_in_any_spelling) {
    for (auto const* key :
         {"password", "smtp_password", "Authorization", "client-secret", "API_KEY", "token", "Set-Cookie", "privateKey_private_key"})
        BOOST_TEST_CONTEXT(key) BOOST_TEST(names_a_secret(key));
    for (auto const* key : {"", "key", "user", "code", "pass", "url", "secre"}) BOOST_TEST_CONTEXT(key) BOOST_TEST(!names_a_secret(key));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::logging
