// kill -9 in the middle of letting old clicks go: the books hold at once, and the next server finishes it.
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <thread>

#include "domain/click_id.hpp"
#include "e2e/shopfront.hpp"

using namespace partnerd::e2e;
namespace json = boost::json;

namespace {

constexpr int old_clicks = 150'000;

// Copies of the one click there is, 100 to 150 days older.
std::string make_old_clicks() {
    auto const copies = std::to_string(old_clicks), step = std::to_string((std::int64_t{50} * 86'400'000 / old_clicks) << 22),
               youngest = std::to_string((std::int64_t{100} * 86'400'000) << 22);
    if (!partnerd::testing::on_postgresql())
        return "insert into click select id - " + youngest + " - n.value * " + step +
               ", program, link, sub1, sub2, sub3, sub4, sub5, visitor, is_unique, referrer from click, (with recursive n(value) as "
               "(select 1 union all select value + 1 from n where value < " +
               copies + ") select value from n) n";
    return "do $$ declare span constant bigint = 604800000 * 4194304::bigint; newest bigint; week bigint; name text; begin "
           "select max(id) into newest from click; "
           "for week in select w from generate_series(newest / span - 23, newest / span - 13) w loop "
           "name = to_char(to_timestamp(((week + 1) * span / 4194304 + 1735689600000) / 1000.0) at time zone 'UTC', '\"click_until_\"YYYY_MM_DD'); "
           "execute format('create table %I partition of click for values from (%s) to (%s)', name, week * span, (week + 1) * span); end loop; "
           "insert into click select id - " +
           youngest + " - n * " + step +
           ", program, link, sub1, sub2, sub3, sub4, sub5, visitor, is_unique, referrer from click, generate_series(1, " + copies +
           ") n; end $$";
}

bool becomes(std::function<bool()> const& condition) {
    for (int i = 0; i < 6000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

void check_verified(Installation const& installation) {
    auto const verified = installation.run({"verify"});
    BOOST_TEST(verified.exit_code() == 0, verified.out << verified.err);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_server_that_is_killed_while_it_lets_clicks_go_leaves_sound_books_and_the_next_one_goes_on) {
    Shopfront shop;
    shop.make_link("acme", "spring");
    auto const click_id = shop.click("spring");
    auto const& installation = shop.installation();
    BOOST_TEST_REQUIRE(shop.server().stop().exit_code == 0);
    edit(installation.database(), make_old_clicks());
    edit(installation.database(), "update job set next_due_us = 0, lease_until_us = 0");
    std::ofstream(installation.config(), std::ios::app) << "[clicks]\nkeep_days = 60\n";
    {
        RunningServer server(installation);
        BOOST_TEST_REQUIRE(becomes([&] { return shop.database().number("select count(*) from audit where action = 'prune'") > 0; }));
        server.kill();
    }
    auto const left = shop.database().number("select count(*) from click");
    BOOST_TEST(left > 1);
    BOOST_TEST(left <= old_clicks + 1);
    check_verified(installation);

    edit(installation.database(), "update job set next_due_us = 0, lease_until_us = 0");  // the lease of the one that was killed
    RunningServer server(installation);
    Session visitor(server, {});
    BOOST_TEST(visitor.get("/r/spring").status == 302);
    BOOST_TEST(becomes([&] { return shop.database().number("select count(*) from click") == 2; }));
    BOOST_TEST(shop.database().number("select count(*) from audit where action = 'prune'") == 1);
    check_verified(installation);
    Session merchant(server, create_key(installation, {"--kind", "merchant", "--program", "retail"}));
    auto const answer =
        merchant.post("/v1/programs/retail/conversions",
                      json::object{{"external_id", "o1"}, {"click_id", click_id}, {"amount", {{"amount", "10.00"}, {"currency", "GBP"}}}});
    BOOST_TEST(answer.status == 201, answer.raw.body);
    BOOST_TEST(answer.text("partner") == "acme", answer.raw.body);
    BOOST_TEST(server.stop().exit_code == 0);
}
