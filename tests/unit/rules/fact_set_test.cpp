#include "rules/fact_set.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "rules/core_facts.hpp"

namespace partnerd::rules {

BOOST_AUTO_TEST_SUITE(fact_set)

BOOST_AUTO_TEST_CASE(the_snapshot_has_one_line_with_keys_in_order) {
    FactSet facts;
    facts.set("order.base", Money{13912, find_currency("GBP").value()});
    facts.set("conversion.kind", std::string("sa\"le\n"));
    facts.set("conversion.at", Instant{1291191960000000});
    facts.set("customer.is_new", true);
    facts.set("order.item_count", std::int64_t{3});
    facts.set_list("partner.tags", {});
    facts.set_list("item.amount", {Money{7, find_currency("JPY").value()}, Money{-5, find_currency("BHD").value()}});
    BOOST_TEST(facts.to_json() == R"({"conversion.at":{"time":"2010-12-01T08:26:00Z"},"conversion.kind":"sa\"le\n","customer.is_new":true,)"
                                  R"("item.amount":[{"amount":"7","currency":"JPY"},{"amount":"-0.005","currency":"BHD"}],)"
                                  R"("order.base":{"amount":"139.12","currency":"GBP"},"order.item_count":3,"partner.tags":[]})");
    auto const read = FactSet::from_json(facts.to_json()).value();
    BOOST_TEST((read == facts));
    BOOST_TEST(read.to_json() == facts.to_json());
}

BOOST_AUTO_TEST_CASE(what_is_no_snapshot_is_refused) {
    struct Case {
        char const* text;
        errc code;
        char const* field;
    };
    for (auto const& c : {Case{"", errc::malformed_json, ""}, Case{"{", errc::malformed_json, ""}, Case{"[]", errc::invalid_field, ""},
                          Case{"{\"a\":1.5}", errc::invalid_field, "/a"}, Case{"{\"a\":18446744073709551616}", errc::invalid_field, "/a"},
                          Case{"{\"a\":9223372036854775808}", errc::invalid_field, "/a"}, Case{"{\"a\":null}", errc::invalid_field, "/a"},
                          Case{"{\"a\":[[1]]}", errc::invalid_field, "/a/0"}, Case{"{\"a/b\":{}}", errc::invalid_field, "/a~1b"},
                          Case{"{\"a\":{\"amount\":1,\"currency\":\"GBP\"}}", errc::invalid_field, "/a"},
                          Case{"{\"a\":{\"amount\":\"1\"}}", errc::invalid_field, "/a"},
                          Case{"{\"a\":{\"amount\":\"1\",\"currency\":\"GBP\",\"x\":1}}", errc::invalid_field, "/a"},
                          Case{"{\"a\":{\"amount\":\"1\",\"currency\":\"\"}}", errc::invalid_field, "/a"},
                          Case{"{\"a\":{\"amount\":\"1\",\"currency\":\"TWELVELETTERS\"}}", errc::invalid_field, "/a"},
                          Case{"{\"a\":{\"amount\":\"1.1234567\",\"currency\":\"GBP\"}}", errc::invalid_field, "/a"},
                          Case{"{\"a\":{\"amount\":\"99999999999999999999\",\"currency\":\"GBP\"}}", errc::invalid_field, "/a"},
                          Case{"{\"a\":[{\"time\":\"yesterday\"}]}", errc::invalid_field, "/a/0"},
                          Case{"{\"a\":{\"time\":5}}", errc::invalid_field, "/a"}, Case{"{\"a\":\"\xff\"}", errc::malformed_json, ""}}) {
        BOOST_TEST_CONTEXT(c.text) {
            auto facts = FactSet::from_json(c.text);
            BOOST_TEST_REQUIRE(facts.has_error());
            BOOST_TEST(code_name(facts.error().code) == code_name(c.code));
            BOOST_TEST(facts.error().field == c.field);
        }
    }
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_is_refused) {
    FactSet facts;
    BOOST_CHECK_THROW(facts.set("link.code", std::string("\xc3\x28")), Refused);
    BOOST_CHECK_THROW(facts.set_list("partner.tags", {std::string("ok"), std::string("\xff")}), Refused);
    BOOST_TEST(facts.empty());
}

BOOST_AUTO_TEST_CASE(times_that_cannot_be_read_back_are_refused) {
    FactSet facts;
    for (std::int64_t at_us : {std::int64_t{-1}, std::int64_t{253'402'300'800'000'000}, INT64_MIN, INT64_MAX})
        BOOST_TEST_CONTEXT(at_us) BOOST_CHECK_THROW(facts.set("conversion.at", Instant{at_us}), Refused);
    facts.set("conversion.at", Instant{253'402'300'799'999'999});
    BOOST_TEST((FactSet::from_json(facts.to_json()).value() == facts));
}

BOOST_AUTO_TEST_CASE(a_restriction_keeps_what_is_declared) {
    FactSet facts;
    facts.set("order.base", std::int64_t{1});
    facts.set("customer.known", true);
    facts.set_list("item.sku", {std::string("a")});
    std::vector<FactDeclaration> const declared{
        {"item.sku", FactType::text, true}, {"order.base", FactType::money}, {"link.code", FactType::text}};
    BOOST_TEST(facts.restricted_to(declared).to_json() == R"({"item.sku":["a"],"order.base":1})");
    BOOST_TEST(facts.restricted_to({}).empty());
}

BOOST_AUTO_TEST_CASE(a_list_is_no_scalar) {
    FactSet facts;
    facts.set_list("partner.tags", {std::string("vip")});
    BOOST_TEST(facts.scalar("partner.tags") == nullptr);
    BOOST_TEST(facts.find("partner.tags")->values.size() == 1U);
    facts.set("partner.tags", std::string("vip"));
    BOOST_TEST(facts.scalar("partner.tags") != nullptr);
    facts.erase("partner.tags");
    facts.erase("partner.tags");
    BOOST_TEST(facts.find("partner.tags") == nullptr);
}

BOOST_AUTO_TEST_CASE(the_core_declares_each_fact_once) {
    for (auto const& fact : core_facts()) {
        BOOST_TEST_CONTEXT(fact.name) {
            BOOST_TEST((find_core_fact(fact.name) == fact));
            BOOST_TEST(!fact.description.empty());
            BOOST_TEST(
                std::count_if(core_facts().begin(), core_facts().end(), [&](auto const& other) { return other.name == fact.name; }) == 1);
        }
    }
    BOOST_TEST(find_core_fact("partner.facts.country").value().optional);
    for (auto const* name : {"partner.facts.", "partner.facts.Country", "partner.facts.a.b", "partner.facts", "order", "", "order.base "})
        BOOST_TEST_CONTEXT(name) BOOST_TEST(!find_core_fact(name).has_value());
}

BOOST_AUTO_TEST_CASE(amounts_and_items_change_with_refunds_and_nothing_else) {
    for (auto const& fact : core_facts()) BOOST_TEST_CONTEXT(fact.name)
    BOOST_TEST(changes_with_refunds(fact.name) ==
               ((fact.name.starts_with("order.") && fact.name != "order.currency") || fact.name.starts_with("item.")));
    BOOST_TEST(!changes_with_refunds("order"));
    BOOST_TEST(!changes_with_refunds("coupons.items"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::rules
