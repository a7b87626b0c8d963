#include "routing/listing.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "domain/calendar.hpp"
#include "domain/money.hpp"
#include "unit/routing/made_server.hpp"

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(listing)

namespace {

namespace json = boost::json;

Listing sales() {
    return {.noun = "sale",
            .from = "sale s",
            .id_sql = "s.id",
            .prefix = "sal",
            .columns = {column::text("status", "s.status"), column::id("partner", "s.partner", "ptr"),
                        column::money("amount", "s.minor", "s.currency", "s.exponent"), column::time("at", "s.at_us"),
                        column::day("day", "s.day"), column::boolean("test", "s.test"), column::integer("items", "s.items"),
                        column::rate("rate", "s.ppm"), column::json("facts", "s.facts"), column::text("note", "s.note")},
            .filters = {filter::equal("status", column::text("", "s.status")), filter::equal("partner", column::id("", "s.partner", "ptr")),
                        filter::equal("test", column::boolean("", "s.test")), filter::equal("items", column::integer("", "s.items")),
                        filter::from("from", "s.at_us"), filter::until("to", "s.at_us"), filter::from_day("from_day", "s.day"),
                        filter::through_day("to_day", "s.day")},
            .where = "s.status <> 'hidden'"};
}

// Sixty sales of two programs and three partners, and one that is hidden.
struct Shop {
    MadeStorage made;
    std::string operator_key = made.new_key(auth::KeyKind::operator_), partner_key = made.new_key(auth::KeyKind::partner, 2);
    std::unique_ptr<Dispatcher> dispatcher;

