#include "imports/importer.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

#include "unit/imports/shop_door.hpp"
#include "unit/imports/temporary_folder.hpp"
#include "unit/imports/text_source.hpp"

namespace partnerd::imports {

namespace {

using std::chrono::milliseconds;

std::string const orders_header = "order_id,placed_at,customer_id,partner,currency,amount\n";
std::string order(int number) { return std::to_string(number) + ",2010-12-01T08:26:00Z,17850,emma,GBP,139.12\n"; }
std::string orders(int count) {
    auto text = orders_header;
    for (int i = 1; i <= count; ++i) text += order(i);
    return text;
}

// `count` refunds of `of` orders, interleaved; those of an order are to keep their order.
std::string refunds(int count, int of) {
    std::string text = "refund_id,refunded_at,order_id,currency,amount\n";
    for (int i = 1; i <= count; ++i) text += std::to_string(i) + ",2010-12-01T12:38:00Z,order-" + std::to_string(i % of) + ",GBP,1.00\n";
    return text;
}

struct Imported {
    ImportSummary summary;
    std::string rejects;
};

ImportOptions options_for(Kind kind) {
    ImportOptions options;
    options.kind = kind;
    options.program = "shop";
    options.first_backoff = milliseconds(1);
    options.longest_backoff = milliseconds(4);
    return options;
}

Result<ImportSummary> run(Door& door, ByteSource& source, ImportOptions const& options, std::string const& rejects_path,
                          std::atomic<bool> const& stop) {
    RejectsWriter rejects(rejects_path);
    std::ostringstream out;
    Progress progress(out, Progress::Style::lines, "records", Progress::Clock::now());
    auto summary = Importer(door, options, rejects, progress).run(source, stop);
    rejects.finish();
    return summary;
}

Imported import(Door& door, std::string const& text, ImportOptions const& options) {
    TemporaryFolder folder;
    TextSource source(text, 1000);
    std::atomic<bool> const stop = false;
    auto summary = run(door, source, options, folder.file("rejects.csv"), stop).value();
    BOOST_TEST(summary.records == summary.created + summary.unchanged + summary.rejected + summary.unfinished);
    return {summary, folder.read("rejects.csv")};
}

Answer problem(int status, char const* code) { return {status, {}, std::string(R"({"code":")") + code + R"(","detail":"because"})"}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(importer)

BOOST_AUTO_TEST_CASE(every_record_goes_in_once_and_a_second_run_changes_nothing) {
    ShopDoor door;
    door.answer_from(256);
    auto const first = import(door, orders(5000), options_for(Kind::orders)).summary;
    BOOST_TEST(first.created == 5000);
    BOOST_TEST(first.stopped_because == "");
    BOOST_TEST(door.recorded.size() == 5000U);
    BOOST_TEST(door.most_under_way == 256U);
    auto const second = import(door, orders(5000), options_for(Kind::orders)).summary;
    BOOST_TEST(second.created == 0);
    BOOST_TEST(second.unchanged == 5000);
    BOOST_TEST(door.recorded.size() == 5000U);
}

BOOST_AUTO_TEST_CASE(refunds_of_one_order_keep_their_order_and_never_overlap) {
    std::mt19937 random(3);
    // Every fifth call is refused for a while, so that rows behind it would overtake it if they could.
    ShopDoor door([&](Call const&, int) { return random() % 5 == 0 ? problem(503, "busy") : Answer{}; }, 4);
    auto options = options_for(Kind::refunds);
    options.in_flight = 64;
    auto const done = import(door, refunds(4000, 7), options).summary;
    BOOST_TEST(done.created == 4000);
    BOOST_TEST(done.retried > 500);
    BOOST_TEST(door.overlaps == 0);
    BOOST_TEST(door.recorded.size() == 7U);
    for (auto const& [order_id, ids] : door.recorded) BOOST_TEST_CONTEXT(order_id)
    BOOST_TEST(std::is_sorted(ids.begin(), ids.end(), [](auto const& a, auto const& b) { return std::stoi(a) < std::stoi(b); }));
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_written_down_and_the_rest_goes_in) {
    ShopDoor door([](Call const& call, int) {
        if (call.body.find("\"amount\":\"1.000\"") != std::string::npos) return problem(422, "too_many_decimals");
        return Answer{};
    });
    auto const done =
        import(door,
               orders_header + order(1) + "2,2010-12-01T08:26:00Z,17850,emma,GBP,1.000\n" + "3,2010-12-01T08:26:00Z,\xff,emma,GBP,1.00\n" +
                   "4,2010-12-01T08:26:00Z,17850,emma,GBP\n" + "5,2010-12-01T08:26:00Z,\"17850,emma,GBP,1.00\n" +
                   ",2010-12-01T08:26:00Z,17850,emma,GBP,1.00\n" + order(6),
               options_for(Kind::orders));
    BOOST_TEST(done.summary.created == 2);
    BOOST_TEST(done.summary.rejected == 5);
    BOOST_TEST(
        (done.summary.rejected_by_code ==
         std::map<std::string, std::int64_t>{{"invalid_utf8", 1}, {"malformed_csv", 2}, {"missing_field", 1}, {"too_many_decimals", 1}}));
    for (auto const* row :
         {"line,code,detail,record\r\n", "3,too_many_decimals,because,\"2,2010-12-01T08:26:00Z,17850,emma,GBP,1.000\"\r\n",
          "4,invalid_utf8,line 4: the text is not UTF-8; save the file as UTF-8,\"3,2010-12-01T08:26:00Z,\xef\xbf\xbd,emma,GBP,1.00\"\r\n",
          "5,malformed_csv,\"line 5: it has 5 cells, the header has 6\",", "6,malformed_csv,",
          "7,missing_field,'order_id' is empty (order_id),"})
        BOOST_TEST_CONTEXT(row) BOOST_TEST((done.rejects.find(row) != std::string::npos));
}

BOOST_AUTO_TEST_CASE(rejects_are_in_the_order_of_the_lines_however_the_answers_come) {
    ShopDoor door([](Call const&, int call) { return call % 3 == 0 ? Answer{} : problem(422, "too_many_decimals"); });
    auto const done = import(door, orders(2000), options_for(Kind::orders));
    BOOST_TEST(done.summary.rejected > 1000);
    std::istringstream rows(done.rejects);
    std::string row;
    std::getline(rows, row);
    int last = 0, count = 0;
    while (std::getline(rows, row)) {
        BOOST_TEST_REQUIRE(std::stoi(row) > last);
        last = std::stoi(row);
        ++count;
    }
    BOOST_TEST(count == done.summary.rejected);
}

BOOST_AUTO_TEST_CASE(amounts_go_through_as_they_are_written) {
    std::vector<std::string> bodies;
    ShopDoor door(
        [&](Call const& call, int) {
            bodies.push_back(call.body);
            return Answer{};
        },
        1);
    for (auto const* amount : {"139.123", "-1", "1e5", "1.10", "99999999999999999999"}) {
        import(door, orders_header + "1,x,,,GBP," + amount + "\n", options_for(Kind::orders));
        BOOST_TEST_CONTEXT(amount)
        BOOST_TEST(bodies.back().ends_with(std::string(R"("amount":{"amount":")") + amount + R"(","currency":"GBP"}})"));
    }
}

BOOST_AUTO_TEST_CASE(refunds_without_an_order_are_rejected_line_by_line) {
    ShopDoor door;
    auto const done = import(
        door,
        "refund_id,refunded_at,order_id,currency,amount\nC536379,2010-12-01T09:41:00Z,,GBP,27.50\nC536383,2010-12-01T09:49:00Z,,GBP,4.65\n",
        options_for(Kind::refunds));
    BOOST_TEST(done.summary.rejected_by_code.at("unknown_order") == 2);
    BOOST_TEST(done.rejects.find("2,unknown_order,'order_id' is empty (order_id),\"C536379,2010-12-01T09:41:00Z,,GBP,27.50\"") !=
               std::string::npos);
    BOOST_TEST(door.calls == 0);
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_lost_is_asked_for_again_and_counts_nothing_twice) {
    std::mt19937 random(5);
    ShopDoor door;
    door.on_answer = [&](Answer answer) { return random() % 3 == 0 ? Answer{503, {}, ""} : answer; };
    auto const done = import(door, orders(1000), options_for(Kind::orders)).summary;
    BOOST_TEST(done.created + done.unchanged == 1000);
    BOOST_TEST(done.unchanged > 0);
    BOOST_TEST(door.recorded.size() == 1000U);
    for (auto const& [id, events] : door.recorded) BOOST_REQUIRE_EQUAL(events.size(), 1U);
}

// As often as it is stopped in the middle, the runs together record each order once.
BOOST_AUTO_TEST_CASE(an_import_that_was_stopped_is_run_again) {
    std::atomic<bool> stop = false;
    int stop_at = 0;
    ShopDoor door([&](Call const&, int call) {
        if (call == stop_at) stop = true;
        return Answer{};
    });
    TemporaryFolder folder;
    std::int64_t created = 0;
    int runs = 0;
    for (std::string why = "not yet"; !why.empty(); ++runs) {
        stop = false;
        stop_at = runs < 5 ? door.calls + 500 * (runs + 1) : 0;
        TextSource source(orders(3000));
        auto const done = run(door, source, options_for(Kind::orders), folder.file("rejects.csv"), stop).value();
        BOOST_TEST(done.records == done.created + done.unchanged + done.unfinished);
        created += done.created;
        why = done.stopped_because;
        if (!why.empty()) BOOST_TEST(why.find("run the same import again") != std::string::npos);
    }
    BOOST_TEST(runs == 6);
    BOOST_TEST(created == 3000);
    BOOST_TEST(door.recorded.size() == 3000U);
}

BOOST_AUTO_TEST_CASE(a_server_that_keeps_refusing_stops_the_import) {
    ShopDoor door([](Call const&, int) { return problem(503, "storage_full"); });
    auto options = options_for(Kind::orders);
    options.attempts = 3;
    auto const done = import(door, orders(1000), options);
    BOOST_TEST(done.summary.created == 0);
    BOOST_TEST(done.summary.rejected == 0);
    BOOST_TEST(done.summary.unfinished == done.summary.records);
    BOOST_TEST(done.summary.stopped_because.find("the server keeps answering storage_full: because") != std::string::npos);
    BOOST_TEST(door.calls <= 3 * 256);
}

BOOST_AUTO_TEST_CASE(an_answer_that_every_record_would_get_stops_the_import) {
    struct Case {
        int status;
        char const* code;
    };
    for (auto const& c : {Case{401, "invalid_key"}, Case{403, "forbidden"}, Case{404, "unknown_program"}}) BOOST_TEST_CONTEXT(c.code) {
            ShopDoor door([&](Call const&, int) { return problem(c.status, c.code); });
            auto const done = import(door, orders(2000), options_for(Kind::orders));
            BOOST_TEST(done.summary.rejected == 0);
            BOOST_TEST(done.summary.refused);
            BOOST_TEST(done.summary.stopped_because == std::string(c.code) + ": because");  // of no line, and again is no way out
            BOOST_TEST(door.calls <= 512);
        }
}

BOOST_AUTO_TEST_CASE(a_file_that_breaks_off_gives_what_came_before) {
    ShopDoor door;
    TextSource source(orders(100) + "101,2010-12", 700, true);
    std::atomic<bool> const stop = false;
    auto const done = run(door, source, options_for(Kind::orders), "", stop).value();
    BOOST_TEST(done.created == 100);
    BOOST_TEST(done.stopped_because.find("the gzip stream ends too early") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(files_without_a_usable_header_send_nothing) {
    struct Case {
        char const* text;
        bool breaks;
        char const* code;
    };
    ShopDoor door;
    for (auto const& c :
         {Case{"", false, "malformed_csv"}, Case{"\n\n", false, "malformed_csv"},
          Case{"order_id,placed_at,currency\n1,x,GBP\n", false, "missing_column"}, Case{"order_id,\xff\n", false, "invalid_utf8"},
          Case{"order_id,\"x", false, "malformed_csv"}, Case{"order_id,pl", true, "malformed_csv"},
          Case{"order_id,order_id,placed_at,amount,currency\n", false, "invalid_field"}})
        BOOST_TEST_CONTEXT(c.text) {
            TextSource source(c.text, 1000, c.breaks);
            std::atomic<bool> const stop = false;
            auto done = run(door, source, options_for(Kind::orders), "", stop);
            BOOST_TEST_REQUIRE(done.has_error());
            BOOST_TEST(code_name(done.error().code) == c.code);
        }
    BOOST_TEST(door.calls == 0);
    BOOST_TEST(import(door, orders_header, options_for(Kind::orders)).summary.records == 0);
}

BOOST_AUTO_TEST_CASE(a_dry_run_judges_here_first_and_asks_the_server_to_record_nothing) {
    ShopDoor door;
    auto options = options_for(Kind::orders);
    options.dry_run = true;
    auto const done = import(door, orders(10) + "11,yesterday,,,GBP,1.00\n12,2010-12-01T08:26:00Z,,,GBP,1.001\n", options).summary;
    BOOST_TEST(done.created == 10);
    BOOST_TEST((done.rejected_by_code == std::map<std::string, std::int64_t>{{"invalid_field", 1}, {"too_many_decimals", 1}}));
    BOOST_TEST(door.targets.size() == 10U);
    for (auto const& target : door.targets) BOOST_TEST(target == "/v1/programs/shop/conversions?dry_run=1");
}

BOOST_AUTO_TEST_CASE(a_dry_run_takes_partners_for_known_that_the_run_would_make) {
    ShopDoor door([](Call const& call, int) { return call.body.find("assigned_partner") == std::string::npos ? Answer{} : problem(422, "unknown_partner"); });
    auto options = options_for(Kind::orders);
    options.made_partners = {"emma"};
    auto const text = orders(3) + "4,2010-12-01T08:26:00Z,17850,zoe,GBP,139.12\n";
    BOOST_TEST((import(door, text, options).summary.rejected_by_code == std::map<std::string, std::int64_t>{{"unknown_partner", 4}}));
    options.dry_run = true;
    auto const done = import(door, text, options).summary;
    BOOST_TEST(done.created == 3);
    BOOST_TEST((done.rejected_by_code == std::map<std::string, std::int64_t>{{"unknown_partner", 1}}));
}

BOOST_AUTO_TEST_CASE(a_dry_run_over_partners_tells_whom_it_would_take) {
    struct Picky final : Door {
        void send(Call call, std::function<void(Answer)> done) override {
            done(call.body.find("BAD") == std::string::npos ? Answer{201, {}, "{}"} : problem(422, "invalid_field"));
        }
    } door;
    auto options = options_for(Kind::partners);
    options.dry_run = true;
    BOOST_TEST((import(door, "partner\nemma\nBAD\nzoe\nemma\n", options).summary.taken == std::set<std::string>{"emma", "zoe"}));
}

BOOST_AUTO_TEST_CASE(a_door_that_answers_at_once_is_as_good) {
    struct Prompt final : Door {
        void send(Call, std::function<void(Answer)> done) override { done({201, {}, "{}"}); }
    } door;
    BOOST_TEST(import(door, refunds(20'000, 3), options_for(Kind::refunds)).summary.created == 20'000);
}

BOOST_AUTO_TEST_CASE(columns_are_mapped_as_told) {
    ShopDoor door;
    auto options = options_for(Kind::orders);
    options.columns = {"order_id=invoice", "amount=gross", "currency:=GBP"};
    BOOST_TEST(import(door, "invoice,placed_at,gross\nA1,2010-12-01T08:26:00Z,5.00\n", options).summary.created == 1);
    BOOST_TEST(door.recorded.contains("A1"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::imports
