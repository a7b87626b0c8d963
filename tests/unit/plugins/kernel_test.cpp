// The services over the kernel: tracking, rules, facts, ledger, events, jobs, metrics, core.
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include "house.hpp"

namespace partnerd::plugins {
namespace {

std::string const base = "/v1/programs/1/probe";

rules::FactSet order_of(std::int64_t minor) {
    rules::FactSet facts;
    facts.set("order.base", Money{minor, Currency("GBP", 2)});
    return facts;
}

Result<std::shared_ptr<rules::CompiledRule const>> compile(House& house, char const* params) {
    return house.services.rules.at(0)->compile(boost::json::parse(params).as_object(), Currency("GBP", 2));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kernel)

BOOST_AUTO_TEST_CASE(a_conversion_crosses_whole_and_its_outcome_comes_back) {
    ProbeHouse house;
    BOOST_TEST(house.text("POST", base + "/convert", "o-1") == "200 1 700 base/main/base=1.50GBP/pending");
    BOOST_REQUIRE_EQUAL(house.services.reports.size(), 1U);
    auto const& report = house.services.reports[0];
    BOOST_TEST(report.external_id == "o-1");
    BOOST_TEST(report.plugin == "probe");
    BOOST_TEST(report.code == "SPRING");
    BOOST_TEST(report.amount_minor.value() == 1000);
    BOOST_TEST((report.currency == Currency("GBP", 2)));
    BOOST_TEST(report.customer_is_new.value());
    BOOST_REQUIRE_EQUAL(report.items.size(), 1U);
    BOOST_TEST(report.items[0].amount_minor == 500);
    BOOST_TEST(report.at_us == 9);
}

BOOST_AUTO_TEST_CASE(what_the_kernel_refuses_has_its_code_leaves_nothing_and_the_unit_goes_on) {
    ProbeHouse house;
    auto const refused = house.call("POST", base + "/convert", "differs");
    BOOST_TEST(refused->response.status == 409);
    BOOST_TEST(refused->response.body.find("conversion_differs") != std::string::npos);
    BOOST_TEST(house.rows("id > 8000") == "8001=convert;");
    ProbeHouse other;
    auto const broken = other.call("POST", base + "/convert", "\xff\xfe");
    BOOST_TEST(broken->response.body.find("invalid_utf8") != std::string::npos, broken->response.body);
    ProbeHouse third;
    auto const empty = third.call("POST", base + "/convert", "");
    BOOST_TEST(empty->response.body.find("missing_field") != std::string::npos, empty->response.body);
}

BOOST_AUTO_TEST_CASE(an_adjustment_crosses_whole) {
    ProbeHouse house;
    BOOST_TEST(house.text("POST", base + "/adjust", "o-1") == "200 2 seen");
    BOOST_TEST(house.services.adjusted == "1/sale/o-1 r1 300");
    auto const unknown = house.call("POST", base + "/adjust", "none");
    BOOST_TEST(unknown->response.status == 422);
    BOOST_TEST(unknown->response.body.find("unknown_conversion") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_attributor_names_candidates) {
    ProbeHouse house;
    tracking::ConversionReport report;
    report.program = 1;
    report.at_us = 50;
    house.storage->write([&](storage::Tx& tx) {
        auto const& find = house.services.attributors.at("probe");
        BOOST_TEST(find(tx, report)->empty());
        report.code = "X1";
        auto const found = find(tx, report);
        BOOST_REQUIRE_EQUAL(found->size(), 1U);
        BOOST_TEST((*found)[0].source == "probe");
        BOOST_TEST((*found)[0].enrollment == 77);
        BOOST_TEST((*found)[0].at_us == 49);
        BOOST_TEST((*found)[0].evidence == "code X1");
        report.code = "BOOM";
        auto const thrown = find(tx, report);
        BOOST_REQUIRE(!thrown);
        BOOST_TEST(thrown.error().detail.find("find threw") != std::string::npos);
        return true;
    });
}

BOOST_AUTO_TEST_CASE(a_fact_of_the_plugin_is_provided_in_the_unit) {
    ProbeHouse house;
    tracking::ConversionReport report;
    report.customer = "started";
    house.storage->write([&](storage::Tx& tx) {
        auto const values = house.services.facts.at("probe.loyal")(tx, report, 5);
        BOOST_REQUIRE(values);
        BOOST_REQUIRE_EQUAL(values->size(), 1U);
        BOOST_TEST(std::get<bool>((*values)[0]));
        return true;
    });
}

BOOST_AUTO_TEST_CASE(a_rule_decides_by_its_facts_alone) {
    ProbeHouse house;
    auto const rule = compile(house, R"({"ppm":100000})");
    BOOST_REQUIRE(rule);
    auto facts = order_of(999);
    rules::Decision decision;
    (*rule)->evaluate(facts, decision);
    BOOST_TEST((decision.verdict() == rules::Verdict::pay));
    BOOST_REQUIRE_EQUAL(decision.lines().size(), 1U);
    BOOST_TEST(decision.lines()[0].key == "base");
    BOOST_TEST((decision.lines()[0].amount == Money{99, Currency("GBP", 2)}));
    BOOST_TEST(decision.reasons().at(0).code == "share");
    facts.set("probe.loyal", true);
    rules::Decision loyal;
    (*rule)->evaluate(facts, loyal);
    BOOST_TEST(loyal.lines().size() == 2U);
    rules::Decision nothing;
    (*rule)->evaluate(rules::FactSet(), nothing);
    BOOST_TEST((nothing.verdict() == rules::Verdict::pass));
}

BOOST_AUTO_TEST_CASE(parameters_are_refused_by_the_schema_and_by_the_rule) {
    ProbeHouse house;
    struct {
        char const* params;
        char const* field;
    } const cases[] = {
        {R"({})", ""}, {R"({"ppm":"x"})", "/ppm"}, {R"({"ppm":-1})", "/ppm"}, {R"({"ppm":5,"q":1})", ""}, {R"({"ppm":13})", "/ppm"}};
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.params) {
            auto const refused = compile(house, c.params);
            BOOST_REQUIRE(!refused);
            BOOST_TEST(code_name(refused.error().code) == "invalid_field");
            BOOST_TEST(refused.error().field == c.field);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_rule_that_goes_wrong_decides_nothing) {
    ProbeHouse house;
    struct {
        char const* params;
        char const* says;
    } const cases[] = {{R"({"ppm":1})", "evaluate threw"}, {R"({"ppm":2})", "payout currency"}, {R"({"ppm":3})", "line"}};
    for (auto const& c : cases) {
        BOOST_TEST_CONTEXT(c.params) {
            auto const rule = compile(house, c.params);
            BOOST_REQUIRE(rule);
            rules::Decision decision;
            BOOST_CHECK_EXCEPTION((*rule)->evaluate(order_of(100), decision), Refused, [&](Refused const& refused) {
                BOOST_TEST(refused.error.detail.find(c.says) != std::string::npos, refused.error.detail);
                return refused.error.code == errc::plugin_failed;
            });
        }
    }
}

BOOST_AUTO_TEST_CASE(a_plugin_posts_between_its_own_accounts_only) {
    ProbeHouse house;
    BOOST_TEST(house.text("POST", base + "/ledger") == R"(200 900 901 {"amount":"0.07","currency":"GBP"})");
    BOOST_TEST(house.services.accounts.at(100) == "probe_budget");
    BOOST_TEST(house.services.entries.at(900) == "probe_k1");
    BOOST_TEST(house.services.entries.at(901) == "probe_k2");
    auto const unbalanced = house.call("POST", base + "/ledger", "unbalanced");
    BOOST_TEST(unbalanced->response.body.find("legs_unbalanced") != std::string::npos);
    BOOST_TEST(house.call("POST", base + "/ledger", "theft")->response.status == 404);
}

BOOST_AUTO_TEST_CASE(events_go_out_under_the_plugins_name_and_come_in) {
    ProbeHouse house;
    BOOST_TEST(house.call("POST", base + "/publish", "probe.seen")->response.status == 200);
    BOOST_REQUIRE_EQUAL(house.services.published.size(), 1U);
    BOOST_TEST(house.services.published[0].json == R"({"a":1})");
    BOOST_TEST(house.call("POST", base + "/publish", "conversion.recorded")->response.status == 500);
    BOOST_TEST(house.services.published.size() == 1U);

    events::Event const event{600, 1, "sale.made", "k", "{}", 5, 1};
    BOOST_REQUIRE_EQUAL(house.services.subscribers.size(), 1U);
    house.storage->write([&](storage::Tx& tx) { return house.services.subscribers.begin()->second(tx, event).has_value(); });
    BOOST_TEST(house.rows("id = 600") == "600=sale.made;");

    BOOST_REQUIRE_EQUAL(house.services.deliverers.size(), 1U);
    auto const& deliver = house.services.deliverers.begin()->second;
    BOOST_TEST((deliver({1, 1, "mail", "", "now", 0, 1}).state == events::DeliveryResult::State::done));
    auto const later = deliver({1, 1, "mail", "", "later", 0, 1});
    BOOST_TEST((later.state == events::DeliveryResult::State::retry));
    BOOST_TEST(later.retry_after_us == 1'500'000);
    BOOST_TEST(later.error.find("the mail server is away") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_job_runs_on_a_worker_and_hears_when_to_stop) {
    ProbeHouse house;
    BOOST_REQUIRE_EQUAL(house.services.jobs.size(), 1U);
    auto const& job = house.services.jobs[0];
    BOOST_TEST(job.id == "probe.sweep");
    BOOST_TEST(job.every_us == 300'000'000);
    BOOST_TEST(job.run(700, [] { return false; }).has_value());
    BOOST_TEST(house.rows("id = 700") == "700=job;");
    auto const stopped = job.run(701, [] { return true; });
    BOOST_REQUIRE(!stopped);
    BOOST_TEST(stopped.error().detail.find("asked to stop") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(metrics_carry_the_plugins_name) {
    ProbeHouse house;
    house.call("POST", base + "/rows?id=1", "x");
    house.call("POST", base + "/rows?id=2", "x");
    auto const text = house.services.metrics().text();
    BOOST_TEST(text.find("partnerd_probe_seen_total{what=\"row\"} 2") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(the_core_is_asked_by_names) {
    ProbeHouse house;
    BOOST_TEST(house.text("GET", base + "/core") ==
               R"(200 42 anna nobody 12.34 99 null 1800000000000000 red_ {"word":"x"}@3 off {"greeting":"hi"} 1)");
    auto const taken = house.call("POST", base + "/link");
    BOOST_TEST(taken->response.status == 409);
    BOOST_TEST(taken->response.body.find("code_taken") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::plugins
