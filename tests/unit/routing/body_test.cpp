#include "routing/body.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "domain/calendar.hpp"

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(body)

namespace {

struct Everything {
    std::string name;
    std::optional<std::string> note, handle, code, email, status;
    std::optional<std::int64_t> count, at_us, day;
    std::optional<bool> flag;
    std::optional<Id> partner;
    std::optional<Rate> rate;
    std::optional<Currency> currency;
    std::optional<Money> amount, price, delta;
    std::vector<std::string> tags;
    std::vector<std::pair<std::string, std::int64_t>> items;
    std::string city, extra;
    std::vector<std::pair<std::string, std::string>> facts;
};

Result<Everything> read(std::string_view text) {
    auto body = JsonBody::parse(text);
    if (!body) return body.error();
    BodyReader in(*body);
    Everything out;
    out.name = in.text("name", {.max = 10});
    out.note = in.optional_text("note", {.max = 20, .lines = true});
    out.count = in.optional_integer("count", 1, 10);
    out.flag = in.optional_boolean("flag");
    out.at_us = in.optional_instant("at");
    out.day = in.optional_day("day");
    out.handle = in.optional_handle("handle");
    out.code = in.optional_code("code");
    out.email = in.optional_email("email");
    out.partner = in.optional_id("partner", "ptr");
    out.status = in.optional_choice("status", {"open", "closed"});
    out.rate = in.optional_rate("rate");
    out.currency = in.optional_currency("currency");
    out.amount = in.optional_money("amount");
    out.price = in.optional_money("price", {.zero = false});
    out.delta = in.optional_money("delta", {.negative = true});
    out.tags = in.texts("tags", 3, {.max = 5});
    in.each("items", 2, [&](BodyReader& item) { out.items.emplace_back(item.text("sku"), item.integer("quantity", 1, 100)); });
    in.object("address", [&](BodyReader& address) { out.city = address.text("city"); });
    out.facts = in.map("facts", 2, {.max = 8});
    out.extra = in.json("extra", 20);
    if (auto const done = in.finish(); !done) return done.error();
    return out;
}

struct Refusal {
    std::string text;
    errc code;
    std::string pointer;
};

void check_refusals(std::vector<Refusal> const& refusals) {
    for (auto const& c : refusals) {
        BOOST_TEST_CONTEXT(c.text.substr(0, 120)) {
            auto const got = read(c.text);
            BOOST_TEST_REQUIRE(got.has_error());
            BOOST_TEST(code_name(got.error().code) == code_name(c.code));
            BOOST_TEST(got.error().field == c.pointer);
            BOOST_TEST(!got.error().detail.empty());
        }
    }
}

// A body with a valid name and this member.
std::string with(std::string const& member) { return R"({"name":"Ada",)" + member + "}"; }

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused) {
    std::string deep;
    for (int i = 0; i < 40; ++i) deep += R"({"a":)";
    deep += "1" + std::string(40, '}');
    std::vector<Refusal> refusals;
    for (std::string const& text : {std::string(),
                                    std::string("  \n"),
                                    std::string("{"),
                                    std::string("{\"name\":\"Ada\""),
                                    std::string("{'name':'Ada'}"),
                                    std::string("{name:1}"),
                                    std::string("{\"name\":\"Ada\",}"),
                                    std::string("{\"name\":\"Ada\"} x"),
                                    std::string("{\"name\":\"Ada\"}{}"),
                                    std::string("[1,2"),
                                    std::string(R"({"name":"\x41"})"),
                                    std::string("{\"name\":\"a\nb\"}"),
                                    std::string("{\"name\":NaN}"),
                                    std::string("{\"count\":01}"),
                                    std::string("{\"count\":+1}"),
                                    std::string("{\"count\":.5}"),
                                    std::string("{\"count\":1e400}"),
                                    std::string("{\"count\":Infinity}"),
                                    std::string("/* c */{}"),
                                    std::string("\xef\xbb\xbf{}"),
                                    std::string("{\"name\":\"Ada\",\"name\":\"Bob\"}"),
                                    std::string(R"({"name":"Ada","address":{"city":"x","city":"y"}})"),
                                    std::string(R"({"na\u006de":"Ada","name":"Bob"})"),
                                    std::string("name=Ada"),
                                    std::string("{\"name\":\"Ada\"}\0", 15),
                                    deep})
        refusals.push_back({text, errc::malformed_json, ""});
    check_refusals(refusals);
}

