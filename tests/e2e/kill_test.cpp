// kill -9 at random moments under load, twenty times on one database: what was acknowledged is there, once.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "domain/base32.hpp"
#include "e2e/crowd.hpp"
#include "e2e/database.hpp"
#include "e2e/retail.hpp"
#include "e2e/session.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;

namespace {

constexpr int rounds = 20;
constexpr int partners = 4;
std::string const sales_path = "/v1/programs/retail/conversions", refunds_path = "/v1/programs/retail/adjustments",
                  redeem_path = "/v1/programs/retail/coupons/redeem";

struct Sent {
    std::string target, body, idempotency_key;
    bool acknowledged = false, refused = false;  // refused: the server said that nothing was recorded
};

// What was sent and what was acknowledged, over all rounds. Any thread.
class Diary {
  public:
    void sending(std::string const& id, Sent sent) {
        std::lock_guard const lock(mutex_);
        sent_[id] = std::move(sent);
    }
    void acknowledged(std::string const& id) {
        std::lock_guard const lock(mutex_);
        sent_.at(id).acknowledged = true;
    }
    void refused(std::string const& id) {
        std::lock_guard const lock(mutex_);
        sent_.at(id).refused = true;
    }
    void clicking() { ++clicks_sent_; }
    void clicked(std::string click_id) {
        std::lock_guard const lock(mutex_);
        clicks_.push_back(std::move(click_id));
    }
    std::map<std::string, Sent> const& sent() const { return sent_; }   // between rounds
    std::vector<std::string> const& clicks() const { return clicks_; }  // between rounds
    std::int64_t clicks_sent() const { return clicks_sent_; }

    std::vector<std::string> ids(std::string const& target, bool acknowledged_only) const {
        std::vector<std::string> found;
        for (auto const& [id, sent] : sent_)
            if (sent.target == target && (sent.acknowledged || !acknowledged_only)) found.push_back(id);
        return found;
    }

  private:
    std::mutex mutex_;
    std::map<std::string, Sent> sent_;
    std::vector<std::string> clicks_;
    std::atomic<std::int64_t> clicks_sent_{0};
};

// The id in a click id: bytes 2 to 9 of its sixteen.
std::int64_t row_of(std::string const& click_id) {
    auto const bytes = partnerd::base32_decode(click_id, 16);
    if (!bytes) throw std::runtime_error("this is no click id: " + click_id);
    std::int64_t id = 0;
    for (std::size_t i = 1; i <= 8; ++i) id = id << 8 | (*bytes)[i];
    return id;
}

// One client: sales, refunds of them, clicks and redemptions until the server is gone.
class Shopper {
  public:
    Shopper(RunningServer const& server, std::string const& key, Diary& diary, Complaints& complaints, std::string name, unsigned seed)
        : session_(server, key), diary_(diary), complaints_(complaints), name_(std::move(name)), random_(seed) {}

    void shop() {
        try {
            for (;;) step();
        } catch (std::runtime_error const&) {
            // The server was killed; nobody knows what became of the last request.
        }
    }

