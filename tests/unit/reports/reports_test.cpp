#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "domain/calendar.hpp"
#include "programs/fx_rate.hpp"
#include "reports/explain.hpp"
#include "reports/partner_report.hpp"
#include "reports/summary.hpp"
#include "unit/tracking/house.hpp"

namespace partnerd::reports {

using testing::code;
using testing::House;
using testing::refund;
using testing::sale;

namespace {

constexpr std::int64_t today = testing::start_us / day_us;

tracking::ConversionReport at(tracking::ConversionReport report, std::int64_t at_us) {
    report.at_us = at_us;
    return report;
}
tracking::AdjustmentReport at(tracking::AdjustmentReport report, std::int64_t at_us) {
    report.at_us = at_us;
    return report;
}

std::string row(PartnerReport const& report, std::string const& partner) {
    for (auto const& p : report.partners)
        if (p.partner == partner)
            return std::to_string(p.conversions) + " of " + std::to_string(p.revenue_minor) + ": " + std::to_string(p.gross_minor) + " - " + std::to_string(p.reversed_minor) + " = " +
                   std::to_string(p.net_minor) + ", " + std::to_string(p.pending_minor) + " pending, " + std::to_string(p.payable_minor) + " payable";
    return "none";
}

std::string row(SummaryRow const& r) {
    return r.key + ": " + std::to_string(r.clicks) + "/" + std::to_string(r.unique_clicks) + " clicks, " + std::to_string(r.conversions) + " of " + std::to_string(r.revenue_minor) + ", " +
           std::to_string(r.pending_minor) + " pending, " + std::to_string(r.approved_minor) + " approved, " + std::to_string(r.reversed_minor) + " reversed";
}

boost::json::value explained(House& house, Id program, Id conversion, Id partner = 0) {
    auto const text = house.read([&](storage::Tx& tx) { return partner == 0 ? explain_for_operator(tx, program, conversion) : explain_for_partner(tx, program, conversion, partner); });
    return text ? boost::json::parse(*text) : boost::json::value(nullptr);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reports)

BOOST_AUTO_TEST_CASE(the_partner_report_tells_what_had_happened_by_a_time) {
    House house;
    auto const shop = house.program("shop");
    for (auto const* who : {"ada", "bob", "carl"}) house.enrolled(shop, who);
    house.partner("stranger");
    auto const t0 = testing::start_us - 60 * day_us;
    auto const one = at(sale(shop, "1", 10'000, "ada"), t0), two = at(sale(shop, "2", 5000, "ada"), t0 + 40 * day_us);
    for (auto const& report : {one, two, at(sale(shop, "3", 777, "bob"), t0), at(sale(shop, "nobody", 1000), t0)}) BOOST_TEST_REQUIRE(code(house.convert(report)) == "ok");
    auto tried = at(sale(shop, "t", 9999, "carl"), t0);
    tried.test = true;
    BOOST_TEST_REQUIRE(code(house.convert(tried)) == "ok");
    BOOST_TEST_REQUIRE(code(house.adjust(one, at(refund("r"), t0 + 35 * day_us))) == "ok");
    BOOST_TEST_REQUIRE(code(house.adjust(two, at(refund("r", 1000), t0 + 41 * day_us))) == "ok");
    struct Case {
        std::int64_t as_of_us;
        char const* ada;
    };
    for (int const slice : {1, 2, 2000}) {
        for (auto const& c : {Case{t0 - 1, "0 of 0: 0 - 0 = 0, 0 pending, 0 payable"}, Case{t0, "1 of 10000: 1000 - 0 = 1000, 1000 pending, 0 payable"},
                              Case{t0 + 30 * day_us - 1, "1 of 10000: 1000 - 0 = 1000, 1000 pending, 0 payable"}, Case{t0 + 30 * day_us, "1 of 10000: 1000 - 0 = 1000, 0 pending, 1000 payable"},
                              Case{t0 + 35 * day_us - 1, "1 of 10000: 1000 - 0 = 1000, 0 pending, 1000 payable"}, Case{t0 + 35 * day_us, "1 of 10000: 1000 - 1000 = 0, 0 pending, 0 payable"},
                              Case{testing::start_us, "2 of 15000: 1500 - 1100 = 400, 400 pending, 0 payable"}}) {
            BOOST_TEST_CONTEXT(c.as_of_us << " in slices of " << slice) { BOOST_TEST(row(partner_report(*house.storage, shop.id, c.as_of_us, slice), "ada") == c.ada); }
        }
    }
    auto const report = partner_report(*house.storage, shop.id, testing::start_us);
    BOOST_TEST(row(report, "bob") == "1 of 777: 78 - 0 = 78, 0 pending, 78 payable");
    BOOST_TEST(row(report, "carl") == "0 of 0: 0 - 0 = 0, 0 pending, 0 payable");
    BOOST_TEST(row(report, "stranger") == "none");
    PartnerReport only_bob;
    only_bob.partners.push_back(report.partners.at(1));
    BOOST_TEST(to_json(only_bob) ==
               R"({"partners":[{"partner":"bob","conversions":1,"revenue_minor":777,"gross_minor":78,"reversed_minor":0,"net_minor":78,"pending_minor":0,"payable_minor":78}]})");
}

BOOST_AUTO_TEST_CASE(held_and_declined_conversions_are_not_in_the_partner_report) {
    House house;
    auto const shop = house.program("shop", R"({"rules":[{"name":"r","rule":"review@1","params":{"from":1000}}]})");
    house.enrolled(shop, "ada");
    house.convert(sale(shop, "held", 2000, "ada"));
    auto const declined = sale(shop, "declined", 500, "ada");
    house.convert(declined);
    BOOST_TEST(row(partner_report(*house.storage, shop.id, testing::start_us), "ada") == "1 of 500: 50 - 0 = 50, 50 pending, 0 payable");
    house.clock.advance(day_us);
    house.adjust(declined, testing::decline("d"));
    BOOST_TEST(row(partner_report(*house.storage, shop.id, house.clock.now_us()), "ada") == "0 of 0: 50 - 50 = 0, 0 pending, 0 payable");
    BOOST_TEST(row(partner_report(*house.storage, shop.id, testing::start_us), "ada") == "1 of 500: 50 - 0 = 50, 50 pending, 0 payable");
}

BOOST_AUTO_TEST_CASE(the_summary_sums_the_roll_ups) {
    House house;
    auto const shop = house.program("shop");
    auto const ada = house.enrolled(shop, "ada"), bob = house.enrolled(shop, "bob");
    auto const link = house.link(shop, ada, "spring");
    auto const click = house.click(link, testing::start_us - 2 * day_us, "mail");
    house.click(link, testing::start_us - day_us, "mail");
    auto clicked = sale(shop, "1", 10'000);
    clicked.click_id = click;
    clicked.at_us = testing::start_us - day_us;
    BOOST_TEST_REQUIRE(code(house.convert(clicked)) == "ok");
    BOOST_TEST_REQUIRE(code(house.convert(sale(shop, "2", 300, "ada"))) == "ok");
    BOOST_TEST_REQUIRE(code(house.convert(sale(shop, "3", 9000, "bob"))) == "ok");
    BOOST_TEST_REQUIRE(code(house.adjust(clicked, refund("r", 2500))) == "ok");
    auto const ask = [&](GroupBy by, std::int64_t as_of_day = today, std::int64_t from = today - 10, std::int64_t to = today, Id partner = -1) {
        return house.read([&](storage::Tx& tx) { return summarise(tx, {shop.id, partner < 0 ? ada.partner : partner, from, to, as_of_day, by}); });
    };
    auto const all = ask(GroupBy::none);
    BOOST_TEST(all.rows.empty());
    BOOST_TEST(row(all.total) == ": 2/2 clicks, 2 of 10300, 780 pending, 0 approved, 250 reversed");
    BOOST_TEST(row(ask(GroupBy::none, today - 1).total) == ": 2/2 clicks, 1 of 10000, 1000 pending, 0 approved, 0 reversed");
    BOOST_TEST(row(ask(GroupBy::none, today + 29).total) == ": 2/2 clicks, 2 of 10300, 30 pending, 750 approved, 250 reversed");
    BOOST_TEST(row(ask(GroupBy::none, today, today, today).total) == ": 0/0 clicks, 1 of 300, 30 pending, 0 approved, 0 reversed");
    BOOST_TEST(row(ask(GroupBy::none, today, today - 10, today, 0).total) == ": 2/2 clicks, 3 of 19300, 1680 pending, 0 approved, 250 reversed");
    BOOST_TEST(row(ask(GroupBy::none, today, today - 10, today, bob.partner).total) == ": 0/0 clicks, 1 of 9000, 900 pending, 0 approved, 0 reversed");
    auto const days = ask(GroupBy::day);
    BOOST_TEST_REQUIRE(days.rows.size() == 3U);
    BOOST_TEST(row(days.rows[0]) == format_day(today - 2) + ": 1/1 clicks, 0 of 0, 0 pending, 0 approved, 0 reversed");
    BOOST_TEST(row(days.rows[1]) == format_day(today - 1) + ": 1/1 clicks, 1 of 10000, 750 pending, 0 approved, 250 reversed");
    BOOST_TEST((days.total == all.total));
    struct Case {
        GroupBy by;
        std::vector<std::string> keys;
    };
    for (auto const& c : {Case{GroupBy::link, {"", "spring"}}, Case{GroupBy::channel, {""}}, Case{GroupBy::sub1, {"", "mail"}}, Case{GroupBy::type, {"click", "sale"}}}) {
        auto const grouped = ask(c.by);
        std::vector<std::string> keys;
        for (auto const& r : grouped.rows) keys.push_back(r.key);
        BOOST_TEST(keys == c.keys, boost::test_tools::per_element());
        BOOST_TEST((grouped.total == all.total));
    }
    BOOST_TEST(!parse_group_by("kind").has_value());
    BOOST_TEST((parse_group_by("sub1") == GroupBy::sub1));
}

BOOST_AUTO_TEST_CASE(an_operator_reads_everything_of_a_conversion) {
    House house;
    auto const shop = house.program("shop");
    auto const ada = house.enrolled(shop, "ada");
    auto order = sale(shop, "o-1", 1000, "ada");
    order.customer = "c-1";
    auto const id = house.convert(order)->conversion;
    house.adjust(order, refund("r", 300));
    house.clock.advance(31 * day_us);
    house.release();
    auto const story = explained(house, shop.id, id);
    auto const at_pointer = [&](char const* pointer) { return boost::json::serialize(story.at_pointer(pointer)); };
    BOOST_TEST(at_pointer("/conversion/external_id") == "\"o-1\"");
    BOOST_TEST(at_pointer("/terms/version") == "1");
    BOOST_TEST(at_pointer("/attribution/candidates/0/evidence") == "\"named by the merchant: ada\"");
    BOOST_TEST(at_pointer("/facts/order.base/amount") == "\"10.00\"");
    BOOST_TEST(at_pointer("/rules/lanes/0/winner") == "\"base\"");
    BOOST_TEST(at_pointer("/commissions/0/net/amount") == "\"0.70\"");
    BOOST_TEST(at_pointer("/commissions/0/payable_on") == "\"" + format_day(today + 30) + "\"");
    BOOST_TEST(at_pointer("/commissions/0/partner") == "\"" + format_id("ptn", ada.partner) + "\"");
    BOOST_TEST(at_pointer("/adjustments/0/changes/0/delta/amount") == "\"-0.30\"");
    BOOST_TEST(at_pointer("/adjustments/0/rules/change") == "\"refund\"");
    BOOST_TEST(story.at_pointer("/entries").as_array().size() == 3U);
    BOOST_TEST(story.at_pointer("/entries/0/key").as_string() == "accrue:" + std::string(story.at_pointer("/commissions/0/id").as_string()));
    BOOST_TEST(story.at_pointer("/entries/0/legs/1/account").as_string() == "partner:" + format_id("ptn", ada.partner) + ":pending");
    BOOST_TEST(boost::json::serialize(story).find(std::to_string(ada.partner)) == std::string::npos);
    BOOST_TEST(boost::json::serialize(story).find(std::to_string(ada.id)) == std::string::npos);
    for (auto const& entry : story.at_pointer("/entries").as_array()) BOOST_TEST(entry.at("legs").as_array().size() == 2U);
    BOOST_TEST(explained(house, shop.id, 4711).is_null());
    BOOST_TEST(explained(house, 4711, id).is_null());
}

BOOST_AUTO_TEST_CASE(a_partner_reads_its_own_lines_and_nothing_of_others) {
    House house;
    programs::Program shop;
    shop.handle = shop.name = "shop";
    shop.currency = find_currency("GBP").value();
    shop.destination = "https://shop.example/";
    house.write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(programs::create_program(tx, house.kernel, shop)) == "ok"); });
    auto const ada = house.enrolled(shop, "ada-secret"), bob = house.enrolled(shop, "bob-secret"), eve = house.enrolled(shop, "eve-secret");
    auto const plan = R"({"rules":[{"name":"s","rule":"share@1","when":{"fact":"customer.known","op":"==","value":true},"params":{"payee":")" + format_id("enr", bob.id) + R"("}}]})";
    house.write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(programs::add_terms(tx, house.kernel, shop, {}, plan, "", 0)) == "ok"); });
    house.status(shop, "live");
    auto order = sale(shop, "order-secret", 1000, "ada-secret");
    order.customer = "customer-secret";
    order.order_id = "number-secret";
    order.click_id = house.click(house.link(shop, eve), testing::start_us - day_us);
    auto const id = house.convert(order)->conversion;
    auto given = refund("refund-secret", 200);
    given.reason = "damaged";
    house.adjust(order, given);
    auto const own = [&](programs::Enrollment const& who) { return boost::json::serialize(explained(house, shop.id, id, who.partner)); };
    auto const for_ada = own(ada), for_bob = own(bob);
    BOOST_TEST(explained(house, shop.id, id, eve.partner).is_null());
    auto const pseudonym = house.read([&](storage::Tx& tx) { return tx.value<std::string>("select customer from conversion").value(); });
    for (auto const& secret : {std::string("-secret"), pseudonym, order.click_id, format_id("enr", bob.id), format_id("ptn", bob.partner), format_id("enr", eve.id), format_id("ptn", eve.partner),
                               std::string("0.40"), std::string("0.50"), std::string("1.20"), std::string("1.50")})
        BOOST_TEST(for_ada.find(secret) == std::string::npos, secret + " in " + for_ada);
    for (auto const& secret : {std::string("-secret"), pseudonym, order.click_id, format_id("enr", ada.id), format_id("ptn", ada.partner), format_id("enr", eve.id), std::string("\"1.00\""), std::string("0.80"),
                               std::string("customer.known")})
        BOOST_TEST(for_bob.find(secret) == std::string::npos, secret + " in " + for_bob);
    auto const ada_story = boost::json::parse(for_ada);
    BOOST_TEST(ada_story.at_pointer("/commissions").as_array().size() == 1U);
    BOOST_TEST(ada_story.at_pointer("/commissions/0/net/amount") == "0.80");
    BOOST_TEST(ada_story.at_pointer("/attribution/others") == 1);
    BOOST_TEST(ada_story.at_pointer("/adjustments/0/changes").as_array().size() == 1U);
    BOOST_TEST(boost::json::parse(for_bob).at_pointer("/commissions/0/net/amount") == "0.40");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::reports