BOOST_AUTO_TEST_CASE(what_is_not_utf8_is_refused_with_the_place) {
    struct Case {
        char const* text;
        char const* detail;
    };
    for (auto const& c : {Case{"{\"name\":\"\xff\"}", "not UTF-8 at byte 10 of the body"}, Case{"{\"name\":\"a\xed\xa0\x80\"}", "not UTF-8 at byte 11 of the body"},
                          Case{"{\"name\":\"\xc0\xaf\"}", "not UTF-8 at byte 10 of the body"}, Case{"\xff{}", "not UTF-8 at byte 1 of the body"},
                          Case{"{\"name\":\"\xc3\xa9\xe2\x82", "not UTF-8 at byte 12 of the body"}, Case{R"({"name":"\ud800"})", "a \\u escape is half of a surrogate pair"},
                          Case{R"({"name":"\ud800x"})", "a \\u escape is half of a surrogate pair"}, Case{R"({"name":"\ud800\n"})", "a \\u escape is half of a surrogate pair"}, Case{R"({"name":"\ud800\u0041"})", "a \\u escape is half of a surrogate pair"},
                          Case{R"({"name":"\udc00"})", "a \\u escape is half of a surrogate pair"}})
        BOOST_TEST_CONTEXT(c.text) {
            auto const got = read(c.text);
            BOOST_TEST_REQUIRE(got.has_error());
            BOOST_TEST(code_name(got.error().code) == "invalid_utf8");
            BOOST_TEST(got.error().detail.starts_with(c.detail), got.error().detail);
        }
    BOOST_TEST(read("{\"name\":\"\\\\ud800\x01\"}").error().name() == "malformed_json");
    BOOST_TEST(read("{\"name\":\"Ada\",}").error().detail.ends_with(" at byte 15 of the body"), read("{\"name\":\"Ada\",}").error().detail);
    BOOST_TEST(read("{\"name\":\"Ada\"").error().detail == "the body ends before its JSON does");
}

BOOST_AUTO_TEST_CASE(a_colon_or_a_quote_inside_a_string_is_no_member) {
    BOOST_TEST(read(R"({"name":"a:b\":\"c"})").value().name == "a:b\":\"c");
    BOOST_TEST(read(R"({"name":"\\","note":":"})").value().name == "\\");
}

BOOST_AUTO_TEST_CASE(members_of_the_wrong_kind_are_refused_with_their_pointer) {
    auto const invalid = errc::invalid_field;
    check_refusals({
        {"[]", invalid, ""},
        {"\"Ada\"", invalid, ""},
        {"null", invalid, ""},
        {"12", invalid, ""},
        {"{}", errc::missing_field, "/name"},
        {R"({"name":null})", errc::missing_field, "/name"},
        {R"({"name":1})", invalid, "/name"},
        {R"({"name":["Ada"]})", invalid, "/name"},
        {R"({"name":{}})", invalid, "/name"},
        {R"({"name":""})", invalid, "/name"},
        {R"({"name":"12345678901"})", invalid, "/name"},
        {R"({"name":"a\u0000b"})", invalid, "/name"},
        {R"({"name":"a\nb"})", invalid, "/name"},
        {R"({"name":"a\u001bb"})", invalid, "/name"},
        {R"({"name":"a\u007fb"})", invalid, "/name"},
        {with(R"("note":"a\u0007b")"), invalid, "/note"},
        {with(R"("note":false)"), invalid, "/note"},
        {with(R"("count":0)"), invalid, "/count"},
        {with(R"("count":11)"), invalid, "/count"},
        {with(R"("count":-1)"), invalid, "/count"},
        {with(R"("count":"5")"), invalid, "/count"},
        {with(R"("count":5.0)"), invalid, "/count"},
        {with(R"("count":5e0)"), invalid, "/count"},
        {with(R"("count":true)"), invalid, "/count"},
        {with(R"("count":18446744073709551617)"), invalid, "/count"},
        {with(R"("count":9223372036854775808)"), invalid, "/count"},
        {with(R"("flag":1)"), invalid, "/flag"},
        {with(R"("flag":"true")"), invalid, "/flag"},
        {with(R"("at":1500000000)"), invalid, "/at"},
        {with(R"("at":"2010-12-01")"), invalid, "/at"},
        {with(R"("at":"2010-12-01T08:26:00")"), invalid, "/at"},
        {with(R"("at":"2010-13-01T08:26:00Z")"), invalid, "/at"},
        {with(R"("day":"2017-02-30")"), invalid, "/day"},
        {with(R"("day":"03.03.2017")"), invalid, "/day"},
        {with(R"("handle":"Shop")"), invalid, "/handle"},
        {with(R"("handle":"-shop")"), invalid, "/handle"},
        {with(R"("handle":"a/b")"), invalid, "/handle"},
        {with(R"("code":"A")"), invalid, "/code"},
        {with(R"("code":"A B")"), invalid, "/code"},
        {with(R"("email":"ada")"), invalid, "/email"},
        {with(R"("email":"ada@host")"), invalid, "/email"},
    });
}