  private:
    void step() {
        switch (draw(0, 3)) {
            case 0: return click();
            case 1: return redeem();
            case 2:
                if (!sales_.empty()) return refund();
                [[fallthrough]];
            default: return sell();
        }
    }
    int draw(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

    bool report(std::string const& id, std::string const& target, json::object const& body) {
        Sent const sent{target, json::serialize(body), draw(0, 2) == 0 ? "key-" + id : "", false};
        diary_.sending(id, sent);
        auto const answer = session_.post(target, sent.body, sent.idempotency_key);
        if (answer.status == 201) diary_.acknowledged(id);
        else if (answer.status == 503 || answer.status == 504) diary_.refused(id);
        else complaints_.add(sent.body + " -> " + answer.raw.body);
        return answer.status == 201;
    }
    void sell() {
        auto const id = name_ + "-sale" + std::to_string(++number_);
        auto const amount = std::to_string(draw(1, 99)) + "." + std::to_string(draw(10, 99));
        json::object const body{{"external_id", id},
                                {"customer", name_},
                                {"amount", money(amount, "GBP")},
                                {"assigned_partner", "partner-" + std::to_string(draw(0, partners - 1))}};
        if (report(id, sales_path, body)) sales_.push_back(id);
    }
    void refund() {
        auto const sale = sales_.back();
        sales_.pop_back();
        auto const id = name_ + "-refund" + std::to_string(++number_);
        report(id, refunds_path, {{"external_id", sale}, {"adjustment_id", id}, {"type", "refund"}, {"amount", money("0.87", "GBP")}});
    }
    void redeem() {
        auto const id = name_ + "-redemption" + std::to_string(++number_);
        report(id, redeem_path, {{"redemption_id", id}, {"code", "SAVE"}, {"customer", id}});
    }
    void click() {
        diary_.clicking();
        auto const answer = session_.get("/r/landing?sub1=" + name_);
        auto const location = std::string(answer.raw.header("location"));
        if (answer.status == 302 && location.find('=') != std::string::npos) diary_.clicked(location.substr(location.find('=') + 1));
        else if (answer.status != 503 && answer.status != 504)
            complaints_.add("/r/landing -> " + std::to_string(answer.status) + " " + location + answer.raw.body);
    }

    Session session_;
    Diary& diary_;
    Complaints& complaints_;
    std::string const name_;
    std::mt19937 random_;
    std::vector<std::string> sales_;  // acknowledged, not refunded
    int number_ = 0;
};

void check_there_once(std::vector<std::string> const& wanted, std::vector<std::string> there, char const* what) {
    std::set<std::string> const known(there.begin(), there.end());
    BOOST_TEST(known.size() == there.size(), what << " are there twice");
    std::vector<std::string> lost;
    for (auto const& id : wanted)
        if (!known.contains(id)) lost.push_back(id);
    BOOST_TEST(lost.empty(), lost.size() << " of " << wanted.size() << " acknowledged " << what << " are lost, such as "
                                         << (lost.empty() ? "" : lost.front()));
}

void check_file(Installation const& installation, Diary const& diary, bool acknowledged_only) {
    Database const database(installation.database());
    check_there_once(diary.ids(sales_path, acknowledged_only), database.texts("select external_id from conversion where kind = 'sale'"),
                     "sales");
    check_there_once(diary.ids(refunds_path, acknowledged_only), database.texts("select adjustment_id from adjustment"), "refunds");
    check_there_once(diary.ids(redeem_path, acknowledged_only), database.texts("select redemption_id from coupons_redemption"),
                     "redemptions");
    check_there_once(diary.ids(redeem_path, acknowledged_only),
                     database.texts("select external_id from conversion where kind = 'redemption'"), "conversions of redemptions");
    BOOST_TEST(database.number("select used from coupons_code") == database.number("select count(*) from coupons_redemption"));

    std::vector<std::string> clicks;
    for (auto const& click_id : diary.clicks()) clicks.push_back(std::to_string(row_of(click_id)));
    check_there_once(clicks, database.texts("select id from click"), "clicks");
    BOOST_TEST(database.number("select count(*) from click") <= diary.clicks_sent());
}

// Until it is sent again.
void check_refused_is_not_there(Installation const& installation, Diary const& diary) {
    Database const database(installation.database());
    std::set<std::string> there;
    for (auto const* const sql :
         {"select external_id from conversion", "select adjustment_id from adjustment", "select redemption_id from coupons_redemption"})
        for (auto& id : database.texts(sql)) there.insert(std::move(id));
    for (auto const& [id, sent] : diary.sent())
        if (sent.refused && there.contains(id)) BOOST_ERROR(id << " was refused as not recorded, and is there");
}

void check_verified(Installation const& installation) {
    auto const verified = installation.run({"verify"});
    BOOST_TEST(verified.exit_code() == 0, verified.out << verified.err);
}

void prepare(Installation const& installation) {
    installation.done({"apply", demo("retail.toml")});
    RunningServer server(installation);
    Session session(server, create_key(installation));
    for (int i = 0; i < partners; ++i)
        BOOST_REQUIRE_EQUAL(session.post("/v1/programs/retail/partners", json::object{{"handle", "partner-" + std::to_string(i)}}).status,
                            201);
    Session partner(server, create_key(installation, {"--kind", "partner", "--partner", "partner-0"}));
    BOOST_REQUIRE_EQUAL(partner.post("/v1/me/programs/retail/links", json::object{{"code", "landing"}}).status, 201);
    BOOST_REQUIRE_EQUAL(session.post("/v1/programs/retail/coupons/campaigns", json::object{{"campaign", "spring"}}).status, 201);
    BOOST_REQUIRE_EQUAL(
        session.post("/v1/programs/retail/coupons/codes", json::object{{"campaign", "spring"}, {"code", "SAVE"}, {"partner", "partner-1"}})
            .status,
        201);
    BOOST_REQUIRE_EQUAL(server.stop().exit_code, 0);
}

// What the sender never heard of is sent again, as a merchant's queue would.
void send_again(RunningServer const& server, std::string const& key, Diary const& diary) {
    Session session(server, key);
    for (auto const& [id, sent] : diary.sent()) {
        if (sent.acknowledged) continue;
        auto const answer = session.post_patiently(sent.target, sent.body, sent.idempotency_key);
        BOOST_TEST((answer.status == 200 || answer.status == 201), sent.body << " -> " << answer.raw.body);
    }
}

Figures due(Diary const& diary) {
    std::vector<Order> orders;
    std::vector<Refund> refunds;
    for (auto const& [id, sent] : diary.sent()) {
        auto const body = parsed(sent.body);
        if (sent.target == redeem_path) continue;
        auto const amount = std::string(body.at("amount").at("amount").as_string());
        auto const order_id = std::string(body.at("external_id").as_string());
        if (sent.target == refunds_path) refunds.push_back({id, "", order_id, "GBP", amount, 0, minor_of(amount)});
        else orders.push_back({order_id, "", "", std::string(body.at("assigned_partner").as_string()), "GBP", amount, 0, minor_of(amount)});
    }
    return sum(computed_report(orders, refunds, 0));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_server_killed_twenty_times_under_load_has_each_acknowledged_request_once) {
    Installation const installation;
    prepare(installation);
    auto server = std::make_unique<RunningServer>(installation);
    auto const key = create_key(installation, {"--kind", "merchant", "--program", "retail"});
    Diary diary;
    unsigned const seed = std::random_device()();
    std::mt19937 random(seed);
    BOOST_TEST_MESSAGE("seed " << seed);
    for (int round = 0; round < rounds; ++round) BOOST_TEST_CONTEXT("seed " << seed << ", round " << round) {
            int const clients = std::uniform_int_distribution<int>(16, 64)(random);
            auto const delay = std::chrono::milliseconds(std::uniform_int_distribution<int>(30, partnerd::testing::on_postgresql() ? 900 : 500)(random));
            auto const first_seed = random();
            Complaints complaints;
            std::thread load([&] {
                in_parallel(clients, complaints, [&](int client) {
                    auto const name = "r" + std::to_string(round) + "c" + std::to_string(client);
                    Shopper(*server, key, diary, complaints, name, static_cast<unsigned>(first_seed) + static_cast<unsigned>(client))
                        .shop();
                });
            });
            std::this_thread::sleep_for(delay);
            // On a crowded machine a moment may be too short for anything to be acknowledged.
            auto const until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
            while (diary.ids(refunds_path, true).size() <= static_cast<std::size_t>(round) + 1 && std::chrono::steady_clock::now() < until)
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            server->kill();
            load.join();
            BOOST_TEST(complaints.text() == "");
            check_file(installation, diary, true);
            check_refused_is_not_there(installation, diary);
            if (round % 2 == 0) check_verified(installation);
            server = std::make_unique<RunningServer>(installation);
            BOOST_TEST(Session(*server, "").get("/readyz").status == 200);
            if (round % 2 == 1) check_verified(installation);
        }
    BOOST_TEST(diary.ids(sales_path, true).size() > std::size_t{rounds});
    BOOST_TEST(diary.ids(refunds_path, true).size() > std::size_t{rounds});
    BOOST_TEST(diary.ids(redeem_path, true).size() > std::size_t{rounds});
    BOOST_TEST(diary.clicks().size() > std::size_t{rounds});

    send_again(*server, key, diary);
    check_file(installation, diary, false);
    auto const told = sum(parse_report(installation.done({"report", "partners", "--program", "retail", "--json"})));
    auto const computed = due(diary);
    BOOST_TEST(told.gross == computed.gross);
    BOOST_TEST(told.reversed == computed.reversed);
    BOOST_TEST(told.net == computed.net);
    BOOST_TEST(told.revenue == computed.revenue);
    BOOST_TEST(server->stop().exit_code == 0);
    check_verified(installation);
}
