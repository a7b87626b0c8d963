#include <boost/test/unit_test.hpp>

#include "programs/application.hpp"
#include "programs/destination.hpp"
#include "programs/fx_rate.hpp"
#include "unit/tracking/house.hpp"

namespace partnerd::programs {

using testing::code;
using testing::House;

namespace {

Program draft(House& house, std::string handle = "shop", std::function<void(Program&)> const& with = {}) {
    Program made;
    made.handle = made.name = std::move(handle);
    made.currency = find_currency("GBP").value();
    made.destination = "https://shop.example/";
    if (with) with(made);
    house.write([&](storage::Tx& tx) { BOOST_TEST_REQUIRE(code(create_program(tx, house.kernel, made)) == "ok"); });
    return made;
}

std::string change(House& house, Program const& program, std::string_view to) {
    return house.write([&](storage::Tx& tx) { return code(change_status(tx, house.kernel, program.id, to)); });
}

std::string add(House& house, Program const& program, TermsSettings const& settings = {}, std::int64_t effective_at_us = 0, std::string_view plan = testing::ten_percent) {
    return house.write([&](storage::Tx& tx) { return code(add_terms(tx, house.kernel, *find_program(tx, program.id), settings, plan, "", effective_at_us)); });
}

Application applicant(std::string email, std::int64_t version = 1) {
    Application a;
    a.name = "Ada Lovelace";
    a.email = std::move(email);
    a.terms_version = version;
    return a;
}

Result<Applied> apply(House& house, Program const& program, Application const& a) {
    return house.write([&](storage::Tx& tx) { return apply_to_program(tx, house.kernel, *house.views.get(tx, program.id), a); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(programs)

BOOST_AUTO_TEST_CASE(programs_that_are_refused) {
    House house;
    draft(house);
    struct Case {
        char const* name;
        std::function<void(Program&)> with;
        char const* code;
    };
    for (auto const& c : {Case{"a handle that is in use", [](auto&) {}, "handle_taken"}, Case{"no handle", [](auto& p) { p.handle.clear(); }, "invalid_field"},
                          Case{"a handle with a slash", [](auto& p) { p.handle = "a/b"; }, "invalid_field"}, Case{"no name", [](auto& p) { p.name.clear(); }, "invalid_field"},
                          Case{"no such zone", [](auto& p) { p.zone = "Mars/Olympus"; }, "invalid_field"},
                          Case{"no such currency", [](auto& p) { p.order_currencies = {"XXQ"}; }, "unknown_currency"},
                          Case{"a host with a scheme", [](auto& p) { p.hosts = {"https://a.example"}; }, "invalid_field"},
                          Case{"a destination on a host that is not allowed", [](auto& p) { p.hosts = {"a.example"}, p.destination = "https://b.example/"; }, "host_not_allowed"},
                          Case{"a destination that is a script", [](auto& p) { p.destination = "javascript:alert(1)"; }, "invalid_destination"}}) {
        BOOST_TEST_CONTEXT(c.name) {
            Program p;
            p.handle = p.name = "shop";
            p.currency = find_currency("GBP").value();
            c.with(p);
            BOOST_TEST(house.write([&](storage::Tx& tx) { return code(create_program(tx, house.kernel, p)); }) == c.code);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_way_of_a_program) {
    House house;
    auto const shop = draft(house);
    BOOST_TEST(change(house, shop, "live") == "invalid_state");
    BOOST_TEST_REQUIRE(add(house, shop) == "ok");
    for (auto const* to : {"paused", "ended", "nonsense", ""}) BOOST_TEST(change(house, shop, to) == "invalid_state", to);
    for (auto const* to : {"pilot", "live", "paused", "live", "live", "paused", "ended"}) BOOST_TEST(change(house, shop, to) == "ok", to);
    for (auto const* to : {"draft", "pilot", "live", "paused"}) BOOST_TEST(change(house, shop, to) == "invalid_state", to);
    BOOST_TEST(house.write([&](storage::Tx& tx) { return code(change_status(tx, house.kernel, 4711, "live")); }) == "unknown_program");
}

BOOST_AUTO_TEST_CASE(the_zone_stays_once_days_were_counted_in_it) {
    House house;
    auto shop = draft(house);
    auto const update = [&] { return house.write([&](storage::Tx& tx) { return code(update_program(tx, house.kernel, shop)); }); };
    shop.zone = "Europe/London";
    BOOST_TEST(update() == "ok");
    BOOST_TEST_REQUIRE(add(house, shop) == "ok");
    BOOST_TEST_REQUIRE(change(house, shop, "live") == "ok");
    shop.zone = "Asia/Tokyo";
    BOOST_TEST(update() == "invalid_state");
    shop.zone = "Europe/London";
    shop.name = "Shop";
    BOOST_TEST(update() == "ok");
}

BOOST_AUTO_TEST_CASE(new_terms_wait_for_the_notice_period_once_there_are_conversions) {
    House house;
    TermsSettings settings;
    settings.notice_days = 14;
    auto const shop = house.program("shop", testing::ten_percent, settings);
    house.enrolled(shop, "ada");
    BOOST_TEST(add(house, shop, settings) == "ok");
    BOOST_TEST_REQUIRE(code(house.convert(testing::sale(shop, "o", 1000, "ada"))) == "ok");
    auto const now = house.clock.now_us();
    BOOST_TEST(add(house, shop, settings, now) == "notice_too_short");
    BOOST_TEST(add(house, shop, settings, now + 14 * day_us - 1) == "notice_too_short");
    BOOST_TEST(add(house, shop, {}, now + 14 * day_us) == "ok");
    // The notice period of the newest version counts, and no version comes before an earlier one.
    BOOST_TEST(add(house, shop, {}, now + 14 * day_us) == "notice_too_short");
    BOOST_TEST(add(house, shop, {}, now + 14 * day_us + 1) == "ok");
    BOOST_TEST(add(house, shop, {}, 0, R"({"rules":[{"name":"a","rule":"magic@1"}]})") == "unknown_rule");
    BOOST_TEST(add(house, shop, {}, 0, "{") == "malformed_json");
    auto const versions = house.read([&](storage::Tx& tx) { return terms_of(tx, house.kernel, shop).size(); });
    BOOST_TEST(versions == 4U);
}

BOOST_AUTO_TEST_CASE(settings_that_are_refused) {
    auto const gbp = find_currency("GBP").value();
    for (auto const* text : {"[]", "{", R"({"hold_days":-1})", R"({"hold_days":3651})", R"({"hold_days":"30"})", R"({"hold_days":1.5})", R"({"hold":1})", R"({"model":"first"})",
                             R"({"precedence":[]})", R"({"precedence":["click","click"]})", R"({"precedence":"click"})", R"({"minimum_payout":5})", R"({"minimum_payout":"-1.00"})"})
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(!read_settings(text, gbp).has_value()); }
    TermsSettings settings;
    settings.hold_days = 7;
    settings.minimum_payout_minor = 5000;
    settings.precedence = {"click", "coupon"};
    BOOST_TEST((read_settings(write_settings(settings, gbp), gbp).value() == settings));
}

BOOST_AUTO_TEST_CASE(links_that_are_refused_and_codes_in_any_case) {
    House house;
    auto const shop = house.program("shop", testing::ten_percent, {}, [](Program& p) { p.hosts = {"*.brand.example", "shop.example"}; });
    auto const ada = house.enrolled(shop, "ada");
    auto const make = [&](std::string link_code, std::string destination, std::string channel = {}) {
        Link link;
        link.code = std::move(link_code);
        link.destination = std::move(destination);
        link.channel = std::move(channel);
        return house.write([&](storage::Tx& tx) { return code(create_link(tx, house.kernel, shop, ada, link)); });
    };
    BOOST_TEST(make("Spring", "") == "ok");
    BOOST_TEST(make("SPRING", "") == "code_taken");
    BOOST_TEST(make("", "https://a.brand.example/x?y#z") == "ok");
    struct Case {
        char const* destination;
        char const* code;
    };
    for (auto const& c : {Case{"https://evil.example/", "host_not_allowed"}, Case{"https://brand.example/", "host_not_allowed"}, Case{"https://xbrand.example/", "host_not_allowed"},
                          Case{"https://shop.example.evil.example/", "host_not_allowed"}, Case{"//shop.example/", "invalid_destination"}, Case{"javascript:alert(1)", "invalid_destination"},
                          Case{"https://shop.example@evil.example/", "invalid_destination"}, Case{"https://127.0.0.1/", "invalid_destination"}, Case{"https://[::1]/", "invalid_destination"},
                          Case{"https://2130706433/", "invalid_destination"}, Case{"https://shop.example/\r\nx: y", "invalid_destination"}, Case{"ftp://shop.example/", "invalid_destination"}})
        BOOST_TEST_CONTEXT(c.destination) { BOOST_TEST(make("", c.destination) == c.code); }
    BOOST_TEST(make("a", "") == "invalid_field");
    BOOST_TEST(make("a b", "") == "invalid_field");
    BOOST_TEST(make("ok", "", std::string(101, 'x')) == "invalid_field");
    auto const found = house.read([&](storage::Tx& tx) { return find_link_by_code(tx, "sPrInG"); });
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST(found->destination == "https://shop.example/");
}

BOOST_AUTO_TEST_CASE(an_applicant_accepts_the_terms_in_force_or_the_newest) {
    House house;
    auto const shop = house.program("shop");
    for (int weeks : {5, 10}) BOOST_TEST_REQUIRE(add(house, shop, {}, house.clock.now_us() + weeks * 7 * day_us) == "ok");
    BOOST_TEST(code(apply(house, shop, applicant("a@example.com", 1))) == "ok");
    BOOST_TEST(code(apply(house, shop, applicant("b@example.com", 2))) == "terms_not_accepted");
    BOOST_TEST(code(apply(house, shop, applicant("c@example.com", 3))) == "ok");
    BOOST_TEST(code(apply(house, shop, applicant("d@example.com", 4))) == "terms_not_accepted");
    house.clock.advance(11 * 7 * day_us);
    BOOST_TEST(code(apply(house, shop, applicant("e@example.com", 1))) == "terms_not_accepted");
    BOOST_TEST(code(apply(house, shop, applicant("f@example.com", 3))) == "ok");
}

BOOST_AUTO_TEST_CASE(an_address_has_few_pending_applications_and_its_first_ones_stay) {
    House house;
    auto const shop = house.program("shop"), other = house.program("other");
    auto const pending = [&](Program const& program) {
        return house.read([&](storage::Tx& tx) {
            return *tx.value<std::int64_t>("select count(*) from application a join application_person n on n.application = a.id where a.program = :program",
                                           {storage::arg("program", program.id)});
        });
    };
    auto const is_there = [&](Applied const& one) { return house.read([&](storage::Tx& tx) { return code(find_application_by_token(tx, one.id, one.token)); }); };
    std::vector<Applied> made;
    for (int i = 0; i < 7; ++i) made.push_back(apply(house, shop, applicant(i % 2 == 0 ? "eve@example.com" : " EVE@example.com")).value());
    BOOST_TEST(pending(shop) == 5);
    for (std::size_t const kept : {0, 1, 2, 3, 6}) BOOST_TEST(is_there(made[kept]) == "ok", kept);
    for (std::size_t const gone : {4, 5}) BOOST_TEST(is_there(made[gone]) == "not_found", gone);
    BOOST_TEST(code(apply(house, shop, applicant("fay@example.com"))) == "ok");
    BOOST_TEST(code(apply(house, other, applicant("eve@example.com"))) == "ok");
    BOOST_TEST(pending(shop) == 6);
    BOOST_TEST(pending(other) == 1);
    // A decided one takes no place.
    BOOST_TEST(house.write([&](storage::Tx& tx) { return code(reject_application(tx, house.kernel, made[0].id, "op", "no")); }) == "ok");
    BOOST_TEST(code(apply(house, shop, applicant("eve@example.com"))) == "ok");
    BOOST_TEST(pending(shop) == 7);
    BOOST_TEST(is_there(made[6]) == "ok");
}

BOOST_AUTO_TEST_CASE(addresses_of_partners_are_their_own) {
    House house;
    auto const made = [&](std::string handle, std::string email) {
        Partner p;
        p.handle = std::move(handle);
        p.email = std::move(email);
        return house.write([&](storage::Tx& tx) { return code(create_partner(tx, house.kernel, p)); });
    };
    auto const moved = [&](std::string_view handle, std::string email) {
        return house.write([&](storage::Tx& tx) {
            auto p = *find_partner(tx, handle);
            p.email = std::move(email);
            return code(update_partner(tx, house.kernel, p));
        });
    };
    BOOST_TEST(made("eve", "eve@own.example") == "ok");
    BOOST_TEST(made("fay", " EVE@own.example") == "email_taken");
    BOOST_TEST(made("fay", "") == "ok");
    BOOST_TEST(made("gil", "") == "ok");  // without an address there is nothing to share
    BOOST_TEST(moved("fay", "Eve@OWN.example") == "email_taken");
    BOOST_TEST(moved("eve", " EVE@own.example") == "ok");
    BOOST_TEST(moved("eve", "new@own.example") == "ok");
    BOOST_TEST(moved("fay", "eve@own.example") == "ok");
}

BOOST_AUTO_TEST_CASE(an_application_from_apply_to_key) {
    House house;
    auto const shop = house.program("shop");
    BOOST_TEST(code(apply(house, shop, applicant("ada@example.com", 0))) == "terms_not_accepted");
    BOOST_TEST(code(apply(house, shop, applicant("ada@example.com", 2))) == "terms_not_accepted");
    BOOST_TEST(code(apply(house, shop, applicant("ada"))) == "invalid_field");
    auto const applied = apply(house, shop, applicant(" ADA@example.com "));
    BOOST_TEST_REQUIRE(code(applied) == "ok");
    auto const by_token = [&](std::string const& token) { return house.read([&](storage::Tx& tx) { return find_application_by_token(tx, applied->id, token); }); };
    BOOST_TEST(code(by_token("guess")) == "not_found");
    BOOST_TEST(by_token(applied->token)->status == "pending");
    auto const approve = [&](Id id) { return house.write([&](storage::Tx& tx) { return approve_application(tx, house.kernel, id, "op", {}, {}); }); };
    auto const take = [&](Id id) { return house.write([&](storage::Tx& tx) { return take_key(tx, *find_application(tx, id)); }); };
    BOOST_TEST(!take(applied->id));
    auto const enrollment = approve(applied->id);
    BOOST_TEST_REQUIRE(code(enrollment) == "ok");
    BOOST_TEST(enrollment->accepted_terms == 1);
    BOOST_TEST(code(approve(applied->id)) == "invalid_state");
    BOOST_TEST(code(house.write([&](storage::Tx& tx) { return reject_application(tx, house.kernel, applied->id, "op", "late"); })) == "invalid_state");
    BOOST_TEST(take(applied->id));
    BOOST_TEST(!take(applied->id));
    BOOST_TEST(house.count("partner where handle = 'ada-lovelace'") == 1);

    // Whoever knows the address gets the same answer, and never the key of the partner who has it.
    auto const stranger = apply(house, shop, applicant("ada@example.com"));
    BOOST_TEST_REQUIRE(code(stranger) == "ok");
    BOOST_TEST(approve(stranger->id)->id == enrollment->id);
    BOOST_TEST(!take(stranger->id));
    BOOST_TEST(house.count("partner") == 1);
}

BOOST_AUTO_TEST_CASE(an_application_is_rejected_with_a_reason) {
    House house;
    auto const shop = house.program("shop");
    auto const applied = apply(house, shop, applicant("ada@example.com"));
    auto const reject = [&](std::string const& reason) { return house.write([&](storage::Tx& tx) { return code(reject_application(tx, house.kernel, applied->id, "op", reason)); }); };
    BOOST_TEST(reject("  ") == "missing_field");
    BOOST_TEST(reject("no website") == "ok");
    BOOST_TEST(house.count("partner") == 0);
    house.status(shop, "paused");
    BOOST_TEST(code(apply(house, shop, applicant("bob@example.com"))) == "program_not_open");
}

BOOST_AUTO_TEST_CASE(a_program_that_approves_by_itself_never_does_so_for_an_address_it_knows) {
    House house;
    auto const shop = house.program("shop", testing::ten_percent, {}, [](Program& p) { p.auto_approve = true; });
    house.partner("ada", "ada@example.com");
    auto const status_of = [&](std::string email) {
        auto const applied = apply(house, shop, applicant(std::move(email)));
        return house.read([&](storage::Tx& tx) { return find_application(tx, applied->id)->status; });
    };
    BOOST_TEST(status_of("ada@example.com") == "pending");
    BOOST_TEST(status_of("bob@example.com") == "approved");
}

BOOST_AUTO_TEST_CASE(exchange_rates_are_exact) {
    for (auto const* text : {"", "0", "0.0", "-1", "1e5", "1.", ".5", "1.12345678901", "100000001", "1,5", "abc"}) BOOST_TEST_CONTEXT(text) { BOOST_TEST(code(parse_fx_rate(text)) == "invalid_rate"); }
    auto const gbp = find_currency("GBP").value(), jpy = find_currency("JPY").value(), bhd = find_currency("BHD").value();
    BOOST_TEST(convert(10'000, jpy, parse_fx_rate("0.005").value(), gbp).value() == 5000);
    BOOST_TEST(convert(1000, bhd, parse_fx_rate("2.1").value(), gbp).value() == 210);
    BOOST_TEST(convert(1, gbp, parse_fx_rate("0.5").value(), gbp).value() == 1);
    BOOST_TEST(convert(1, gbp, parse_fx_rate("0.4999999999").value(), gbp).value() == 0);
    BOOST_TEST(code(convert(INT64_MAX, jpy, parse_fx_rate("1").value(), gbp)) == "amount_overflow");
}

BOOST_AUTO_TEST_CASE(a_program_view_follows_every_change_inside_the_unit_and_after_a_rollback) {
    House house;
    auto const shop = house.program("shop");
    auto const stopped = [&](storage::Tx& tx) { return house.views.get(tx, shop.id)->program.stopped; };
    house.storage->write([&](storage::Tx& tx) {
        set_emergency_stop(tx, house.kernel, shop.id, true);
        BOOST_TEST(stopped(tx));
        return false;
    });
    BOOST_TEST(!house.read(stopped));
    house.write([&](storage::Tx& tx) { set_emergency_stop(tx, house.kernel, shop.id, true); });
    BOOST_TEST(house.read(stopped));
    BOOST_TEST(house.read([&](storage::Tx& tx) { return house.views.get(tx, 4711) == nullptr; }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::programs
