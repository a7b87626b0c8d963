#include "rules/registry.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "unit/rules/made_rule.hpp"

namespace partnerd::rules {

namespace {

auto made(std::string id, int version, std::vector<FactDeclaration> facts = {}) {
    return std::make_shared<MadeRule const>(
        std::move(id), version, [](FactSet const&, Decision&) {}, std::move(facts));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(registry)

BOOST_AUTO_TEST_CASE(the_newest_version_stands_for_a_bare_id) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    for (int version : {2, 11, 3}) BOOST_TEST(registry.add(made("percent", version)).has_value());
    BOOST_TEST(full_name(*registry.find("percent").value()) == "percent@11");
    BOOST_TEST(full_name(*registry.find("percent@3").value()) == "percent@3");
    std::string names;
    for (auto const& rule : registry.list()) names += full_name(*rule) + " ";
    BOOST_TEST(names == "flat@1 per_item@1 percent@1 percent@2 percent@3 percent@11 tiers@1 ");
}

BOOST_AUTO_TEST_CASE(rules_that_are_not_there) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    for (auto const* name : {"", "@", "@1", "percent@", "percent@2", "percent@01", "percent@1 ", "percent@+1", "percent@-1", "percent@1@1",
                             "Percent@1", "percent@99999999999999", "percen"})
        BOOST_TEST_CONTEXT(name) {
            auto rule = registry.find(name);
            BOOST_TEST_REQUIRE(rule.has_error());
            BOOST_TEST(code_name(rule.error().code) == "unknown_rule");
        }
}

BOOST_AUTO_TEST_CASE(rules_that_are_refused) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    BOOST_TEST_REQUIRE(registry.add_fact({"coupons.campaign", FactType::text}).has_value());
    struct Case {
        char const* what;
        std::shared_ptr<Rule const> rule;
        errc code;
    };
    for (auto const& c :
         {Case{"there already", made("percent", 1), errc::invalid_config}, Case{"no version", made("mine", 0), errc::invalid_config},
          Case{"no name", made("", 1), errc::invalid_config}, Case{"a name with @", made("a@b", 1), errc::invalid_config},
          Case{"a name with capitals", made("Mine", 1), errc::invalid_config},
          Case{"an unknown fact", made("mine", 1, {{"mine.fact", FactType::text}}), errc::unknown_fact},
          Case{"a core fact of another type", made("mine", 1, {{"order.base", FactType::integer}}), errc::invalid_config},
          Case{"a core fact as a list", made("mine", 1, {{"order.base", FactType::money, true}}), errc::invalid_config},
          Case{"a plugin's fact of another type", made("mine", 1, {{"coupons.campaign", FactType::boolean}}), errc::invalid_config}})
        BOOST_TEST_CONTEXT(c.what) {
            auto status = registry.add(c.rule);
            BOOST_TEST_REQUIRE(status.has_error());
            BOOST_TEST(code_name(status.error().code) == code_name(c.code));
        }
    BOOST_TEST(
        registry.add(made("coupons.bonus", 1, {{"coupons.campaign", FactType::text}, {"partner.facts.size", FactType::text}})).has_value());
}

BOOST_AUTO_TEST_CASE(facts_of_plugins) {
    RuleRegistry registry;
    BOOST_TEST(registry.add_fact({"coupons.campaign", FactType::text}).has_value());
    for (auto const* name : {"coupons.campaign", "order.margin", "item.margin", "partner.facts.size", "click.sub6", "campaign", "Coupons.x",
                             "", "coupons.a b"})
        BOOST_TEST_CONTEXT(name) {
            auto status = registry.add_fact({name, FactType::text});
            BOOST_TEST_REQUIRE(status.has_error());
            BOOST_TEST(code_name(status.error().code) == "invalid_config");
        }
    BOOST_TEST((registry.find_fact("coupons.campaign").value().type == FactType::text));
    BOOST_TEST(code_name(registry.find_fact("coupons.campaigns").error().code) == "unknown_fact");
    BOOST_TEST(registry.facts().back().name == "coupons.campaign");
}

BOOST_AUTO_TEST_CASE(the_parameter_schemas_are_json_objects) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    for (auto const& rule : registry.list())
        BOOST_TEST_CONTEXT(full_name(*rule)) BOOST_TEST(boost::json::parse(rule->params_schema()).as_object().contains("properties"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::rules