    Shop() {
        static storage::TableList const tables{
            "create table sale (id {id}, program bigint not null, status text not null, partner bigint, minor bigint, currency text, "
            "exponent bigint, "
            "at_us bigint not null, day bigint not null, test bigint not null, items bigint not null, ppm bigint not null, facts text, "
            "note text)"};
        storage::migrate(*made.storage, "core", {MadeStorage::first_migration(), storage::make_migration(2, "sales", {tables})});
        made.storage->write([](storage::Tx& tx) {
            for (std::int64_t i = 1; i <= 60; ++i) insert(tx, i, i % 3 == 0 ? "declined" : "approved");
            insert(tx, 61, "hidden");
            tx.exec("update sale set note = '=HYPERLINK(\"http://x\")' where id = 60");
            tx.exec(
                "update sale set minor = null, currency = null, exponent = null, partner = null, facts = null, note = null where id = 59");
            return true;
        });
        Router router;
        add(router, "/v1/programs/{program}/sales", "operator", list_of(sales(), of_program("s.program")));
        add(router, "/v1/programs/{program}/sales/{id}", "operator", one_of(sales(), of_program("s.program")));
        add(router, "/v1/me/programs/{program}/sales", "partner",
            list_of(sales(), both(of_program("s.program"), of_principal("s.partner"))));
        add(router, "/v1/me/programs/{program}/sales/{id}", "partner",
            one_of(sales(), both(of_program("s.program"), of_principal("s.partner"))));
        add(router, "/v1/sales", "operator", list_of(sales(), everything()));
        DispatcherSettings settings;
        settings.per_key = {};
        dispatcher = std::make_unique<Dispatcher>(std::move(router), *made.storage, *made.keys, made.programs, made.clock, settings);
    }
    static void insert(storage::Tx& tx, std::int64_t i, std::string_view status) {
        using storage::arg;
        tx.exec(
            "insert into sale (id, program, status, partner, minor, currency, exponent, at_us, day, test, items, ppm, facts, note) values "
            "(:id, :program, :status, :partner, :minor, 'GBP', 2, :at_us, :day, :test, :items, 125000, '{\"new\":true}', 'a, b')",
            {arg("id", i), arg("program", i % 2 == 0 ? 11 : 12), arg("status", status), arg("partner", i % 3 + 1),
             arg("minor", (30 - i) * 100), arg("at_us", parse_instant("2010-12-01T08:26:00Z").value() + i * minute_us),
             arg("day", 14'900 + i), arg("test", i % 10 == 0), arg("items", i)});
    }
    static void add(Router& router, std::string path, std::string scopes, TxHandler handle) {
        Route route;
        route.method = "GET";
        route.path = std::move(path);
        route.scopes = std::move(scopes);
        route.handle = std::move(handle);
        router.add(route).value();
    }
    std::unique_ptr<TestExchange> get(std::string target, std::string key = "operator") {
        return call(*dispatcher, "GET", std::move(target), {.key = key == "operator" ? operator_key : key});
    }
    json::value page(std::string target, std::string key = "operator") {
        return json::parse(get(std::move(target), std::move(key))->response.body);
    }
    std::size_t rows(std::string target) { return page(std::move(target)).at("data").as_array().size(); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_a_list_does_not_have_is_refused) {
    Shop shop;
    struct Case {
        char const *query, *code, *pointer;
    };
    for (auto const& c : {Case{"foo=1", "invalid_query", "foo"},
                          Case{"id=1", "invalid_query", "id"},
                          Case{"program=club", "invalid_query", "program"},
                          Case{"order=id", "invalid_query", "order"},
                          Case{"status[]=x", "invalid_query", "status[]"},
                          Case{"Status=approved", "invalid_query", "Status"},
                          Case{"status=approved&status=declined", "invalid_query", "status"},
                          Case{"status=a%0ab", "invalid_query", "status"},
                          Case{"partner=2", "invalid_query", "partner"},
                          Case{"partner=", "invalid_query", "partner"},
                          Case{"partner=prg_0000000000002", "invalid_query", "partner"},
                          Case{"partner=ptr_1%20or%201=1", "invalid_query", "partner"},
                          Case{"test=1", "invalid_query", "test"},
                          Case{"test=TRUE", "invalid_query", "test"},
                          Case{"items=1;drop table sale", "invalid_query", "items"},
                          Case{"items=1.0", "invalid_query", "items"},
                          Case{"items=", "invalid_query", "items"},
                          Case{"from=yesterday", "invalid_query", "from"},
                          Case{"from=2010-12-01", "invalid_query", "from"},
                          Case{"to=1291191960", "invalid_query", "to"},
                          Case{"from_day=2010-13-01", "invalid_query", "from_day"},
                          Case{"limit=0", "invalid_query", "limit"},
                          Case{"limit=101", "invalid_query", "limit"},
                          Case{"limit=ten", "invalid_query", "limit"},
                          Case{"starting_after=5", "invalid_cursor", "starting_after"},
                          Case{"starting_after=ptr_0000000000001", "invalid_cursor", "starting_after"},
                          Case{"format=xml", "invalid_query", "format"},
                          Case{"format=", "invalid_query", "format"},
                          Case{"limit=5&limit=6", "invalid_query", "limit"},
                          Case{"format=csv&limit=10001", "invalid_query", "limit"}}) {
        BOOST_TEST_CONTEXT(c.query) {
            auto const refused = shop.get(std::string("/v1/programs/shop/sales?") + c.query);
            BOOST_TEST(refused->response.status == 400);
            auto const problem = json::parse(refused->response.body);
            BOOST_TEST((problem.at("code").as_string() == c.code));
            BOOST_TEST((problem.at("pointer").as_string() == c.pointer));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_looks_like_sql_finds_nothing_and_breaks_nothing) {
    Shop shop;
    for (auto const* text : {"'", "' or '1'='1", "approved' --", "approved'; drop table sale; --", "\"", "\\", "%", "_", ":scope_program",
                             "a) or (1=1", "approved\xe2\x80\x99"}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(shop.rows("/v1/programs/shop/sales?status=" + percent_encode(text)) == 0u); }
    }
    BOOST_TEST(shop.made.count("select count(*) from sale") == 61);
}

BOOST_AUTO_TEST_CASE(filters_take_what_they_should) {
    Shop shop;
    BOOST_TEST(shop.rows("/v1/programs/shop/sales?limit=100") == 30u);
    BOOST_TEST(shop.rows("/v1/programs/club/sales?limit=100") == 30u);
    BOOST_TEST(shop.rows("/v1/sales?limit=100") == 60u);
    BOOST_TEST(shop.rows("/v1/sales?limit=100&status=declined") == 20u);
    BOOST_TEST(shop.rows("/v1/sales?limit=100&status=hidden") == 0u);
    BOOST_TEST(shop.rows("/v1/sales?limit=100&partner=" + format_id("ptr", 1)) == 20u);
    BOOST_TEST(shop.rows("/v1/sales?limit=100&test=true") == 6u);
    BOOST_TEST(shop.rows("/v1/sales?limit=100&test=false") == 54u);
    BOOST_TEST(shop.rows("/v1/sales?items=7") == 1u);
    BOOST_TEST(shop.rows("/v1/sales?limit=100&from=2010-12-01T08:36:00Z&to=2010-12-01T08:46:00Z") == 10u);
    BOOST_TEST(shop.rows("/v1/sales?limit=100&from_day=" + format_day(14'910) + "&to_day=" + format_day(14'912)) == 3u);
    BOOST_TEST(shop.rows("/v1/programs/shop/sales?status=declined&test=true&format=json") == 2u);
}

BOOST_AUTO_TEST_CASE(pages_follow_each_other_without_gap_or_repeat) {
    Shop shop;
    std::vector<std::int64_t> seen;
    std::string target = "/v1/sales?limit=7";
    for (int pages = 0; pages < 20; ++pages) {
        auto const page = shop.page(target);
        for (auto const& row : page.at("data").as_array()) seen.push_back(parse_id("sal", std::string(row.at("id").as_string())).value());
        if (!page.at("has_more").as_bool()) {
            BOOST_TEST(page.at("next_cursor").is_null());
            break;
        }
        target = "/v1/sales?limit=7&starting_after=" + std::string(page.at("next_cursor").as_string());
    }
    BOOST_TEST(seen.size() == 60u);
    for (std::size_t i = 0; i < seen.size(); ++i) BOOST_TEST(seen[i] == 60 - static_cast<std::int64_t>(i));
    BOOST_TEST(shop.rows("/v1/sales?limit=60") == 60u);
    BOOST_TEST(!shop.page("/v1/sales?limit=60").at("has_more").as_bool());
}

BOOST_AUTO_TEST_CASE(a_row_has_each_column_in_its_form) {
    Shop shop;
    auto const row = shop.get("/v1/programs/shop/sales/" + format_id("sal", 40));
    BOOST_TEST(
        row->response.body ==
        R"({"id":")" + format_id("sal", 40) + R"(","status":"approved","partner":")" + format_id("ptr", 2) +
            R"(","amount":{"amount":"-10.00","currency":"GBP"},"at":"2010-12-01T09:06:00Z",)" +
            R"("day":"2010-11-27","test":true,"items":40,"rate":")" +
            format_rate(Rate{125'000}) + R"(","facts":{"new":true},"note":"a, b"})");
    auto const empty = shop.page("/v1/programs/club/sales/" + format_id("sal", 59));
    for (auto const* name : {"amount", "partner", "facts", "note"}) {
        BOOST_TEST_CONTEXT(name) { BOOST_TEST(empty.at(name).is_null()); }
    }
}

BOOST_AUTO_TEST_CASE(another_ones_row_is_not_there) {
    Shop shop;
    struct Case {
        std::string path, key;
        int status;
    };
    auto const mine = format_id("sal", 40), anothers = format_id("sal", 42), hidden = format_id("sal", 61);
    for (auto const& c : std::vector<Case>{{"/v1/me/programs/shop/sales/" + mine, shop.partner_key, 200},
                                           {"/v1/me/programs/shop/sales/" + anothers, shop.partner_key, 404},
                                           {"/v1/me/programs/club/sales/" + mine, shop.partner_key, 404},
                                           {"/v1/programs/club/sales/" + mine, "operator", 404},
                                           {"/v1/programs/club/sales/" + hidden, "operator", 404},
                                           {"/v1/programs/shop/sales/40", "operator", 404},
                                           {"/v1/programs/shop/sales/sal_", "operator", 404},
                                           {"/v1/programs/shop/sales/" + format_id("sal", 4000), "operator", 404},
                                           {"/v1/programs/shop/sales/" + format_id("ptr", 40), "operator", 404},
                                           {"/v1/programs/shop/sales/" + mine + "?expand=all", "operator", 400},
                                           {"/v1/programs/shop/sales/" + mine, "operator", 200}}) {
        BOOST_TEST_CONTEXT(c.path) { BOOST_TEST(shop.get(c.path, c.key)->response.status == c.status); }
    }
    auto const own = shop.page("/v1/me/programs/shop/sales?limit=100", shop.partner_key);
    BOOST_TEST(own.at("data").as_array().size() == 10u);
    for (auto const& row : own.at("data").as_array()) BOOST_TEST((row.at("partner").as_string() == format_id("ptr", 2)));
}

BOOST_AUTO_TEST_CASE(a_csv_has_all_rows_and_no_formula) {
    Shop shop;
    auto const csv = shop.get("/v1/sales?format=csv&limit=3");
    BOOST_TEST(csv->response.content_type == "text/csv; charset=utf-8");
    BOOST_TEST(csv->header("content-disposition") == "attachment; filename=\"sale.csv\"");
    BOOST_TEST(csv->header("next-cursor") == format_id("sal", 58));
    auto const rate = format_rate(Rate{125'000});
    BOOST_TEST(csv->response.body == "id,status,partner,amount,amount_currency,at,day,test,items,rate,facts,note\r\n" +
                                         format_id("sal", 60) + ",declined," + format_id("ptr", 1) +
                                         ",-30.00,GBP,2010-12-01T09:26:00Z,2010-12-17,true,60," + rate +
                                         ",\"{\"\"new\"\":true}\",\"'=HYPERLINK(\"\"http://x\"\")\"\r\n" + format_id("sal", 59) +
                                         ",approved,,,,2010-12-01T09:25:00Z,2010-12-16,false,59," + rate + ",,\r\n" + format_id("sal", 58) +
                                         ",approved," + format_id("ptr", 2) + ",-28.00,GBP,2010-12-01T09:24:00Z,2010-12-15,false,58," +
                                         rate + ",\"{\"\"new\"\":true}\",\"a, b\"\r\n");
    auto const by_header = call(*shop.dispatcher, "GET", "/v1/sales", {.key = shop.operator_key, .headers = {{"accept", "text/csv"}}});
    BOOST_TEST(std::count(by_header->response.body.begin(), by_header->response.body.end(), '\n') == 61);
    BOOST_TEST(by_header->header("next-cursor") == "");
}

BOOST_AUTO_TEST_CASE(a_write_route_can_answer_with_the_row_it_made) {
    Shop shop;
    std::optional<std::string> made, missing;
    shop.made.storage->write([&](storage::Tx& tx) {
        Shop::insert(tx, 100, "approved");
        made = row_json(tx, sales(), 100);
        missing = row_json(tx, sales(), 101);
        return true;
    });
    BOOST_TEST((json::parse(made.value()).at("id").as_string() == format_id("sal", 100)));
    BOOST_TEST(!missing.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