BOOST_AUTO_TEST_CASE(names_rates_and_lists_of_the_wrong_kind_are_refused_with_their_pointer) {
    auto const invalid = errc::invalid_field;
    check_refusals({
        {with(R"("partner":"prg_0000000000001")"), invalid, "/partner"},
        {with(R"("partner":7)"), invalid, "/partner"},
        {with(R"("status":"Open")"), invalid, "/status"},
        {with(R"("rate":"12.5")"), errc::invalid_rate, "/rate"},
        {with(R"("rate":12.5)"), invalid, "/rate"},
        {with(R"("rate":"-1%")"), errc::invalid_rate, "/rate"},
        {with(R"("currency":"gbp")"), errc::unknown_currency, "/currency"},
        {with(R"("tags":"a")"), invalid, "/tags"},
        {with(R"("tags":["a","b","c","d"])"), invalid, "/tags"},
        {with(R"("tags":["a",2])"), invalid, "/tags/1"},
        {with(R"("tags":["a","toolong"])"), invalid, "/tags/1"},
        {with(R"("tags":["a",null])"), invalid, "/tags/1"},
        {with(R"("items":{})"), invalid, "/items"},
        {with(R"("items":[{"sku":"x","quantity":1},7])"), invalid, "/items/1"},
        {with(R"("items":[{"sku":"x"}])"), errc::missing_field, "/items/0/quantity"},
        {with(R"("items":[{"sku":"x","quantity":0}])"), invalid, "/items/0/quantity"},
        {with(R"("items":[{"sku":"x","quantity":1,"colour":"red"}])"), errc::unknown_field, "/items/0/colour"},
        {with(R"("items":[{"sku":"x","quantity":1},{"sku":"x","quantity":1},{"sku":"x","quantity":1}])"), invalid, "/items"},
        {with(R"("address":[])"), invalid, "/address"},
        {with(R"("address":{})"), errc::missing_field, "/address/city"},
        {with(R"("address":{"city":"x","zip":1})"), errc::unknown_field, "/address/zip"},
        {with(R"("facts":{"a":"1","b":"2","c":"3"})"), invalid, "/facts"},
        {with(R"("facts":{"a":[]})"), invalid, "/facts/a"},
        {with(R"("facts":{"a":1.5})"), invalid, "/facts/a"},
        {with(R"("facts":{"":"1"})"), invalid, "/facts/"},
        {with(R"("extra":{"a":"a long text that does not fit"})"), invalid, "/extra"},
    });
}

BOOST_AUTO_TEST_CASE(money_is_refused_unless_it_is_a_decimal_string_with_a_currency) {
    auto amount = [](std::string const& text, std::string const& unit = "\"GBP\"") {
        return with(R"("amount":{"amount":)" + text + R"(,"currency":)" + unit + "}");
    };
    check_refusals({
        {with(R"("amount":139.12)"), errc::amount_not_a_string, "/amount"},
        {with(R"("amount":139)"), errc::amount_not_a_string, "/amount"},
        {with(R"("amount":"139.12")"), errc::invalid_field, "/amount"},
        {with(R"("amount":[])"), errc::invalid_field, "/amount"},
        {with(R"("amount":true)"), errc::invalid_field, "/amount"},
        {with(R"("amount":{})"), errc::missing_field, "/amount/amount"},
        {with(R"("amount":{"currency":"GBP"})"), errc::missing_field, "/amount/amount"},
        {with(R"("amount":{"amount":"1.00"})"), errc::missing_field, "/amount/currency"},
        {with(R"("amount":{"amount":"1.00","currency":"GBP","x":1})"), errc::unknown_field, "/amount/x"},
        {amount("139.12"), errc::amount_not_a_string, "/amount/amount"},
        {amount("1"), errc::amount_not_a_string, "/amount/amount"},
        {amount("true"), errc::invalid_field, "/amount/amount"},
        {amount("\"\""), errc::invalid_amount, "/amount/amount"},
        {amount("\"1,00\""), errc::invalid_amount, "/amount/amount"},
        {amount("\"1e2\""), errc::invalid_amount, "/amount/amount"},
        {amount("\"1.234\""), errc::too_many_decimals, "/amount/amount"},
        {amount("\"1.0\"", "\"JPY\""), errc::too_many_decimals, "/amount/amount"},
        {amount("\"-1.00\""), errc::negative_amount, "/amount/amount"},
        {amount("\"92233720368547758.08\""), errc::amount_overflow, "/amount/amount"},
        {amount("\"1.00\"", "\"QQQ\""), errc::unknown_currency, "/amount/currency"},
        {amount("\"1.00\"", "\"gbp\""), errc::unknown_currency, "/amount/currency"},
        {amount("\"1.00\"", "826"), errc::invalid_field, "/amount/currency"},
        {with(R"("price":{"amount":"0.00","currency":"GBP"})"), errc::invalid_field, "/price/amount"},
    });
}

