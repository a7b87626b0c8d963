// What scenario folders cannot say: rules of plugins, their verdicts and their failures.
#include "rules/plan.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "unit/rules/made_rule.hpp"

namespace partnerd::rules {

namespace {

Currency const gbp = find_currency("GBP").value();

FactSet sale(std::int64_t base_minor) {
    FactSet facts;
    facts.set("conversion.kind", std::string("sale"));
    facts.set("order.base", Money{base_minor, gbp});
    for (auto const* name : {"item.sku", "item.category", "item.quantity", "item.amount"}) facts.set_list(name, {});
    return facts;
}

// A plan of percent@1 at 10 % in the lane "base" and the rule "other@1" as "other" in the given lane.
Plan plan_with(MadeRule::Evaluate other, char const* lane = "base") {
    RuleRegistry registry;
    add_builtin_rules(registry);
    registry.add(std::make_shared<MadeRule const>("other", 1, std::move(other))).value();
    return Plan::compile_text(
               R"({"rules":[{"name":"ten","rule":"percent","params":{"rate":"10%"}},{"name":"other","rule":"other","lane":")" +
                   std::string(lane) + R"("}]})",
               registry, gbp)
        .value();
}

std::string refusal(Plan const& plan, FactSet const& facts) {
    try {
        plan.evaluate(facts);
        return "none";
    } catch (Refused const& refused) {
        BOOST_TEST(refused.error.detail.find("other@1") != std::string::npos);
        return std::string(code_name(refused.error.code));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plan)

BOOST_AUTO_TEST_CASE(a_decline_of_any_rule_declines_the_conversion) {
    auto const plan = plan_with([](FactSet const&, Decision& decision) { decision.outcome(Verdict::decline, "stolen_card"); }, "fraud");
    auto const out = plan.evaluate(sale(6000));
    BOOST_TEST((out.outcome == Outcome::decline));
    BOOST_TEST(out.reason_code == "stolen_card");
    BOOST_TEST(out.lines.empty());
    BOOST_TEST(out.winners.empty());
}

BOOST_AUTO_TEST_CASE(a_review_keeps_the_lines_to_be_held) {
    auto const plan = plan_with([](FactSet const&, Decision& decision) { decision.outcome(Verdict::review); }, "fraud");
    auto const out = plan.evaluate(sale(6000));
    BOOST_TEST((out.outcome == Outcome::review));
    BOOST_TEST(out.reason_code == "review");
    BOOST_TEST_REQUIRE(out.lines.size() == 1U);
    BOOST_TEST(out.lines[0].amount.minor == 600);
}

BOOST_AUTO_TEST_CASE(a_rule_that_passes_does_not_compete) {
    auto const plan = plan_with([](FactSet const&, Decision& decision) {
        decision.line("x", 0, "commission", Money{99999, gbp});
        decision.outcome(Verdict::pass, "cap_reached");
    });
    auto const out = plan.evaluate(sale(6000));
    BOOST_TEST((out.outcome == Outcome::pay));
    BOOST_TEST((out.winners == std::vector<std::string>{"ten"}));
    BOOST_TEST(plan.evaluate(sale(0)).reason_code == "cap_reached");
}

BOOST_AUTO_TEST_CASE(lines_of_several_payees_compete_as_one_sum) {
    auto const two_sided = [](FactSet const&, Decision& decision) {
        decision.outcome(Verdict::pay);
        decision.line("friend", 7, "reward", Money{301, gbp});
        decision.line("advocate", 0, "reward", Money{300, gbp});
    };
    auto const plan = plan_with(two_sided);
    auto const out = plan.evaluate(sale(6000));
    BOOST_TEST((out.winners == std::vector<std::string>{"other"}));
    BOOST_TEST(
        (out.lines == std::vector<Line>{{"base/other/advocate", 0, "reward", {300, gbp}}, {"base/other/friend", 7, "reward", {301, gbp}}}));
    auto const back = plan.reevaluate({sale(6000), sale(0), out.lines, out.winners});
    BOOST_TEST(
        (back.lines == std::vector<Line>{{"base/other/advocate", 0, "reward", {0, gbp}}, {"base/other/friend", 7, "reward", {0, gbp}}}));
    BOOST_TEST((back.outcome == Outcome::nothing));
}

BOOST_AUTO_TEST_CASE(a_line_that_the_rule_no_longer_gives_is_due_nothing) {
    auto const shrinking = [](FactSet const& facts, Decision& decision) {
        auto const base = std::get<Money>(*facts.scalar("order.base")).minor;
        decision.outcome(Verdict::pay);
        decision.line("a", 0, "commission", Money{1000, gbp});
        if (base >= 5000) decision.line("b", 0, "commission", Money{500, gbp});
        if (base < 5000) decision.line("c", 0, "commission", Money{400, gbp});
    };
    RuleRegistry registry;
    registry.add(std::make_shared<MadeRule const>("other", 1, shrinking, std::vector<FactDeclaration>{{"order.base", FactType::money}}))
        .value();
    auto const plan = Plan::compile_text(R"({"rules":[{"name":"r","rule":"other"}]})", registry, gbp).value();
    auto const first = plan.evaluate(sale(6000));
    auto const refunded = plan.reevaluate({sale(6000), sale(4000), first.lines, first.winners});
    BOOST_TEST((refunded.lines == std::vector<Line>{{"base/r/a", 0, "commission", {1000, gbp}}, {"base/r/b", 0, "commission", {0, gbp}}}));
    auto const amended = plan.reevaluate({sale(6000), sale(4000), first.lines, first.winners, Change::amend});
    BOOST_TEST((amended.lines == std::vector<Line>{{"base/r/a", 0, "commission", {1000, gbp}},
                                                   {"base/r/b", 0, "commission", {0, gbp}},
                                                   {"base/r/c", 0, "commission", {400, gbp}}}));
    auto const again = plan.reevaluate({sale(6000), sale(6000), amended.lines, first.winners, Change::amend});
    BOOST_TEST((again.lines == std::vector<Line>{{"base/r/a", 0, "commission", {1000, gbp}},
                                                 {"base/r/b", 0, "commission", {500, gbp}},
                                                 {"base/r/c", 0, "commission", {0, gbp}}}));
}

BOOST_AUTO_TEST_CASE(a_rule_sees_only_the_facts_it_declares) {
    bool saw_base = true;
    auto const plan = plan_with([&](FactSet const& facts, Decision&) { saw_base = facts.find("order.base") != nullptr || !facts.empty(); });
    plan.evaluate(sale(6000));
    BOOST_TEST(!saw_base);
}

BOOST_AUTO_TEST_CASE(a_rule_that_breaks_its_contract_is_named) {
    struct Case {
        char const* what;
        MadeRule::Evaluate rule;
        char const* code;
    };
    auto const pay = [](Decision& decision, Money money, std::string key = "x") { decision.line(std::move(key), 0, "commission", money); };
    for (auto const& c : {Case{"a negative line",
                               [&](auto const&, Decision& d) {
                                   pay(d, {-1, gbp});
                               },
                               "plugin_failed"},
                          Case{"a key twice",
                               [&](auto const&, Decision& d) {
                                   pay(d, {1, gbp}), pay(d, {1, gbp});
                               },
                               "plugin_failed"},
                          Case{"no key",
                               [&](auto const&, Decision& d) {
                                   pay(d, {1, gbp}, "");
                               },
                               "plugin_failed"},
                          Case{"another currency",
                               [&](auto const&, Decision& d) {
                                   pay(d, {1, find_currency("USD").value()});
                               },
                               "currency_mismatch"},
                          Case{"too much together",
                               [&](auto const&, Decision& d) {
                                   pay(d, {INT64_MAX, gbp}), pay(d, {1, gbp}, "y");
                               },
                               "amount_overflow"},
                          Case{"it throws", [](auto const&, Decision&) { throw Refused(Error(errc::internal, "no")); }, "plugin_failed"}})
        BOOST_TEST_CONTEXT(c.what) BOOST_TEST(refusal(plan_with(c.rule), sale(6000)) == c.code);
}

BOOST_AUTO_TEST_CASE(lanes_that_overflow_together_are_refused) {
    auto const plan = plan_with(
        [](FactSet const&, Decision& decision) {
            decision.outcome(Verdict::pay);
            decision.line("x", 0, "commission", Money{INT64_MAX, gbp});
        },
        "bonus");
    BOOST_CHECK_THROW(plan.evaluate(sale(6000)), Refused);
}

BOOST_AUTO_TEST_CASE(a_rule_for_one_kind_takes_no_other) {
    RuleRegistry registry;
    registry
        .add(std::make_shared<MadeRule const>(
            "leads", 1, [](FactSet const&, Decision&) {}, std::vector<FactDeclaration>{}, "lead"))
        .value();
    auto const refused = Plan::compile_text(R"({"rules":[{"name":"a","rule":"leads@1","on":["lead","sale"]}]})", registry, gbp);
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().field == "/rules/0/on");
    BOOST_TEST(Plan::compile_text(R"({"rules":[{"name":"a","rule":"leads@1","on":"lead"}]})", registry, gbp).has_value());
}

