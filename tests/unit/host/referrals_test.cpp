// The plugin referrals through the assembled server: the redirect, what a click keeps, sign-ups and their pages.
#include "unit/host/visit.hpp"

namespace partnerd::host {

struct ReferralShop : MadeApplication {
    ReferralShop() {
        start();
        must("POST", "/v1/apply", shop);
        auto const key = must("POST", "/v1/keys", R"({"kind":"partner","partner":"acme"})").at("key");
        bearer = "Bearer " + std::string(key.as_string());
    }
    void make_link(std::string const& code, std::string const& destination) {
        Visit visit("POST", "/v1/me/programs/shop/links", {{"authorization", bearer}},
                    R"({"code":")" + code + R"(","destination":")" + destination + R"("})");
        auto const& response = visit.to(*this);
        BOOST_TEST_REQUIRE(response.status == 201, response.body);
    }
    std::string follow(std::string const& target) {
        Visit visit("GET", target);
        auto const& response = visit.to(*this);
        BOOST_TEST_REQUIRE(response.status == 302, response.body);
        return visit.header("location");
    }
    std::string bearer;
};

BOOST_FIXTURE_TEST_SUITE(referrals, ReferralShop)

BOOST_AUTO_TEST_CASE(the_click_id_replaces_one_that_the_destination_has) {
    struct Case {
        std::string destination, front, end;
    };
    int number = 0;
    for (auto const& c : {Case{"https://shop.example/a", "https://shop.example/a?click_id=", ""},
                          Case{"https://shop.example", "https://shop.example?click_id=", ""},
                          Case{"https://shop.example/?", "https://shop.example/?click_id=", ""},
                          Case{"https://shop.example/?x=1#top", "https://shop.example/?x=1&click_id=", "#top"},
                          Case{"https://shop.example/a?click_id=old", "https://shop.example/a?click_id=", ""},
                          Case{"https://shop.example/a?click_id=old&b=1&click_id", "https://shop.example/a?b=1&click_id=", ""},
                          Case{"https://shop.example/?my_click_id=x#click_id=y", "https://shop.example/?my_click_id=x&click_id=",
                               "#click_id=y"}})
        BOOST_TEST_CONTEXT(c.destination) {
            auto const code = "link-" + std::to_string(++number);
            make_link(code, c.destination);
            auto const location = follow("/r/" + code);
            BOOST_TEST(location.starts_with(c.front), location);
            BOOST_TEST(location.ends_with(c.end), location);
            BOOST_TEST(location.find("old") == std::string::npos, location);
            BOOST_TEST(location.size() == c.front.size() + 26 + c.end.size(), location);
        }
}

BOOST_AUTO_TEST_CASE(sub_ids_that_are_no_plain_text_are_dropped_and_the_others_stay) {
    make_link("subs", "https://shop.example/");
    follow("/r/subs?sub1=a%0Ab&sub2=%C3%A9t%C3%A9&sub3=%7F&sub4=%01&sub5=%22%5C");
    follow("/r/subs?sub1=" + std::string(101, 'x') + "&sub2=%1B%5B31m&sub3=kept");
    std::vector<std::string> rows;
    application->storage().read([&](storage::Tx& tx) {
        for (auto const* const order : {"min", "max"})
            rows.push_back(tx.value<std::string>("select sub1 || '|' || sub2 || '|' || sub3 || '|' || sub4 || '|' || sub5 from click "
                                                 "where id = (select " + std::string(order) + "(id) from click)")
                               .value_or("none"));
    });
    BOOST_TEST(rows.front() == "|\xc3\xa9t\xc3\xa9|||\"\\");
    BOOST_TEST(rows.back() == "||kept||");
}

// Networks and browsers hang on to a link what they like; the visitor cannot put it right.
BOOST_AUTO_TEST_CASE(a_query_that_cannot_be_read_keeps_no_visitor_from_the_shop) {
    make_link("ads", "https://shop.example/");
    std::string many;
    for (int i = 0; i < 120; ++i) many += "&p" + std::to_string(i) + "=1";
    for (auto const* const torn : {"utm=caf%E9", "cb=%%CACHEBUSTER%%", "q=%", "a=%00", "%ff=1", "x=%c3"})
        BOOST_TEST_CONTEXT(torn) BOOST_TEST(follow("/r/ads?" + std::string(torn) + "&sub1=kept" + many).starts_with("https://shop.example/?click_id="));
    application->storage().read([&](storage::Tx& tx) {
        BOOST_TEST(tx.value<std::int64_t>("select count(*) from click where sub1 = 'kept'").value() == 6);
    });
}

// A browser may send any byte, and what is cut off at its most may end inside a character. One text that the database does not take would
// fail the clicks of everybody in its batch.
BOOST_AUTO_TEST_CASE(of_a_referrer_as_much_is_kept_as_is_utf8) {
    make_link("seen", "https://shop.example/");
    std::string const page = "https://press.example/", accent = "\xc3\xa9";
    auto const filled = page + std::string(199 - page.size(), 'x');
    struct Case {
        std::string sent, kept;
    };
    for (auto const& c : {Case{page + "caf" + accent, page + "caf" + accent}, Case{page + "caf\xe9?a=b", page + "caf"},
                          Case{filled + accent, filled}, Case{filled + "yz", filled + "y"}, Case{"\xff", ""}, Case{"", ""}})
        BOOST_TEST_CONTEXT(c.sent) {
            Visit visit("GET", "/r/seen", {{"referer", c.sent}, {"user-agent", "\xff\xfe"}});
            BOOST_TEST(visit.to(*this).status == 302);
            std::optional<std::string> kept;
            application->storage().read([&](storage::Tx& tx) {
                kept = tx.value<std::string>("select referrer from click where id = (select max(id) from click)");
            });
            BOOST_TEST(kept.value_or("none") == c.kept);
        }
}

BOOST_AUTO_TEST_CASE(sign_ups_come_in_pages_with_the_handle_of_the_partner) {
    make_link("signs", "https://shop.example/");
    auto const location = follow("/r/signs");
    auto const click = location.substr(location.find("click_id=") + 9);
    auto const base = std::string("/v1/programs/shop/referrals/");
    BOOST_TEST(must("POST", base + "signup", R"({"customer":"c1","click_id":")" + click + R"("})").at("partner") == "acme");
    must("POST", base + "signup", R"({"customer":"c2"})");
    must("POST", base + "signup", R"({"customer":"c3"})");
    auto const first = must("GET", base + "signups?limit=2");
    BOOST_TEST(first.at("has_more").as_bool());
    BOOST_TEST(first.at("data").at(0).at("customer") == "c3");
    auto const rest = must("GET", base + "signups?limit=2&starting_after=" + std::string(first.at("next_cursor").as_string()));
    BOOST_TEST(!rest.at("has_more").as_bool());
    BOOST_TEST_REQUIRE(rest.at("data").as_array().size() == 1u);
    BOOST_TEST(rest.at("data").at(0).at("customer") == "c1");
    BOOST_TEST(rest.at("data").at(0).at("partner") == "acme");
    Visit csv("GET", base + "signups?format=csv");
    auto const& body = csv.as_operator().to(*this).body;
    BOOST_TEST(body.starts_with("conversion,customer,partner\r\ncnv_"), body);
    BOOST_TEST(body.ends_with(",c1,acme\r\n"), body);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::host