BOOST_AUTO_TEST_CASE(unknown_members_are_refused_with_an_escaped_pointer) {
    check_refusals({
        {with(R"("nmae":"x")"), errc::unknown_field, "/nmae"},
        {with(R"("Name":"x")"), errc::unknown_field, "/Name"},
        {with(R"("a/b~c":1)"), errc::unknown_field, "/a~1b~0c"},
        {with(R"("":1)"), errc::unknown_field, "/"},
        {with(R"("x\u0000":1)"), errc::unknown_field, std::string("/x\0", 3)},
    });
}

BOOST_AUTO_TEST_CASE(a_whole_body_is_read) {
    auto const all =
        read(R"({"name":"Ada L","note":"a\nb\tc","count":10,"flag":false,"at":"2010-12-01T08:26:00Z","day":"2017-03-03","handle":"shop-1",
        "code":"SAVE_10","email":" Ada@Example.org ","status":"closed","rate":"12.5%","currency":"JPY",
        "amount":{"amount":"139.12","currency":"GBP"},"price":{"amount":"5","currency":"JPY"},"delta":{"amount":"-1.5","currency":"EUR"},
        "tags":["a","b"],"items":[{"sku":"x","quantity":2}],"address":{"city":"Ely"},"facts":{"a":7,"b":true},"extra":[1,2]})")
            .value();
    BOOST_TEST(all.name == "Ada L");
    BOOST_TEST(all.note.value() == "a\nb\tc");
    BOOST_TEST(all.count.value() == 10);
    BOOST_TEST(all.flag.value() == false);
    BOOST_TEST(format_instant(all.at_us.value()) == "2010-12-01T08:26:00Z");
    BOOST_TEST(format_day(all.day.value()) == "2017-03-03");
    BOOST_TEST(all.email.value() == "ada@example.org");
    BOOST_TEST(all.status.value() == "closed");
    BOOST_TEST(all.rate.value().ppm == 125'000);
    BOOST_TEST(all.currency.value().exponent() == 0);
    BOOST_TEST(format_money(all.amount.value()) == "139.12 GBP");
    BOOST_TEST(format_money(all.price.value()) == "5 JPY");
    BOOST_TEST(all.delta.value().minor == -150);
    BOOST_TEST(all.tags.size() == 2u);
    BOOST_TEST(all.items.at(0).second == 2);
    BOOST_TEST(all.city == "Ely");
    BOOST_TEST(all.facts.at(0).second == "7");
    BOOST_TEST(all.facts.at(1).second == "true");
    BOOST_TEST(all.extra == "[1,2]");
}

BOOST_AUTO_TEST_CASE(null_counts_as_absent_for_what_is_optional) {
    auto const read_nulls =
        read(R"({"name":"Ada","note":null,"count":null,"amount":null,"tags":null,"items":null,"address":null,"extra":null})").value();
    BOOST_TEST(!read_nulls.note.has_value());
    BOOST_TEST(!read_nulls.amount.has_value());
    BOOST_TEST(read_nulls.city.empty());
}

BOOST_AUTO_TEST_CASE(null_can_be_told_from_absent_where_it_clears_something) {
    auto const parsed = JsonBody::parse(R"({"note":null})");
    BodyReader in(*parsed);
    BOOST_TEST(in.is_null("note"));
    BOOST_TEST(!in.is_null("name"));
    BOOST_TEST(!in.has("note"));
    BOOST_TEST(in.finish().has_value());
}

BOOST_AUTO_TEST_CASE(the_length_of_a_text_is_counted_in_characters) {
    BOOST_TEST(read(R"({"name":"ÄÖÜäöüßéèê"})").value().name.size() == 20u);
    BOOST_TEST(read(R"({"name":"ÄÖÜäöüßéèêx"})").has_error());
}

BOOST_AUTO_TEST_CASE(the_first_refusal_is_the_one_that_is_told) {
    auto const got = read(R"({"name":"","count":0,"nmae":1})");
    BOOST_TEST(got.error().field == "/name");
    auto const parsed = JsonBody::parse(R"({"a":1})");
    BodyReader in(*parsed);
    in.refuse("a", errc::code_taken, "the code is in use");
    in.refuse("b", errc::handle_taken, "later");
    auto const finished = in.finish();
    BOOST_TEST(code_name(finished.error().code) == "code_taken");
    BOOST_TEST(finished.error().field == "/a");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
