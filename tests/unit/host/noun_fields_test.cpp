#include "host/noun_fields.hpp"

#include "unit/host/made_application.hpp"

namespace partnerd::host {

BOOST_AUTO_TEST_SUITE(noun_fields)

BOOST_FIXTURE_TEST_CASE(plugins_find_nouns_by_name_and_read_their_fields, MadeApplication) {
    start();
    must("POST", "/v1/apply", shop);
    application->storage().read([](storage::Tx& tx) {
        auto const program = find_noun(tx, "program", 0, "shop").value();
        auto const partner = find_noun(tx, "partner", program, "acme").value();
        auto const enrollment = find_noun(tx, "enrollment", program, "acme").value();
        BOOST_TEST(std::get<std::string>(field_of_noun(tx, "program", program, "currency").value()) == "GBP");
        BOOST_TEST(std::get<std::int64_t>(field_of_noun(tx, "program", program, "exponent").value()) == 2);
        BOOST_TEST(std::get<std::string>(field_of_noun(tx, "partner", partner, "handle").value()) == "acme");
        BOOST_TEST(std::get<std::int64_t>(field_of_noun(tx, "enrollment", enrollment, "partner").value()) == partner);
    });
}

BOOST_FIXTURE_TEST_CASE(what_is_not_there_is_told, MadeApplication) {
    start();
    must("POST", "/v1/apply", shop);
    application->storage().read([](storage::Tx& tx) {
        auto const program = find_noun(tx, "program", 0, "shop").value();
        struct Case {
            char const* noun;
            char const* handle;
            errc code;
        };
        for (auto const& c : {Case{"program", "nobody", errc::not_found}, Case{"partner", "nobody", errc::not_found}, Case{"enrollment", "nobody", errc::not_found},
                              Case{"link", "nobody", errc::not_found}, Case{"conversion", "nobody", errc::not_found}, Case{"conversion", "sale/nobody", errc::not_found},
                              Case{"customer", "nobody", errc::invalid_field}, Case{"", "nobody", errc::invalid_field}})
            BOOST_TEST_CONTEXT(c.noun) BOOST_TEST(code_name(find_noun(tx, c.noun, program, c.handle).error().code) == code_name(c.code));
        for (auto const* const noun : {"program", "partner", "enrollment", "link", "conversion"}) {
            BOOST_TEST_CONTEXT(noun) BOOST_TEST(code_name(field_of_noun(tx, noun, 1, "handle").error().code) == "not_found");
        }
        BOOST_TEST(code_name(field_of_noun(tx, "program", program, "secret").error().code) == "invalid_field");
        BOOST_TEST(code_name(field_of_noun(tx, "visitor", program, "name").error().code) == "invalid_field");
    });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::host
