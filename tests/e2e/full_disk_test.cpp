// The disk fills up under a running server: every request of that time is told so and none is recorded, what is read is still answered, and
// when there is room the server goes on by itself.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <set>
#include <thread>

#include "e2e/crowd.hpp"
#include "e2e/database.hpp"
#include "e2e/session.hpp"
#include "e2e/small_disk.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;

namespace {

constexpr int clients = 64;
std::string const sales_path = "/v1/programs/retail/conversions", redeem_path = "/v1/programs/retail/coupons/redeem";

struct Request {
    std::string target;  // of a click when there is no body
    std::string body, idempotency_key;
};

Request request_of(std::string const& name, int number) {
    auto const id = name + "-" + std::to_string(number);
    auto const key = number % 2 == 0 ? "key-" + id : std::string();
    switch (number % 4) {
        case 0: return {"/r/landing?sub1=" + id, {}, {}};
        case 1: return {redeem_path, json::serialize(json::object{{"redemption_id", id}, {"code", "SAVE"}, {"customer", id}}), key};
        default:
            return {sales_path,
                    json::serialize(json::object{
                        {"external_id", id}, {"customer", id}, {"assigned_partner", "acme"}, {"amount", money("12.30", "GBP")}}),
                    key};
    }
}

Answer send(Session& session, Request const& request) {
    return request.body.empty() ? session.get(request.target) : session.post(request.target, request.body, request.idempotency_key);
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// What is wrong with the answer of a server whose disk is full, or nothing.
std::string wrong_refusal(Answer const& answer) {
    auto const shown = std::to_string(answer.status) + " " + answer.raw.body;
    if (answer.status != 503) return shown;
    if (answer.code() != "storage_full" && answer.code() != "storage_failed") return "code: " + shown;
    if (!has(answer.raw.header("content-type"), "application/problem+json")) return "content type: " + shown;
    if (answer.raw.header("retry-after").empty()) return "Retry-After: " + shown;
    if (has(answer.raw.body, "SQLite") || has(answer.raw.body, ".db")) return "says too much: " + shown;
    return {};
}

// A server whose database is on that disk.
class Shop {
  public:
    template <class Disk>
    static std::unique_ptr<Shop> on() {
        auto shop = std::unique_ptr<Shop>(new Shop);
        shop->disk_ = std::make_unique<Disk>(shop->installation_.path("disk"));
        shop->open();
        return shop;
    }
    Installation const& installation() const { return installation_; }
    RunningServer& server() { return *server_; }
    std::string const& key() const { return key_; }
    Database database() const { return Database("sqlite://" + installation_.path("disk/partnerd.db").string()); }
    void fill() { disk_->fill(server_->pid()); }
    void make_room() { disk_->make_room(server_->pid()); }
    int readyz() { return Session(*server_, "").get("/readyz").status; }

  private:
    Shop() = default;
    void open() {
        auto config = read_text(installation_.config());
        auto const url = config.find("url = \"", config.find("[storage]")) + 7;
        config.replace(url, config.find('"', url) - url, "sqlite:disk/partnerd.db");
        write_text(installation_.config(), config);
        installation_.done({"apply", demo("retail.toml")});
        server_ = std::make_unique<RunningServer>(installation_);
        key_ = create_key(installation_);
        Session office(*server_, key_);
        auto const must = [&](Session& who, std::string const& target, json::object const& body) {
            BOOST_REQUIRE_EQUAL(who.post(target, body).status, 201);
        };
        must(office, "/v1/programs/retail/partners", {{"handle", "acme"}});
        must(office, "/v1/programs/retail/coupons/campaigns", {{"campaign", "spring"}});
        must(office, "/v1/programs/retail/coupons/codes", {{"campaign", "spring"}, {"code", "SAVE"}, {"partner", "acme"}});
        Session partner(*server_, create_key(installation_, {"--kind", "partner", "--partner", "acme"}));
        must(partner, "/v1/me/programs/retail/links", {{"code", "landing"}});
    }

    Installation installation_;
    std::unique_ptr<SmallDisk> disk_;
    std::unique_ptr<RunningServer> server_;
    std::string key_;
};

// The log may have room of its own left, so that a small request still goes through: until none does, for a while.
void wait_until_full(Shop& shop, std::string const& name) {
    constexpr int rounds_in_a_row = 6, rounds_max = 2000;
    Session session(shop.server(), shop.key());
    int full = 0;
    for (int round = 0; full < rounds_in_a_row; ++round) {
        BOOST_TEST_REQUIRE(round < rounds_max);
        bool any = false;
        for (int i = 0; i < 4; ++i) any = send(session, request_of("fill-" + name, round * 4 + i)).status != 503 || any;
        full = any ? 0 : full + 1;
        shop.fill();
        if (full > 0) std::this_thread::sleep_for(std::chrono::milliseconds(300));  // an idle server checkpoints
    }
}

std::multiset<std::string> recorded(Shop const& shop) {
    std::multiset<std::string> ids;
    auto const database = shop.database();
    for (auto const* const sql : {"select external_id from conversion where kind = 'sale'", "select redemption_id from coupons_redemption",
                                  "select sub1 from click"})
        for (auto& id : database.texts(sql)) ids.insert(std::move(id));
    return ids;
}

std::int64_t rows(Shop const& shop) {
    return shop.database().number(
        "select (select count(*) from conversion) + (select count(*) from coupons_redemption) + (select count(*) from click)");
}

// 64 at once, each with one request; what they complain of.
std::string all_at_once(Shop& shop, std::string const& name, std::function<std::string(Answer const&, Request const&)> const& wrong) {
    Complaints complaints;
    in_parallel(clients, complaints, [&](int client) {
        Session session(shop.server(), shop.key());
        auto const request = request_of(name, client);
        if (auto const what = wrong(send(session, request), request); !what.empty())
            complaints.add(request.target + " " + request.body + ": " + what);
    });
    return complaints.text();
}

void check_refused(Shop& shop, std::string const& name) {
    auto const before = rows(shop);
    for (int time = 0; time < 3; ++time)
        BOOST_TEST(all_at_once(shop, name, [](Answer const& answer, Request const&) { return wrong_refusal(answer); }) == "");
    BOOST_TEST(rows(shop) == before);
    for (auto const& id : recorded(shop)) BOOST_TEST(!id.starts_with(name + "-"), id << " was refused and is there");
    Session office(shop.server(), shop.key());
    auto const ready = office.get("/readyz");
    BOOST_TEST(ready.status == 503);
    BOOST_TEST(has(ready.raw.body, "storage"), ready.raw.body);
    BOOST_TEST(office.get("/livez").status == 200);
    BOOST_TEST(office.get("/v1/programs/retail").status == 200);
}

// Without a request: a load balancer sends none to a server that is not ready.
void wait_until_ready(Shop& shop) {
    for (int i = 0; shop.readyz() != 200; ++i) {
        BOOST_TEST_REQUIRE(i < 1200, "not ready a minute after there was room");
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

void check_recovered(Shop& shop, std::string const& name) {
    auto const accepted = [](Answer const& answer, Request const& request) {
        bool const good = answer.status == (request.body.empty() ? 302 : 201);
        return good ? std::string() : std::to_string(answer.status) + " " + answer.raw.body;
    };
    BOOST_TEST(all_at_once(shop, name, accepted) == "");
    auto const repeated = [](Answer const& answer, Request const&) {
        bool const good = answer.status == 200 || answer.status == 201 || answer.status == 302;
        return good ? std::string() : std::to_string(answer.status) + " " + answer.raw.body;
    };
    BOOST_TEST(all_at_once(shop, name, repeated) == "");
    auto const ids = recorded(shop);
    for (int i = 0; i < clients; ++i) {
        auto const id = name + "-" + std::to_string(i);
        auto const expected = request_of(name, i).body.empty() ? 2U : 1U;  // a second click is a click
        BOOST_TEST(ids.count(id) == expected, id << " is there " << ids.count(id) << " times");
    }
}

void check_filled_and_freed(Shop& shop) {
    auto const pid = shop.server().pid();
    for (auto const* const name : {"first", "second"}) BOOST_TEST_CONTEXT("the " << name << " time") {
            shop.fill();
            wait_until_full(shop, name);
            check_refused(shop, name);
            shop.make_room();
            wait_until_ready(shop);
            check_recovered(shop, name);
            auto const verified = shop.installation().run({"verify"});
            BOOST_TEST(verified.exit_code() == 0, verified.out << verified.err);
        }
    BOOST_TEST(shop.server().pid() == pid);
    BOOST_TEST(shop.server().stop().exit_code == 0);
    auto const verified = shop.installation().run({"verify"});
    BOOST_TEST(verified.exit_code() == 0, verified.out << verified.err);
}

}  // namespace

// Before the other case: it leaves this process a view of the mounts of its own.
BOOST_AUTO_TEST_CASE(a_disk_that_is_full_refuses_all_and_recovers_when_there_is_room) {
    std::unique_ptr<Shop> shop;
    try {
        shop = Shop::on<MountedDisk>();
    } catch (std::runtime_error const& error) {
        BOOST_WARN_MESSAGE(false, "no disk of its own here (" << error.what() << "); the case of limited files stands for it");
        return;
    }
    check_filled_and_freed(*shop);
}

BOOST_AUTO_TEST_CASE(files_that_may_not_grow_refuse_all_and_recover_when_they_may) { check_filled_and_freed(*Shop::on<LimitedFiles>()); }
