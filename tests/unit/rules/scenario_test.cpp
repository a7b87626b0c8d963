// Each folder of scenarios/ is a case: plan.json, facts.json (a snapshot) and expected.json with either compile_refused or
// evaluate_refused {code, field}, or what evaluate gives: outcome, reason_code, lines {key: amount}, winners, and optionally
// payout (default GBP), needed, trace {pointer: value}, and steps: refunds and edits, each upon what the one before left due.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rules/plan.hpp"

namespace partnerd::rules {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

std::string slurp(fs::path const& path) {
    std::ifstream in(path, std::ios::binary);
    BOOST_TEST_REQUIRE(in.good());
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

json::object read_object(fs::path const& path) { return json::parse(slurp(path)).as_object(); }

RuleRegistry const& builtins() {
    static RuleRegistry const registry = [] {
        RuleRegistry made;
        add_builtin_rules(made);
        return made;
    }();
    return registry;
}

std::string text_of(json::object const& object, std::string_view name, std::string_view otherwise = "") {
    auto const* value = object.if_contains(name);
    return std::string(value == nullptr ? otherwise : std::string_view(value->as_string()));
}

void check_refusal(json::object const& expected, Error const& error) {
    BOOST_TEST(code_name(error.code) == text_of(expected, "code"));
    BOOST_TEST(error.field == text_of(expected, "field"));
    BOOST_TEST(!error.detail.empty());
}

void check_lines(json::object const& expected, std::vector<Line> const& lines) {
    json::object given;
    for (auto const& line : lines) given[line.key] = format_amount(line.amount.minor, line.amount.currency.exponent());
    BOOST_TEST(json::serialize(given) == json::serialize(expected));
}

void check_trace(json::object const& expected, std::string const& trace) {
    auto const parsed = json::parse(trace);
    if (auto const* wanted = expected.if_contains("trace"))
        for (auto const& member : wanted->as_object())
            BOOST_TEST_CONTEXT(std::string(member.key()))
            BOOST_TEST(json::serialize(parsed.at_pointer(member.key())) == json::serialize(member.value()));
}

void check_needed(json::object const& expected, Plan const& plan) {
    auto const* wanted = expected.if_contains("needed");
    if (wanted == nullptr) return;
    json::array names;
    for (auto const& fact : plan.needed_facts()) names.emplace_back(fact.name);
    BOOST_TEST(json::serialize(names) == json::serialize(*wanted));
}

void check_steps(json::object const& expected, Plan const& plan, FactSet const& original, Evaluation now) {
    auto const* steps = expected.if_contains("steps");
    if (steps == nullptr) return;
    int number = 0;
    for (auto const& part : steps->as_array()) {
        BOOST_TEST_CONTEXT("step " << ++number) {
            auto const& step = part.as_object();
            auto const left = FactSet::from_json(json::serialize(step.at("left"))).value();
            auto const change = text_of(step, "change") == "amend" ? Change::amend : Change::refund;
            now = plan.reevaluate({original, left, now.lines, now.winners, change, step.contains("nothing_left")});
            check_lines(step.at("lines").as_object(), now.lines);
            check_trace(step, now.trace);
        }
    }
}

void run_evaluation(json::object const& expected, Plan const& plan, FactSet const& facts) {
    auto const first = plan.evaluate(facts);
    BOOST_TEST(outcome_name(first.outcome) == text_of(expected, "outcome"));
    BOOST_TEST(first.reason_code == text_of(expected, "reason_code"));
    check_lines(expected.at("lines").as_object(), first.lines);
    json::array winners;
    for (auto const& name : first.winners) winners.emplace_back(name);
    BOOST_TEST(json::serialize(winners) == json::serialize(expected.at("winners")));
    check_trace(expected, first.trace);
    check_needed(expected, plan);
    check_steps(expected, plan, facts, first);

    // The stored plan and the stored snapshot give the same again.
    auto const pinned = Plan::compile_text(plan.pinned_json(), builtins(), plan.payout()).value();
    BOOST_TEST(pinned.pinned_json() == plan.pinned_json());
    auto const snapshot = facts.restricted_to(plan.needed_facts());
    BOOST_TEST(pinned.evaluate(FactSet::from_json(snapshot.to_json()).value()).trace == first.trace);
}

void run_case(fs::path const& folder) {
    auto const expected = read_object(folder / "expected.json");
    auto const payout = find_currency(text_of(expected, "payout", "GBP")).value();
    auto const plan = Plan::compile_text(slurp(folder / "plan.json"), builtins(), payout);
    if (auto const* refusal = expected.if_contains("compile_refused")) {
        BOOST_TEST_REQUIRE(plan.has_error());
        return check_refusal(refusal->as_object(), plan.error());
    }
    BOOST_TEST_INFO((plan.has_error() ? plan.error().message() : ""));
    BOOST_TEST_REQUIRE(plan.has_value());
    auto const facts = FactSet::from_json(slurp(folder / "facts.json")).value();
    auto const* refusal = expected.if_contains("evaluate_refused");
    if (refusal == nullptr) return run_evaluation(expected, *plan, facts);
    try {
        plan->evaluate(facts);
        BOOST_ERROR("it was not refused");
    } catch (Refused const& refused) {
        check_refusal(refusal->as_object(), refused.error);
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_scenario_gives_what_it_expects) {
    int run = 0;
    for (auto const& entry : fs::directory_iterator(PARTNERD_SOURCE_DIR "/tests/unit/rules/scenarios")) {
        BOOST_TEST_CONTEXT(entry.path().filename().string()) run_case(entry.path());
        ++run;
    }
    BOOST_TEST(run >= 70);
}

}  // namespace partnerd::rules
