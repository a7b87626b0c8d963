#include "rules/condition.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

namespace partnerd::rules {

namespace {

Currency const gbp = find_currency("GBP").value();

RuleRegistry const& facts_known() {
    static RuleRegistry const registry = [] {
        RuleRegistry made;
        made.add_fact({"shop.points", FactType::money}).value();
        made.add_fact({"shop.visits", FactType::time, true}).value();
        return made;
    }();
    return registry;
}

FactSet known_order() {
    FactSet facts;
    facts.set("conversion.kind", std::string("sale"));
    facts.set("conversion.at", Instant{1'000'000});
    facts.set("order.base", Money{5000, gbp});
    facts.set("order.item_count", std::int64_t{3});
    facts.set("customer.is_new", true);
    facts.set("partner.type", std::string("reseller"));
    facts.set("shop.points", Money{40, find_currency("points").value()});
    facts.set_list("shop.visits", {Instant{0}, Instant{2'000'000}});
    facts.set_list("partner.tags", {std::string("vip"), std::string("north")});
    facts.set_list("item.quantity", {std::int64_t{1}, std::int64_t{2}});
    facts.set_list("item.sku", {});
    return facts;
}

std::unique_ptr<Condition const> compiled(std::string_view text) {
    return std::move(compile_condition(boost::json::parse(text), facts_known(), gbp).value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(condition)

BOOST_AUTO_TEST_CASE(every_op_on_every_type) {
    struct Case {
        char const* text;
        bool holds;
    };
    for (auto const& c : {
             Case{R"({"fact":"order.base","op":"==","value":"50.00"})", true},
             Case{R"({"fact":"order.base","op":"==","value":"50"})", true},
             Case{R"({"fact":"order.base","op":"!=","value":"50.00"})", false},
             Case{R"({"fact":"order.base","op":">=","value":"50.00"})", true},
             Case{R"({"fact":"order.base","op":">","value":"50.00"})", false},
             Case{R"({"fact":"order.base","op":"<","value":"50.01"})", true},
             Case{R"({"fact":"order.base","op":"<=","value":{"amount":"49.99","currency":"GBP"}})", false},
             Case{R"({"fact":"order.base","op":">","value":{"amount":"1","currency":"JPY"}})", false},
             Case{R"({"fact":"order.base","op":"!=","value":{"amount":"1","currency":"JPY"}})", false},
             Case{R"({"fact":"shop.points","op":">=","value":{"amount":"40","currency":"points"}})", true},
             Case{R"({"fact":"shop.points","op":">=","value":"0.01"})", false},
             Case{R"({"fact":"order.item_count","op":"in","value":[1,3]})", true},
             Case{R"({"fact":"order.item_count","op":"not_in","value":[1,3]})", false},
             Case{R"({"fact":"order.item_count","op":"<","value":-3})", false},
             Case{R"({"fact":"customer.is_new","op":"==","value":true})", true},
             Case{R"({"fact":"customer.is_new","op":"!=","value":true})", false},
             Case{R"({"fact":"partner.type","op":"contains","value":"sell"})", true},
             Case{R"({"fact":"partner.type","op":"contains","value":"Sell"})", false},
             Case{R"({"fact":"partner.type","op":"starts_with","value":"res"})", true},
             Case{R"({"fact":"partner.type","op":"starts_with","value":"esell"})", false},
             Case{R"({"fact":"conversion.at","op":"<","value":"1970-01-01T00:00:01.000001Z"})", true},
             Case{R"({"fact":"conversion.at","op":"==","value":"1970-01-01T01:00:01+01:00"})", true},
             Case{R"({"fact":"partner.tags","op":"==","value":"north"})", true},
             Case{R"({"fact":"partner.tags","op":"==","value":"north","quantifier":"all_of"})", false},
             Case{R"({"fact":"partner.tags","op":"!=","value":"south","quantifier":"all_of"})", true},
             Case{R"({"fact":"partner.tags","op":"contains","value":"vip"})", true},
             Case{R"({"fact":"partner.tags","op":"contains","value":"vi"})", false},
             Case{R"({"fact":"partner.tags","op":"starts_with","value":"vi"})", true},
             Case{R"({"fact":"item.quantity","op":"contains","value":2})", true},
             Case{R"({"fact":"item.quantity","op":">","value":1,"quantifier":"any_of"})", true},
             Case{R"({"fact":"item.quantity","op":">","value":1,"quantifier":"all_of"})", false},
             Case{R"({"fact":"shop.visits","op":">=","value":"1970-01-01T00:00:02Z"})", true},
             Case{R"({"fact":"item.sku","op":"!=","value":"x"})", false},
             Case{R"({"fact":"item.sku","op":"!=","value":"x","quantifier":"all_of"})", false},
             Case{R"({"fact":"item.category","op":"!=","value":"x"})", false},
             Case{R"({"fact":"coupon.code","op":"!=","value":"x"})", true},
             Case{R"({"fact":"coupon.code","op":"not_in","value":["x"]})", true},
             Case{R"({"fact":"coupon.code","op":"==","value":""})", false},
             Case{R"({"not":{"fact":"coupon.code","op":"==","value":""}})", true},
             Case{R"({"all":[{"fact":"customer.is_new","op":"==","value":true},{"fact":"customer.is_new","op":"==","value":false}]})",
                  false},
             Case{R"({"any":[{"fact":"customer.is_new","op":"==","value":true},{"fact":"customer.is_new","op":"==","value":false}]})",
                  true},
         }) {
        BOOST_TEST_CONTEXT(c.text) {
            boost::json::value trace;
            BOOST_TEST(compiled(c.text)->judge(known_order(), trace) == c.holds);
            BOOST_TEST(trace.at("result").as_bool() == c.holds);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_leaf_reports_also_where_the_result_is_known_before) {
    boost::json::value trace;
    compiled(R"({"any":[{"fact":"customer.is_new","op":"==","value":true},)"
             R"({"all":[{"fact":"coupon.code","op":"==","value":"X"},{"fact":"order.base","op":">","value":"1"}]}]})")
        ->judge(known_order(), trace);
    BOOST_TEST(boost::json::serialize(trace) ==
               R"({"any":[{"fact":"customer.is_new","op":"==","value":true,"actual":true,"result":true},)"
               R"({"all":[{"fact":"coupon.code","op":"==","value":"X","actual":null,"result":false},)"
               R"({"fact":"order.base","op":">","value":"1","actual":{"amount":"50.00","currency":"GBP"},"result":true}],)"
               R"("result":false}],"result":true})");
}

BOOST_AUTO_TEST_CASE(the_limits_are_sixteen_levels_and_256_parts) {
    auto nested = [](int levels) {
        std::string text = R"({"fact":"customer.is_new","op":"==","value":true})";
        for (int i = 1; i < levels; ++i) text = R"({"not":)" + text + "}";
        return boost::json::parse(text);
    };
    BOOST_TEST(compile_condition(nested(16), facts_known(), gbp).has_value());
    BOOST_TEST(compile_condition(nested(17), facts_known(), gbp).has_error());
    auto wide = [](int parts) {
        std::string text;
        for (int i = 1; i < parts; ++i) text += std::string(i > 1 ? "," : "") + R"({"fact":"customer.is_new","op":"==","value":true})";
        return boost::json::parse(R"({"all":[)" + text + "]}");
    };
    BOOST_TEST(compile_condition(wide(256), facts_known(), gbp).has_value());
    BOOST_TEST(compile_condition(wide(257), facts_known(), gbp).has_error());
}

BOOST_AUTO_TEST_CASE(conditions_that_are_refused) {
    struct Case {
        char const* text;
        char const* code;
        char const* field;
    };
    for (auto const& c :
         {Case{"[]", "invalid_field", ""},
          Case{"{}", "invalid_field", ""},
          Case{"true", "invalid_field", ""},
          Case{R"({"and":[]})", "unknown_field", "/and"},
          Case{R"({"a/b":[]})", "unknown_field", "/a~1b"},
          Case{R"({"any":{}})", "invalid_field", "/any"},
          Case{R"({"not":[]})", "invalid_field", "/not"},
          Case{R"({"fact":"order.base"})", "missing_field", "/op"},
          Case{R"({"fact":"order.base","op":">"})", "missing_field", "/value"},
          Case{R"({"fact":5,"op":">","value":"1"})", "invalid_field", "/fact"},
          Case{R"({"fact":"x","op":">","value":"1"})", "unknown_fact", "/fact"},
          Case{R"({"fact":"order.base","op":">","value":"1","else":1})", "unknown_field", "/else"},
          Case{R"({"fact":"order.base","op":5,"value":"1"})", "invalid_field", "/op"},
          Case{R"({"fact":"order.base","op":"in","value":["1"]})", "invalid_field", "/op"},
          Case{R"({"fact":"order.base","op":"contains","value":"1"})", "invalid_field", "/op"},
          Case{R"({"fact":"customer.is_new","op":"<","value":true})", "invalid_field", "/op"},
          Case{R"({"fact":"order.item_count","op":"starts_with","value":1})", "invalid_field", "/op"},
          Case{R"({"fact":"order.item_count","op":"in","value":[]})", "invalid_field", "/value"},
          Case{R"({"fact":"order.item_count","op":"in","value":[1,"2"]})", "invalid_field", "/value/1"},
          Case{R"({"fact":"order.item_count","op":">","value":9223372036854775808})", "invalid_field", "/value"},
          Case{R"({"fact":"order.base","op":">","value":"1.001"})", "too_many_decimals", "/value"},
          Case{R"({"fact":"order.base","op":">","value":"x"})", "invalid_amount", "/value"},
          Case{R"({"fact":"order.base","op":">","value":"-1"})", "negative_amount", "/value"},
          Case{R"({"fact":"order.base","op":">","value":null})", "invalid_amount", "/value"},
          Case{R"({"fact":"order.base","op":">","value":{"amount":"1"}})", "missing_field", "/value/currency"},
          Case{R"({"fact":"order.base","op":">","value":{"amount":1,"currency":"GBP"}})", "amount_not_a_string", "/value/amount"},
          Case{R"({"fact":"order.base","op":">","value":{"amount":"1","currency":"gbp"}})", "unknown_currency", "/value/currency"},
          Case{R"({"fact":"order.base","op":">","value":{"amount":"1","currency":"GBP","x":1}})", "unknown_field", "/value/x"},
          Case{R"({"fact":"partner.tags","op":"==","value":"x","quantifier":"some"})", "invalid_field", "/quantifier"},
          Case{R"({"fact":"partner.tags","op":"contains","value":"x","quantifier":"all_of"})", "invalid_field", "/quantifier"}}) {
        BOOST_TEST_CONTEXT(c.text) {
            auto condition = compile_condition(boost::json::parse(c.text), facts_known(), gbp);
            BOOST_TEST_REQUIRE(condition.has_error());
            BOOST_TEST(code_name(condition.error().code) == c.code);
            BOOST_TEST(condition.error().field == c.field);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::rules
