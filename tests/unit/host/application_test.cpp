#include "unit/host/made_application.hpp"

#include <thread>

namespace partnerd::host {

BOOST_AUTO_TEST_SUITE(application)

BOOST_FIXTURE_TEST_CASE(a_second_writing_process_is_refused_and_a_reading_one_is_not, MadeApplication) {
    start();
    must("POST", "/v1/apply", shop);
    // PostgreSQL lets many in; there the ids of nodes keep them apart.
    if (!testing::on_postgresql()) BOOST_CHECK_THROW(Application(config, Use::command), std::runtime_error);
    Application reading(config, Use::read);
    auto const verification = reports::verify(reading.storage(), reading.rules(), reading.verify_options());
    BOOST_TEST(verification.holds());
}

BOOST_FIXTURE_TEST_CASE(reading_refuses_tables_that_nobody_made, MadeApplication) { BOOST_CHECK_THROW(Application(config, Use::read), std::runtime_error); }

BOOST_FIXTURE_TEST_CASE(terms_whose_rule_no_plugin_offers_stop_the_start_and_name_the_program, MadeApplication) {
    start();
    must("POST", "/v1/apply", shop);
    application.reset();
    config.plugin.erase(config.plugin.begin());
    try {
        start();
        BOOST_FAIL("it started");
    } catch (std::runtime_error const& error) {
        std::string const text = error.what();
        BOOST_TEST(text.find("shop") != std::string::npos, text);
        BOOST_TEST(text.find("coupons.per_redemption@1") != std::string::npos, text);
    }
}

BOOST_FIXTURE_TEST_CASE(verify_fails_and_names_a_plugin_that_a_program_uses_and_nobody_loaded, MadeApplication) {
    start();
    must("POST", "/v1/apply", shop);
    BOOST_TEST(verify().holds());
    config.plugin.erase(config.plugin.begin());
    auto const without = verify();
    BOOST_TEST(without.wrong() == 1);
    auto const text = reports::to_text(without);
    BOOST_TEST(text.find("the program shop uses the plugin coupons, which is not loaded") != std::string::npos, text);
    must("POST", "/v1/apply", R"({"program":{"handle":"shop"},"plugins":{"coupons":false}})");
    BOOST_TEST(verify().holds(), reports::to_text(verify()));
}

BOOST_FIXTURE_TEST_CASE(a_plugin_that_is_missing_stops_the_start_unless_it_is_optional, MadeApplication) {
    config::Plugin missing;
    missing.id = "nowhere";
    missing.file = (folder / "nowhere.so").string();
    config.plugin.push_back(missing);
    BOOST_CHECK_THROW(start(), std::runtime_error);
    config.plugin.back().optional = true;
    BOOST_CHECK_NO_THROW(start());
}

BOOST_FIXTURE_TEST_CASE(releases_and_seals_of_several_at_once_do_each_once, MadeApplication) {
    constexpr int sales = 40, runners = 4;
    start();
    std::string terms = shop;
    terms.replace(terms.find("\"hold_days\":30"), 14, "\"hold_days\":0");
    must("POST", "/v1/apply", terms);
    for (int i = 0; i < sales; ++i)
        must("POST", "/v1/programs/shop/conversions", R"({"external_id":"o)" + std::to_string(i) + R"(","assigned_partner":"acme","amount":{"amount":"10.00","currency":"GBP"}})");
    std::atomic<int> done{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < runners; ++i) threads.emplace_back([&] { done += application->release_and_seal(); });
    for (auto& thread : threads) thread.join();
    done += application->release_and_seal();
    // Each sale is released once, and has two entries, its accrual and its release, which are sealed once.
    BOOST_TEST(done == 3 * sales);
    auto const count = [&](std::string const& from) {
        std::int64_t rows = 0;
        application->storage().read([&](storage::Tx& tx) { rows = tx.value<std::int64_t>("select count(*) from " + from).value(); });
        return rows;
    };
    BOOST_TEST(count("entry") == 2 * sales);
    BOOST_TEST(count("seal") == 2 * sales);
    BOOST_TEST(reports::verify(application->storage(), application->rules(), application->verify_options()).holds());
}

BOOST_FIXTURE_TEST_CASE(a_link_that_is_not_there_is_refused_and_counts_nothing, MadeApplication) {
    start();
    must("POST", "/v1/apply", shop);
    for (auto const* const target : {"/r/nobody", "/r/%20", "/r/a%2Fb"}) BOOST_TEST_CONTEXT(target) BOOST_TEST(code("GET", target) == "not_found");
}

BOOST_FIXTURE_TEST_CASE(redeems_count_against_the_limit_and_a_rollback_frees_one, MadeApplication) {
    start();
    must("POST", "/v1/apply", shop);
    must("POST", "/v1/programs/shop/coupons/campaigns", R"({"campaign":"spring","customer_limit":0})");
    must("POST", "/v1/programs/shop/coupons/codes", R"({"code":"SPRING","campaign":"spring","partner":"acme","usage_limit":2})");
    auto const redeem = [&](std::string const& id) { return R"({"redemption_id":")" + id + R"(","code":"spring","customer":"c1"})"; };
    must("POST", "/v1/programs/shop/coupons/redeem", redeem("r1"));
    auto const second = must("POST", "/v1/programs/shop/coupons/redeem", redeem("r2"));
    BOOST_TEST(second.at("commissions").as_array().size() == 1u);
    BOOST_TEST(code("POST", "/v1/programs/shop/coupons/redeem", redeem("r3")) == "limit_reached");
    BOOST_TEST(must("POST", "/v1/programs/shop/coupons/redeem", redeem("r2")).at("duplicate").as_bool());
    must("POST", "/v1/programs/shop/coupons/redemptions/r1/rollback");
    BOOST_TEST(must("POST", "/v1/programs/shop/coupons/redemptions/r1/rollback").at("duplicate").as_bool());
    must("POST", "/v1/programs/shop/coupons/redeem", redeem("r4"));
    BOOST_TEST(code("POST", "/v1/programs/shop/coupons/redeem", redeem("r5")) == "limit_reached");
}

BOOST_FIXTURE_TEST_CASE(codes_are_refused_by_name_day_and_campaign, MadeApplication) {
    start();
    must("POST", "/v1/apply", shop);
    auto const base = std::string("/v1/programs/shop/coupons/");
    must("POST", base + "campaigns", R"({"campaign":"march","starts_on":"2026-03-01","ends_on":"2026-03-31"})");
    must("POST", base + "campaigns", R"({"campaign":"late","starts_on":"2026-03-20","ends_on":"2026-04-30"})");
    must("POST", base + "codes", R"({"code":"ONE","campaign":"march","partner":"acme"})");
    must("POST", base + "codes", R"({"code":"ONE","campaign":"late","partner":"zeta"})");
    auto const redeem = [](std::string const& id, std::string const& rest) { return R"({"redemption_id":")" + id + R"(","code":"ONE","customer":"c",)" + rest + "}"; };
    struct Case {
        std::string rest, code;
    };
    for (auto const& c : {Case{R"("day":"2026-02-28")", "not_started"}, Case{R"("day":"2026-05-01")", "expired"}, Case{R"("day":"2026-03-25")", "ambiguous_code"},
                          Case{R"("day":"2026-03-25","campaign":"june")", "unknown_code"}, Case{R"("day":"2026-02-30")", "invalid_field"}, Case{R"("when":"now")", "unknown_field"},
                          Case{R"("day":"2026-03-25","at":"2026-03-25T00:00:00Z")", "invalid_field"}})
        BOOST_TEST_CONTEXT(c.rest) BOOST_TEST(code("POST", base + "redeem", redeem("x", c.rest)) == c.code);
    // Both days count, and the one campaign that runs that day is taken.
    must("POST", base + "redeem", redeem("a", R"("day":"2026-03-01")"));
    must("POST", base + "redeem", redeem("b", R"("day":"2026-04-30")"));
    must("POST", base + "redeem", R"({"redemption_id":"d","code":"ONE","customer":"other","day":"2026-03-25","campaign":"late"})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::host
