// Orders and refunds of a British retailer under a 10 % plan with a hold of 30 days: imported, reported, verified.
#include <signal.h>

#include <boost/json.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <thread>

#include "e2e/database.hpp"
#include "e2e/installation.hpp"
#include "e2e/retail.hpp"
#include "e2e/running_server.hpp"
#include "e2e/session.hpp"
#include "e2e/table.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;

namespace {

struct Shop {
    explicit Shop(std::string const& name)
        : data(retail(name)), orders(data.read_orders()), refunds(data.read_refunds()), expected(parsed(read_text(data.expected_file))) {
        installation.done({"apply", demo("retail.toml")});
    }

    std::vector<std::string> import_words(std::string const& kind, std::filesystem::path const& file) const {
        std::vector<std::string> words{"import", kind,     file.string(), "--program",
                                       "retail", "--json", "--rejects",   installation.path(kind + ".rejects.csv")};
        if (kind == "orders") words.push_back("--create-partners");
        return words;
    }
    json::object import(std::string const& kind, std::filesystem::path const& file) const {
        return parsed(installation.done(import_words(kind, file))).as_object();
    }
    Report report(std::int64_t as_of_s) const {
        return parse_report(installation.done({"report", "partners", "--program", "retail", "--json", "--as-of", utc_of(as_of_s)}));
    }
    std::int64_t expects(char const* figure) const { return expected.at(figure).as_int64(); }

    // Every figure of expected.json, and every figure of every partner against the files.
    void check_all_figures() const {
        auto const told = report(end_of_time_s);
        auto const all = sum(told);
        BOOST_TEST(all.conversions == expects("attributed_orders"));
        BOOST_TEST(all.gross == expects("commission_gross_cents"));
        BOOST_TEST(all.reversed == expects("commission_reversed_cents"));
        BOOST_TEST(all.net == expects("commission_net_cents"));
        BOOST_TEST(all.payable == expects("commission_net_cents"));
        BOOST_TEST(all.pending == 0);
        auto const& by_partner = expected.at("net_cents_by_partner").as_object();
        BOOST_TEST(told.size() == by_partner.size());
        for (auto const& [partner, net] : by_partner)
            BOOST_TEST_CONTEXT(partner) BOOST_TEST((told.contains(partner) && told.at(partner).net == net.as_int64()));
        check_against_files(end_of_time_s);
    }
    void check_against_files(std::int64_t as_of_s) const {
        BOOST_TEST_CONTEXT("as of " << utc_of(as_of_s)) {
            auto const told = report(as_of_s), computed = computed_report(orders, refunds, as_of_s);
            BOOST_TEST(told.size() == computed.size());
            for (auto const& [partner, figures] : computed)
                BOOST_TEST_CONTEXT(partner) BOOST_TEST((told.contains(partner) ? told.at(partner) : Figures()) == figures);
        }
    }
    void check_verified() const {
        auto const verified = installation.run({"verify"});
        BOOST_TEST(verified.exit_code() == 0, verified.out << verified.err);
        BOOST_TEST(verified.out.find(" 0 wrong") != std::string::npos, verified.out);
    }

