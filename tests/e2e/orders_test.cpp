// The retailer's orders and refunds as requests of 64 clients at once, repeated at random.
#include <boost/json.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <thread>

#include "e2e/crowd.hpp"
#include "e2e/retail.hpp"
#include "e2e/session.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;

namespace {

constexpr int clients = 64;

struct Sent {
    std::string target, body, idempotency_key;
    std::string order_id;  // of an order whose refunds follow its answer
    int repeats = 0;
};

json::object body_of(Order const& order) {
    json::object body{{"external_id", order.order_id},
                      {"order_id", order.order_id},
                      {"at", order.placed_at},
                      {"customer", order.customer},
                      {"amount", money(order.amount, order.currency)}};
    if (!order.partner.empty()) body["assigned_partner"] = order.partner;
    return body;
}

json::object body_of(Refund const& refund) {
    return {{"external_id", refund.order_id},
            {"adjustment_id", refund.refund_id},
            {"type", "refund"},
            {"at", refund.refunded_at},
            {"amount", money(refund.amount, refund.currency)}};
}

// What is still to be sent; refunds come in once their order is acknowledged.
class Desk {
  public:
    Desk(std::vector<Order> const& orders, std::vector<Refund> const& refunds, unsigned seed) : random_(seed) {
        for (auto const& refund : refunds)
            refunds_[refund.order_id].push_back(make("/v1/programs/retail/adjustments", body_of(refund), refund.refund_id));
        for (auto const& order : orders) {
            auto sent = make("/v1/programs/retail/conversions", body_of(order), order.order_id);
            sent.order_id = order.order_id;
            waiting_.push_back(std::move(sent));
        }
        std::shuffle(waiting_.begin(), waiting_.end(), random_);
    }

    std::optional<Sent> next() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !waiting_.empty() || under_way_ == 0; });
        if (waiting_.empty()) return std::nullopt;
        auto sent = std::move(waiting_.front());
        waiting_.pop_front();
        ++under_way_;
        return sent;
    }
    void acknowledged(Sent sent) {
        std::lock_guard const lock(mutex_);
        --under_way_;
        if (auto const found = refunds_.find(sent.order_id); found != refunds_.end()) {
            for (auto& refund : found->second) put(std::move(refund));
            refunds_.erase(found);
        }
        if (sent.repeats-- > 0) put(std::move(sent));
        changed_.notify_all();
    }
    std::size_t refunds_left() const { return refunds_.size(); }

  private:
    Sent make(std::string target, json::object const& body, std::string const& id) {
        std::uniform_int_distribution<int> die(0, 5);
        Sent sent{std::move(target), json::serialize(body), {}, {}, std::max(0, die(random_) - 3)};
        if (die(random_) == 0) sent.idempotency_key = "key-" + id;
        return sent;
    }
    // Anywhere among what waits: next to it, or long after.
    void put(Sent sent) {
        std::uniform_int_distribution<std::size_t> place(0, std::min<std::size_t>(waiting_.size(), 500));
        waiting_.insert(waiting_.begin() + static_cast<std::ptrdiff_t>(place(random_)), std::move(sent));
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::mt19937 random_;
    std::deque<Sent> waiting_;
    std::map<std::string, std::vector<Sent>> refunds_;  // by order
    int under_way_ = 0;
};

// The ids of the answers: a repeat is answered with the first one's.
class Ids {
  public:
    bool same(std::string const& body, std::string const& id) {
        std::lock_guard const lock(mutex_);
        return !id.empty() && ids_.try_emplace(body, id).first->second == id;
    }

  private:
    std::mutex mutex_;
    std::map<std::string, std::string> ids_;
};

void send_all(RunningServer const& server, std::string const& key, Desk& desk, Complaints& complaints) {
    Ids ids;
    in_parallel(clients, complaints, [&](int) {
        Session session(server, key);
        while (auto sent = desk.next()) {
            auto const answer = session.post_patiently(sent->target, sent->body, sent->idempotency_key);
            if (answer.status != 200 && answer.status != 201) complaints.add(sent->body + " -> " + answer.raw.body);
            else if (!ids.same(sent->body, answer.text("id"))) complaints.add(sent->body + " was recorded again: " + answer.raw.body);
            desk.acknowledged(std::move(*sent));
        }
    });
}

void enroll_partners(Session& session, std::vector<Order> const& orders) {
    std::map<std::string, bool> done;
    for (auto const& order : orders)
        if (!order.partner.empty() && !std::exchange(done[order.partner], true))
            BOOST_REQUIRE_EQUAL(session.post("/v1/programs/retail/partners", json::object{{"handle", order.partner}}).status, 201);
}

void check_verified(Installation const& installation) {
    auto const verified = installation.run({"verify"});
    BOOST_TEST(verified.exit_code() == 0, verified.out << verified.err);
}

Report report(Installation const& installation) {
    return parse_report(installation.done({"report", "partners", "--program", "retail", "--json"}));
}

}  // namespace

BOOST_DATA_TEST_CASE(sixty_four_clients_repeating_themselves_give_the_figures_of_the_files, boost::unit_test::data::make(retail_names()),
                     name) {
    auto const data = retail(name);
    auto const orders = data.read_orders();
    auto const refunds = data.read_refunds();
    Installation const installation;
    installation.done({"apply", demo("retail.toml")});
    RunningServer server(installation);
    Session operator_session(server, create_key(installation));
    enroll_partners(operator_session, orders);

    unsigned const seed = std::random_device()();
    BOOST_TEST_CONTEXT("seed " << seed) {
        Desk desk(orders, refunds, seed);
        Complaints complaints;
        std::atomic<bool> sending{true};
        std::thread verifier([&] {
            while (sending) {
                auto const verified = installation.run({"verify"});
                if (verified.exit_code() != 0) complaints.add("verify beside the server: " + verified.out + verified.err);
                std::this_thread::sleep_for(std::chrono::milliseconds(200));
            }
        });
        send_all(server, create_key(installation, {"--kind", "merchant", "--program", "retail"}), desk, complaints);
        sending = false;
        verifier.join();
        BOOST_TEST(complaints.text() == "");
        BOOST_TEST(desk.refunds_left() == 0u);

        auto const computed = computed_report(orders, refunds, end_of_time_s), told = report(installation);
        auto const expected = parsed(read_text(data.expected_file));
        BOOST_TEST(sum(told).gross == expected.at("commission_gross_cents").as_int64());
        BOOST_TEST(sum(told).reversed == expected.at("commission_reversed_cents").as_int64());
        BOOST_TEST(sum(told).net == expected.at("commission_net_cents").as_int64());
        BOOST_TEST(told.size() == expected.at("net_cents_by_partner").as_object().size());
        for (auto const& [partner, figures] : computed)
            BOOST_TEST_CONTEXT(partner) BOOST_TEST((told.contains(partner) ? told.at(partner) : Figures()) == figures);
        check_verified(installation);
        BOOST_TEST(server.stop().exit_code == 0);
        check_verified(installation);
        BOOST_TEST((report(installation) == told));
    }
}
