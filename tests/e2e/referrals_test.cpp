// Referral links over HTTP: from the click to the commission, and what does not earn.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "domain/base32.hpp"
#include "domain/click_id.hpp"
#include "e2e/shopfront.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;

namespace {

// As the retail program, with other settings of its terms.
std::string program(std::string const& handle, std::string const& settings) {
    return "[program]\nhandle = \"" + handle +
           "\"\nname = \"Shop\"\ncurrency = \"GBP\"\nhosts = [\"shop.example\"]\ndestination = \"https://shop.example/start?from=us\"\nstatus = \"live\"\n" +
           "[terms]\n" + settings +
           "[[terms.rules]]\nname = \"base\"\nrule = \"percent@1\"\non = \"sale\"\nparams = { rate = \"10%\" }\n[plugins.referrals]\n";
}

Answer sale(Shopfront& shop, json::object body, std::string const& program = "retail") {
    if (!body.contains("amount")) body["amount"] = money("80.00", "GBP");
    return shop.office().post("/v1/programs/" + program + "/conversions", body);
}

constexpr std::int64_t day_ms = 86'400'000;
constexpr int id_bits_below_ms = 22;  // an id begins with its time

// On PostgreSQL a click needs a partition for its time, which the server makes from now on only.
std::string room_for_old_clicks(std::int64_t click) {
    auto const week = 7 * day_ms << id_bits_below_ms;
    return partnerd::testing::on_postgresql() ? "create table if not exists click_old partition of click for values from (minvalue) to (" + std::to_string(click / week * week) + "); " : "";
}

// The key that the installation signs click ids with.
partnerd::Key32 click_key(Shopfront const& shop) {
    auto const bytes = partnerd::hex_decode(shop.database().texts("select value from instance where name = 'click_key'").at(0));
    partnerd::Key32 key;
    BOOST_REQUIRE((bytes && bytes->size() == key.size()));
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return key;
}

std::int64_t clicks(Shopfront const& shop) { return shop.database().number("select count(*) from click"); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_click_gives_a_click_id_and_a_cookie_and_the_sale_with_it_earns) {
    Shopfront shop(program("retail", "hold_days = 30\n"));
    shop.enroll("acme");
    shop.make_link("acme", "spring");
    auto const clicked = shop.stranger().get("/r/spring?sub1=banner");
    BOOST_TEST(clicked.status == 302);
    std::string const location(clicked.raw.header("location")), cookie(clicked.raw.header("set-cookie"));
    BOOST_TEST(location.starts_with("https://shop.example/start?from=us&click_id="), location);
    auto const click_id = location.substr(location.rfind('=') + 1);
    BOOST_TEST(click_id.size() == 26u);
    BOOST_TEST(cookie.starts_with("pd_click_retail=" + click_id + ";"), cookie);
    for (auto const* const attribute : {"; Max-Age=2592000", "; HttpOnly", "; Secure", "; SameSite=Lax"})
        BOOST_TEST(cookie.find(attribute) != std::string::npos, cookie);
    BOOST_TEST(clicked.raw.header("cache-control") == "no-store");

    auto const sold = sale(shop, {{"external_id", "o1"}, {"customer", "ann"}, {"click_id", click_id}});
    BOOST_TEST(sold.status == 201, sold.raw.body);
    BOOST_TEST(sold.text("partner") == "acme");
    BOOST_TEST(sold.body.at("commissions").at(0).at("amount").at("amount") == "8.00");
    auto const mine = shop.partner("acme").get("/v1/me/programs/retail/summary");
    BOOST_TEST(mine.status == 200, mine.raw.body);
    BOOST_TEST(mine.raw.body.find("\"clicks\":1") != std::string::npos, mine.raw.body);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(the_sale_route_of_the_plugin_records_the_same_sale) {
    Shopfront shop;
    shop.make_link("acme", "spring");
    auto const click_id = shop.click("spring");
    json::object const body{{"order_id", "o1"}, {"customer", "ann"}, {"click_id", click_id}, {"amount", money("80.00", "GBP")}};
    auto const sold = shop.office().post("/v1/programs/retail/referrals/sale", body);
    BOOST_TEST(sold.status == 201, sold.raw.body);
    BOOST_TEST(sold.body.at("commissions").at(0).at("amount").at("amount") == "8.00");
    auto const again = shop.office().post("/v1/programs/retail/referrals/sale", body);
    BOOST_TEST(again.status == 200, again.raw.body);
    BOOST_TEST(again.text("id") == sold.text("id"));
    // One order is one sale, whichever way it is reported.
    auto const core = sale(shop, {{"external_id", "o1"}, {"order_id", "o1"}, {"customer", "ann"}, {"click_id", click_id}});
    BOOST_TEST(core.text("id") == sold.text("id"), core.raw.body);
    BOOST_TEST(shop.database().number("select count(*) from conversion") == 1);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_bound_customer_stays_with_the_partner_of_the_first_sale) {
    Shopfront shop(program("retail", "binding_days = 60\n"));
    for (auto const* const partner : {"acme", "zeta"}) shop.enroll(partner), shop.make_link(partner, std::string(partner) + "-link");
    BOOST_TEST(sale(shop, {{"external_id", "o1"}, {"customer", "ann"}, {"click_id", shop.click("acme-link")}}).text("partner") == "acme");
    auto const later = sale(shop, {{"external_id", "o2"}, {"customer", "ann"}});
    BOOST_TEST(later.text("partner") == "acme", later.raw.body);
    BOOST_TEST(shop.office().get("/v1/conversions/" + later.text("id")).text("source") == "binding");
    // A click goes before the binding, and does not take it over.
    BOOST_TEST(sale(shop, {{"external_id", "o3"}, {"customer", "ann"}, {"click_id", shop.click("zeta-link")}}).text("partner") == "zeta");
    BOOST_TEST(sale(shop, {{"external_id", "o4"}, {"customer", "ann"}}).text("partner") == "acme");
    auto const stranger = sale(shop, {{"external_id", "o5"}, {"customer", "bob"}});
    BOOST_TEST(stranger.text("state") == "unattributed", stranger.raw.body);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(who_buys_through_the_own_link_earns_nothing) {
    Shopfront shop(program("retail", ""));
    shop.enroll("acme", {{"email", "ann@acme.example"}});
    shop.make_link("acme", "spring");
    auto const own = sale(shop, {{"external_id", "o1"}, {"customer_email", "Ann@ACME.example"}, {"click_id", shop.click("spring")}});
    BOOST_TEST(own.text("state") == "declined", own.raw.body);
    BOOST_TEST(own.text("reason") == "self_referral");
    for (auto const& commission : own.body.at("commissions").as_array()) BOOST_TEST(commission.at("state") == "declined");
    auto const other = sale(shop, {{"external_id", "o2"}, {"customer_email", "bob@acme.example"}, {"click_id", shop.click("spring")}});
    BOOST_TEST(other.text("state") == "recorded", other.raw.body);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_forged_or_foreign_click_id_is_refused_and_nothing_is_recorded) {
    Shopfront shop(program("retail", ""));
    shop.apply(program("other", ""));
    shop.enroll("acme");
    shop.enroll("zeta", {}, "other");
    shop.make_link("acme", "spring");
    shop.make_link("zeta", "foreign", "other");
    auto const click_id = shop.click("spring");
    std::vector<std::string> forged{"x", std::string(26, '0'), click_id + "0", click_id.substr(1), shop.click("foreign")};
    for (std::size_t i = 0; i + 1 < click_id.size(); ++i) {
        auto changed = click_id;
        changed[i] = changed[i] == '7' ? '8' : '7';
        forged.push_back(changed);
    }
    for (auto const& text : forged) BOOST_TEST_CONTEXT(text) {
            auto const answer = sale(shop, {{"external_id", "o1"}, {"click_id", text}});
            BOOST_TEST(answer.status == 422);
            BOOST_TEST(answer.code() == "invalid_click_id");
        }
    BOOST_TEST(shop.database().number("select count(*) from conversion") == 0);
    BOOST_TEST(sale(shop, {{"external_id", "o1"}, {"click_id", click_id}}).status == 201);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_sale_after_an_expired_click_is_kept_with_the_reason) {
    Shopfront shop(program("retail", "window_days = 30\n"));
    shop.enroll("acme");
    shop.make_link("acme", "spring");
    shop.click("spring");
    auto const age = [&](int days) {
        auto const program_id = shop.database().number("select id from program");
        auto const made = shop.database().number("select id from click"), click = made - (days * day_ms << id_bits_below_ms);
        auto const more = std::to_string(days);
        shop.restart_after(room_for_old_clicks(made) + "update click set id = " + std::to_string(click) + "; update rollup_traffic set day = day - " + more + ";");
        return partnerd::sign_click_id(click_key(shop), program_id, click);
    };
    auto const in_time = sale(shop, {{"external_id", "o1"}, {"click_id", age(29)}});
    BOOST_TEST(in_time.text("partner") == "acme", in_time.raw.body);
    auto const late = sale(shop, {{"external_id", "o2"}, {"click_id", age(2)}});
    BOOST_TEST(late.status == 201, late.raw.body);
    BOOST_TEST(late.text("state") == "unattributed");
    BOOST_TEST(late.text("reason") == "click_expired");
    auto const kept = shop.office().get("/v1/programs/retail/unattributed");
    BOOST_TEST(kept.raw.body.find("click_expired") != std::string::npos, kept.raw.body);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_sale_before_the_click_does_not_belong_to_it) {
    Shopfront shop;
    shop.make_link("acme", "spring");
    auto const early = sale(shop, {{"external_id", "o1"}, {"at", "2026-01-31T08:00:00Z"}, {"click_id", shop.click("spring")}});
    BOOST_TEST(early.text("state") == "unattributed", early.raw.body);
    BOOST_TEST(early.text("reason") != "");
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_paused_program_redirects_untracked_and_its_earlier_clicks_still_earn) {
    Shopfront shop;
    shop.make_link("acme", "spring");
    auto const before = shop.click("spring");
    BOOST_TEST(clicks(shop) == 1);
    BOOST_TEST(shop.office().post("/v1/programs/retail/status", json::object{{"status", "paused"}}).status == 200);
    auto const paused = shop.stranger().get("/r/spring");
    BOOST_TEST(paused.status == 302);
    BOOST_TEST(paused.raw.header("location") == "https://shop.example/");
    BOOST_TEST(paused.raw.header("set-cookie") == "");
    BOOST_TEST(clicks(shop) == 1);
    auto const sold = sale(shop, {{"external_id", "o1"}, {"click_id", before}});
    BOOST_TEST(sold.text("partner") == "acme", sold.raw.body);
    BOOST_TEST(shop.office().post("/v1/programs/retail/status", json::object{{"status", "live"}}).status == 200);
    shop.click("spring");
    BOOST_TEST(clicks(shop) == 2);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_head_is_no_click_and_an_unknown_code_is_nothing) {
    Shopfront shop;
    shop.make_link("acme", "spring");
    auto const head = shop.stranger().send("HEAD", "/r/spring", {});
    BOOST_TEST(head.status == 302);
    BOOST_TEST(head.raw.header("location") == "https://shop.example/");
    BOOST_TEST(head.raw.header("set-cookie") == "");
    for (auto const* const target : {"/r/nothing", "/r/", "/r/spring/more"})
        BOOST_TEST_CONTEXT(target) BOOST_TEST(shop.stranger().get(target).status == 404);
    BOOST_TEST(shop.stranger().post("/r/spring", std::string()).status == 405);
    BOOST_TEST(clicks(shop) == 0);
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_link_says_no_to_foreign_hosts_and_taken_codes) {
    Shopfront shop;
    shop.make_link("acme", "spring");
    auto partner = shop.partner("zeta");
    auto const refused = [&](json::object const& body) { return partner.post("/v1/me/programs/retail/links", body); };
    BOOST_TEST(refused({{"code", "SPRING"}}).status == 409);
    BOOST_TEST(refused({{"code", "spring"}}).code() == "code_taken");
    BOOST_TEST(refused({{"destination", "https://evil.example/"}}).status == 422);
    BOOST_TEST(refused({{"destination", "https://evil.example/"}}).code() == "host_not_allowed");
    BOOST_TEST(refused({{"destination", "javascript:alert(1)"}}).code() == "invalid_destination");
    BOOST_TEST(
        partner.post("/v1/me/programs/retail/links", json::object{{"destination", "https://www.shop.example/shoes"}, {"code", "shoes"}})
            .status == 201);
    BOOST_TEST(std::string(shop.stranger().get("/r/shoes").raw.header("location")).starts_with("https://www.shop.example/shoes?click_id="));
}