    Installation installation;
    Retail data;
    std::vector<Order> orders;
    std::vector<Refund> refunds;
    json::value expected;
};

void check_summary(json::object const& summary, std::int64_t created, std::int64_t unchanged, std::int64_t rejected) {
    BOOST_TEST_CONTEXT(json::serialize(summary)) {
        BOOST_TEST(summary.at("created").as_int64() == created);
        BOOST_TEST(summary.at("unchanged").as_int64() == unchanged);
        BOOST_TEST(summary.at("rejected").as_int64() == rejected);
        BOOST_TEST(summary.at("unfinished").as_int64() == 0);
    }
}

std::size_t count_lines(std::string const& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

auto const datasets = boost::unit_test::data::make(retail_names());

}  // namespace

BOOST_DATA_TEST_CASE(the_figures_of_the_retailer_come_out_once_however_often_the_files_are_imported, datasets, name) {
    Shop const shop(name);
    auto const orders = shop.expects("orders"), refunds = shop.expects("refunds");
    check_summary(shop.import("orders", shop.data.orders_file), orders, 0, 0);
    check_summary(shop.import("refunds", shop.data.refunds_file), refunds, 0, 0);
    shop.check_all_figures();

    check_summary(shop.import("orders", shop.data.orders_file), 0, orders, 0);
    check_summary(shop.import("refunds", shop.data.refunds_file), 0, refunds, 0);
    shop.check_all_figures();

    auto const unknown = Table::read(shop.data.unknown_file);
    auto const lines = static_cast<std::int64_t>(unknown.size());
    auto const summary = shop.import("refunds", shop.data.unknown_file);
    check_summary(summary, 0, 0, lines);
    BOOST_TEST(summary.at("rejected_by_code").at("unknown_order").as_int64() == lines);
    auto const rejects = read_text(shop.installation.path("refunds.rejects.csv"));
    BOOST_TEST(count_lines(rejects) == unknown.size() + 1);
    for (std::size_t i = 0; i < unknown.size(); ++i) BOOST_TEST_CONTEXT("line " << i + 2) {
            BOOST_TEST(rejects.find("\n" + std::to_string(i + 2) + ",unknown_order,") != std::string::npos);
            BOOST_TEST(rejects.find(unknown.at(i, "refund_id")) != std::string::npos);
        }
    shop.check_all_figures();
    shop.check_verified();
}

BOOST_DATA_TEST_CASE(a_report_as_of_an_instant_is_what_the_files_say_had_happened_by_then, datasets, name) {
    Shop const shop(name);
    shop.import("orders", shop.data.orders_file);
    shop.import("refunds", shop.data.refunds_file);
    auto const [first, last] =
        std::minmax_element(shop.orders.begin(), shop.orders.end(), [](auto const& a, auto const& b) { return a.at_s < b.at_s; });
    auto const hold_s = std::int64_t{30} * 86400;
    BOOST_TEST(shop.report(first->at_s - 1).empty());
    for (auto const as_of_s : {first->at_s, first->at_s + 86400, (first->at_s + last->at_s) / 2, last->at_s, first->at_s + hold_s - 1,
                               first->at_s + hold_s, (first->at_s + last->at_s) / 2 + hold_s, last->at_s + hold_s - 1, last->at_s + hold_s})
        shop.check_against_files(as_of_s);
}

BOOST_AUTO_TEST_CASE(an_import_that_is_killed_and_run_again_gives_the_same_figures) {
    Shop const shop("sample");
    int killed = 0;
    for (auto const recorded : {1, 150, 300, 450}) {
        auto const importing = shop.installation.start(shop.import_words("orders", shop.data.orders_file));
        Database const file(shop.installation.database());
        while (!importing->poll() && file.number("select count(*) from conversion") < recorded)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        importing->signal(SIGKILL);
        killed += importing->wait().signal == SIGKILL ? 1 : 0;
        shop.check_verified();
    }
    BOOST_TEST(killed > 0);
    auto const summary = shop.import("orders", shop.data.orders_file);
    BOOST_TEST(summary.at("created").as_int64() + summary.at("unchanged").as_int64() == shop.expects("orders"));
    BOOST_TEST(summary.at("rejected").as_int64() == 0);
    shop.import("refunds", shop.data.refunds_file);
    shop.check_all_figures();
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(an_import_beside_a_running_server_gives_the_same_figures) {
    Shop const shop("sample");
    RunningServer server(shop.installation);
    check_summary(shop.import("orders", shop.data.orders_file), shop.expects("orders"), 0, 0);
    check_summary(shop.import("refunds", shop.data.refunds_file), shop.expects("refunds"), 0, 0);
    shop.check_all_figures();
    shop.check_verified();
    BOOST_TEST(server.stop().exit_code == 0);
    shop.check_all_figures();
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(an_import_outlives_a_stop_and_a_kill_of_the_server_it_talks_to) {
    Shop const shop("sample");
    auto server = std::make_unique<RunningServer>(shop.installation);
    auto const importing = shop.installation.start(shop.import_words("orders", shop.data.orders_file));
    Database const file(shop.installation.database());
    auto const wait_for = [&](std::int64_t recorded) {
        while (!importing->poll() && file.number("select count(*) from conversion") < recorded)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    wait_for(50);
    BOOST_TEST(server->stop().exit_code == 0);
    server = std::make_unique<RunningServer>(shop.installation);
    wait_for(200);
    server->kill();
    server = std::make_unique<RunningServer>(shop.installation);
    BOOST_TEST(importing->wait().exit_code == 0, read_text(importing->err()));
    auto const summary = parsed(read_text(importing->out())).as_object();
    BOOST_TEST(summary.at("created").as_int64() + summary.at("unchanged").as_int64() == shop.expects("orders"), json::serialize(summary));
    shop.import("refunds", shop.data.refunds_file);
    shop.check_all_figures();
    shop.check_verified();
}

BOOST_AUTO_TEST_CASE(a_dry_run_records_nothing) {
    Shop const shop("sample");
    auto words = shop.import_words("orders", shop.data.orders_file);
    words.push_back("--dry-run");
    auto const tried = shop.installation.run(words);
    BOOST_TEST(tried.exit_code() == 0, tried.out << tried.err);
    BOOST_TEST(shop.report(end_of_time_s).empty());
    shop.check_verified();
}