BOOST_AUTO_TEST_CASE(the_pinned_plan_writes_every_default) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    auto const plan = Plan::compile_text(R"({"rules":[{"rule":"percent","name":"b","params":{"rate":"10%"}},)"
                                         R"({"name":"a","rule":"flat","on":["signup","lead"],"params":{"amount":"1"}}]})",
                                         registry, gbp)
                          .value();
    BOOST_TEST(plan.pinned_json() ==
               R"({"rules":[{"name":"b","rule":"percent@1","on":["sale"],"lane":"base","minimum_on":"rest","params":{"rate":"10%"}},)"
               R"({"name":"a","rule":"flat@1","on":["lead","signup"],"lane":"base","minimum_on":"rest","params":{"amount":"1"}}]})");
}

BOOST_AUTO_TEST_CASE(texts_that_are_no_plan) {
    RuleRegistry registry;
    add_builtin_rules(registry);
    struct Case {
        std::string text;
        char const* code;
        char const* field;
    };
    std::string many = R"({"rules":[)";
    for (int i = 0; i < 65; ++i)
        many += (i > 0 ? "," : "") + std::string(R"({"name":"r)") + std::to_string(i) + R"(","rule":"flat","params":{"amount":"1"}})";
    for (auto const& c :
         {Case{"", "malformed_json", ""}, Case{"{\"rules\":[]", "malformed_json", ""}, Case{"[]", "invalid_field", ""},
          Case{"{\"rules\":{}}", "invalid_field", "/rules"}, Case{"{\"rules\":[1]}", "invalid_field", "/rules/0"},
          Case{"{\"rules\":[{}]}", "missing_field", "/rules/0/name"},
          Case{"{\"rules\":[{\"name\":\"a\"}]}", "missing_field", "/rules/0/rule"},
          Case{"{\"rules\":[{\"name\":\"a\",\"rule\":1}]}", "invalid_field", "/rules/0/rule"},
          Case{"{\"rules\":[{\"name\":\"a\",\"rule\":\"flat\",\"params\":[]}]}", "invalid_field", "/rules/0/params"},
          Case{"{\"rules\":[{\"name\":\"a\",\"rule\":\"flat\",\"when\":null}]}", "invalid_field", "/rules/0/when"},
          Case{"{\"rules\":[{\"name\":\"a\",\"rule\":\"flat\",\"lane\":\"\"}]}", "invalid_field", "/rules/0/lane"},
          Case{"{\"rules\":[{\"name\":\"a\",\"rule\":\"flat\",\"on\":\"Sale\"}]}", "invalid_field", "/rules/0/on"},
          Case{"{\"rules\":[{\"name\":\"a\",\"rule\":\"flat\",\"on\":[\"sale\",\"sale\"]}]}", "invalid_field", "/rules/0/on/1"},
          Case{many + "]}", "invalid_field", "/rules"}})
        BOOST_TEST_CONTEXT(c.text.substr(0, 80)) {
            auto plan = Plan::compile_text(c.text, registry, gbp);
            BOOST_TEST_REQUIRE(plan.has_error());
            BOOST_TEST(code_name(plan.error().code) == c.code);
            BOOST_TEST(plan.error().field == c.field);
        }
}

BOOST_AUTO_TEST_CASE(a_winner_that_the_plan_does_not_have_is_refused) {
    auto const plan = plan_with([](FactSet const&, Decision&) {});
    auto const first = plan.evaluate(sale(6000));
    std::vector<std::string> const winners{"eleven"};
    BOOST_CHECK_THROW(plan.reevaluate({sale(6000), sale(5000), first.lines, winners}), Refused);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::rules
