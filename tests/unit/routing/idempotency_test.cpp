#include <boost/test/unit_test.hpp>

#include <future>
#include <set>
#include <thread>

#include "auth/idempotency.hpp"
#include "unit/routing/made_server.hpp"

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(idempotency)

namespace {

Router write_routes() {
    Router router;
    auto add = [&](std::string method, std::string path, std::string scopes, TxHandler handle) {
        Route route;
        route.kind = RouteKind::write;
        route.method = std::move(method);
        route.path = std::move(path);
        route.scopes = std::move(scopes);
        route.handle = std::move(handle);
        router.add(route).value();
    };
    auto make = [](storage::Tx& tx, Request&, Response& response) -> Status {
        auto const number = tx.value<std::int64_t>("select count(*) from thing").value();
        tx.exec("insert into thing (name, n) values (:name, 1)", {storage::arg("name", std::to_string(number))});
        response.status = 201;
        response.set_header("location", "/things/" + std::to_string(number));
        response.body = "{\"n\":" + std::to_string(number) + "}";
        return {};
    };
    add("POST", "/things", "public operator partner", make);
    add("PATCH", "/things", "operator", make);
    add("POST", "/v1/programs/{program}/things", "operator merchant", make);
    add("POST", "/full", "operator", [](storage::Tx& tx, Request&, Response&) -> Status {
        tx.exec("insert into thing (name, n) values ('of a refusal', 1)");
        if (tx.value<std::int64_t>("select count(*) from thing").value() > 1) return Error(errc::invalid_state, "too late");
        return Error(errc::code_taken, "too early");
    });
    add("POST", "/fails", "operator", [](storage::Tx& tx, Request&, Response&) -> Status {
        if (tx.value<std::int64_t>("select count(*) from thing").value() == 0) return errc::busy;
        return {};
    });
    add("POST", "/secret", "operator", [](storage::Tx& tx, Request&, Response& response) -> Status {
        tx.exec("insert into thing (name, n) values ('key', 1)");
        response.status = 201;
        response.set_header("cache-control", "no-store");
        response.body = "{\"secret\":\"hunter2\"}";
        return {};
    });
    Route work;
    work.kind = RouteKind::worker;
    work.method = "POST";
    work.path = "/job";
    work.scopes = "public";
    work.work = [count = std::make_shared<std::atomic<int>>()](Request&, Response& response) -> Status {
        response.body = std::to_string(++*count);
        return {};
    };
    router.add(work).value();
    return router;
}

struct Server {
    MadeStorage made;
    std::string operator_key = made.new_key(auth::KeyKind::operator_), second_key = made.new_key(auth::KeyKind::operator_),
                test_key = made.new_key(auth::KeyKind::operator_, 0, true), partner_key = made.new_key(auth::KeyKind::partner, 77),
                other_partner_key = made.new_key(auth::KeyKind::partner, 78);
    std::unique_ptr<Dispatcher> dispatcher;

    Server() { start(); }
    void start() {
        DispatcherSettings settings;
        settings.access_log = false;
        settings.per_key = {};
        settings.per_address = {};
        dispatcher = std::make_unique<Dispatcher>(write_routes(), *made.storage, *made.keys, made.programs, made.clock, settings);
    }
    void restart() {
        dispatcher.reset();
        made.close();
        made.open();
        start();
    }
    std::unique_ptr<TestExchange> post(std::string target, std::string idempotency_key, std::string body = "{}",
                                       std::string key = "operator") {
        if (key == "operator") key = operator_key;
        return call(*dispatcher, "POST", std::move(target),
                    {.key = key, .body = std::move(body), .idempotency_key = std::move(idempotency_key)});
    }
    std::int64_t things() { return made.count("select count(*) from thing"); }
};

bool replayed(TestExchange const& answer) { return answer.header("idempotent-replayed") == "true"; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_retry_gets_the_first_answer_again) {
    Server server;
    auto const first = server.post("/things", "k1");
    auto const again = server.post("/things", "k1");
    BOOST_TEST(first->response.status == 201);
    BOOST_TEST(!replayed(*first));
    BOOST_TEST(replayed(*again));
    BOOST_TEST(again->response.status == 201);
    BOOST_TEST(again->response.body == first->response.body);
    BOOST_TEST(again->response.content_type == first->response.content_type);
    BOOST_TEST(again->header("location") == "/things/0");
    BOOST_TEST(server.things() == 1);
    BOOST_TEST(server.dispatcher->statistics().replayed == 1);
}

BOOST_AUTO_TEST_CASE(a_retry_after_a_restart_is_a_retry_too) {
    Server server;
    auto const first = server.post("/things", "k1");
    server.restart();
    auto const again = server.post("/things", "k1");
    BOOST_TEST(replayed(*again));
    BOOST_TEST(again->response.body == first->response.body);
    BOOST_TEST(server.things() == 1);
}

BOOST_AUTO_TEST_CASE(another_body_under_the_same_key_is_refused) {
    Server server;
    server.post("/things", "k1", "{\"a\":1}");
    for (std::string const& body : {std::string("{\"a\":2}"), std::string("{\"a\": 1}"), std::string("{\"a\":1}\n"), std::string()}) {
        BOOST_TEST_CONTEXT(body) {
            auto const refused = server.post("/things", "k1", body);
            BOOST_TEST(refused->response.status == 422);
            BOOST_TEST(refused->response.body.find("idempotency_key_reused") != std::string::npos);
            BOOST_TEST(!replayed(*refused));
        }
    }
    BOOST_TEST(server.post("/things?x=1", "k1", "{\"a\":1}")->response.status == 422);
    BOOST_TEST(replayed(*server.post("/things", "k1", "{\"a\":1}")));
    BOOST_TEST(server.things() == 1);
}

BOOST_AUTO_TEST_CASE(the_same_key_of_somebody_else_or_for_something_else_is_another) {
    Server server;
    BOOST_TEST(!replayed(*server.post("/things", "k1")));
    BOOST_TEST(!replayed(*server.post("/things", "k1", "{}", server.test_key)));
    BOOST_TEST(!replayed(*server.post("/things", "k1", "{}", server.partner_key)));
    BOOST_TEST(!replayed(*server.post("/things", "k1", "{}", server.other_partner_key)));
    BOOST_TEST(!replayed(*server.post("/things", "k1", "{}", "")));
    BOOST_TEST(!replayed(*call(*server.dispatcher, "POST", "/things", {.body = "{}", .idempotency_key = "k1", .ip = "192.0.2.77"})));
    BOOST_TEST(
        !replayed(*call(*server.dispatcher, "PATCH", "/things", {.key = server.operator_key, .body = "{}", .idempotency_key = "k1"})));
    BOOST_TEST(!replayed(*server.post("/v1/programs/shop/things", "k1")));
    BOOST_TEST(!replayed(*server.post("/v1/programs/club/things", "k1")));
    BOOST_TEST(!replayed(*server.post("/things", "K1")));
    BOOST_TEST(server.things() == 10);
    BOOST_TEST(replayed(*server.post("/things", "k1", "{}", server.second_key)));  // a key was rotated; the holder is the same
    BOOST_TEST(
        replayed(*call(*server.dispatcher, "PATCH", "/things", {.key = server.operator_key, .body = "{}", .idempotency_key = "k1"})));
    BOOST_TEST(server.things() == 10);
}

BOOST_AUTO_TEST_CASE(keys_that_are_not_well_formed_are_refused) {
    Server server;
    for (std::string const& key : {std::string(256, 'a'), std::string("a b"), std::string("é"), std::string("a\x7f")}) {
        BOOST_TEST_CONTEXT(key) {
            auto const refused = server.post("/things", key);
            BOOST_TEST(refused->response.status == 400);
            BOOST_TEST(refused->response.body.find("invalid_idempotency_key") != std::string::npos);
        }
    }
    auto const empty = call(*server.dispatcher, "POST", "/things", {.body = "{}", .headers = {{"idempotency-key", ""}}});
    BOOST_TEST(empty->response.status == 400);
    BOOST_TEST(server.things() == 0);
    BOOST_TEST(server.post("/things", std::string(255, 'a'))->response.status == 201);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_kept_and_its_rows_are_not) {
    Server server;
    auto const first = server.post("/full", "k1");
    BOOST_TEST(first->response.status == 409);
    BOOST_TEST(server.things() == 0);
    server.post("/things", "k2");
    auto const again = server.post("/full", "k1");
    BOOST_TEST(replayed(*again));
    BOOST_TEST(again->response.body == first->response.body);
    BOOST_TEST(again->response.content_type == "application/problem+json");
    BOOST_TEST(server.post("/full", "k3")->response.body.find("invalid_state") != std::string::npos);
    BOOST_TEST(server.things() == 1);
}

BOOST_AUTO_TEST_CASE(a_5xx_is_never_kept) {
    Server server;
    BOOST_TEST(server.post("/fails", "k1")->response.status == 503);
    server.post("/things", "k2");
    auto const again = server.post("/fails", "k1");
    BOOST_TEST(again->response.status == 200);
    BOOST_TEST(!replayed(*again));
}

BOOST_AUTO_TEST_CASE(an_answer_with_a_secret_is_kept_without_it) {
    Server server;
    BOOST_TEST(server.post("/secret", "k1")->response.body == "{\"secret\":\"hunter2\"}");
    BOOST_TEST(server.made.count("select count(*) from idempotency where body like '%hunter2%'") == 0);
    auto const again = server.post("/secret", "k1");
    BOOST_TEST(again->response.status == 409);
    BOOST_TEST(replayed(*again));
    BOOST_TEST(again->response.body.find("hunter2") == std::string::npos);
    BOOST_TEST(server.things() == 1);
}

BOOST_AUTO_TEST_CASE(of_concurrent_duplicates_exactly_one_runs) {
    Server server;
    constexpr int keys = 40, threads = 16;
    std::vector<std::vector<std::string>> bodies(threads);
    std::atomic<int> first_runs{0};
    std::vector<std::thread> clients;
    for (int t = 0; t < threads; ++t) {
        clients.emplace_back([&, t] {
            for (int k = 0; k < keys; ++k) {
                auto const answer = server.post("/things", "key-" + std::to_string((k + t) % keys));
                if (!replayed(*answer)) ++first_runs;
                if (answer->response.status == 201) bodies[t].push_back(std::to_string((k + t) % keys) + answer->response.body);
            }
        });
    }
    for (auto& client : clients) client.join();
    BOOST_TEST(first_runs == keys);
    BOOST_TEST(server.things() == keys);
    std::set<std::string> distinct;
    for (auto const& list : bodies) {
        BOOST_TEST(list.size() == static_cast<std::size_t>(keys));
        distinct.insert(list.begin(), list.end());
    }
    BOOST_TEST(distinct.size() == static_cast<std::size_t>(keys));
}

BOOST_AUTO_TEST_CASE(a_worker_route_is_not_run_twice_either) {
    Server server;
    auto const first = server.post("/job", "k1");
    auto const again = server.post("/job", "k1");
    BOOST_TEST(first->response.body == "1");
    BOOST_TEST(again->response.body == "1");
    BOOST_TEST(replayed(*again));
    BOOST_TEST(server.post("/job", "k1", "{\"other\":1}")->response.status == 422);
    BOOST_TEST(server.post("/job", "")->response.body == "2");
}

BOOST_AUTO_TEST_CASE(a_worker_route_that_still_runs_is_not_begun_again) {
    MadeStorage made;
    std::promise<void> entered, gate;
    Router router;
    Route work;
    work.kind = RouteKind::worker;
    work.method = "POST";
    work.path = "/job";
    work.scopes = "public";
    work.work = [&, open = gate.get_future().share()](Request&, Response& response) -> Status {
        entered.set_value();  // throws when it is called twice
        open.wait();
        response.body = "done";
        return {};
    };
    router.add(work).value();
    Dispatcher dispatcher(std::move(router), *made.storage, *made.keys, made.programs, made.clock);
    auto first = made_request("POST", "/job", {.body = "{}", .idempotency_key = "k1"});
    dispatcher.handle(*first);
    entered.get_future().wait();
    auto const second = call(dispatcher, "POST", "/job", {.body = "{}", .idempotency_key = "k1"});
    BOOST_TEST(second->response.status == 503);
    BOOST_TEST(second->header("retry-after") == "1");
    gate.set_value();
    first->wait();
    BOOST_TEST(first->response.body == "done");
    auto const third = call(dispatcher, "POST", "/job", {.body = "{}", .idempotency_key = "k1"});
    BOOST_TEST(third->response.body == "done");
    BOOST_TEST(replayed(*third));
}

namespace {

// Servers on one database with a worker route that waits to be let go.
struct Neighbourhood {
    MadeStorage made;
    std::atomic<int> runs{0};
    std::atomic<bool> open{false};
    std::set<std::string, std::less<>> alive{"one", "two"};

    std::unique_ptr<Dispatcher> server(std::string name) {
        Router router;
        Route work;
        work.kind = RouteKind::worker;
        work.method = "POST";
        work.path = "/job";
        work.scopes = "public";
        work.work = [this](Request& request, Response& response) -> Status {
            response.body = "run " + std::to_string(++runs);
            while (!open) std::this_thread::yield();
            if (request.body == "defect") throw std::runtime_error("it broke");
            return {};
        };
        router.add(work).value();
        DispatcherSettings settings;
        settings.neighbours = {std::move(name), [this](storage::Tx&, std::string_view other) { return alive.contains(other); }};
        return std::make_unique<Dispatcher>(std::move(router), *made.storage, *made.keys, made.programs, made.clock, settings);
    }
    std::unique_ptr<TestExchange> begin(Dispatcher& at, std::string const& body = "{}") {
        auto exchange = made_request("POST", "/job", {.body = body, .idempotency_key = "k1"});
        auto const before = runs.load();
        at.handle(*exchange);
        while (runs == before) std::this_thread::yield();
        return exchange;
    }
    static std::unique_ptr<TestExchange> ask(Dispatcher& at, std::string const& body = "{}") { return call(at, "POST", "/job", {.body = body, .idempotency_key = "k1"}); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_worker_route_is_run_once_by_two_servers_that_get_the_same_key) {
    Neighbourhood all;
    auto const one = all.server("one"), two = all.server("two");
    auto const first = all.begin(*one);
    BOOST_TEST(all.ask(*two)->response.status == 503);
    BOOST_TEST(all.runs == 1);
    all.open = true;
    first->wait();
    auto const second = all.ask(*two);
    BOOST_TEST(second->response.body == "run 1");
    BOOST_TEST(replayed(*second));
    BOOST_TEST(all.ask(*two, "{\"other\":1}")->response.status == 422);
    BOOST_TEST(all.runs == 1);
}

BOOST_AUTO_TEST_CASE(what_a_killed_server_was_at_another_one_does_and_keeps_when_the_first_is_slow_after_all) {
    Neighbourhood all;
    auto const one = all.server("one"), two = all.server("two");
    auto const first = all.begin(*one);
    all.alive.erase("one");
    auto const second = all.begin(*two);
    all.open = true;
    second->wait();
    first->wait();
    auto const kept = all.ask(*one)->response.body;
    BOOST_TEST((kept == "run 1" || kept == "run 2"));
    BOOST_TEST(all.ask(*two)->response.body == kept);
    BOOST_TEST(all.runs == 2);
}

BOOST_AUTO_TEST_CASE(a_claim_ends_with_a_failure_and_after_five_minutes) {
    Neighbourhood all;
    auto const one = all.server("one"), two = all.server("two");
    all.open = true;
    BOOST_TEST(all.ask(*one, "defect")->response.status == 500);
    all.open = false;
    auto const second = all.begin(*two);
    BOOST_TEST(all.ask(*one)->response.status == 503);
    all.made.clock.advance(5 * minute_us + 1);
    auto const third = all.begin(*one);
    all.open = true;
    second->wait();
    third->wait();
    BOOST_TEST(all.runs == 3);
}

BOOST_AUTO_TEST_CASE(a_dry_run_under_a_key_does_not_use_it_up) {
    Server server;
    BOOST_TEST(server.post("/things?dry_run=1", "k1")->response.status == 201);
    auto const real = server.post("/things", "k1");
    BOOST_TEST(real->response.status == 201);
    BOOST_TEST(!replayed(*real));
    BOOST_TEST(!replayed(*server.post("/things?dry_run=1", "k1")));
    BOOST_TEST(server.things() == 1);
}

BOOST_AUTO_TEST_CASE(old_answers_are_purged) {
    Server server;
    for (int i = 0; i < 5; ++i) {
        server.post("/things", "old-" + std::to_string(i));
        server.made.clock.advance(second_us);
    }
    server.made.clock.advance(auth::idempotency_kept_us - 2 * second_us);
    server.post("/things", "new");
    auto purge = [&](std::int64_t limit) {
        std::int64_t gone = 0;
        server.made.storage->write([&](storage::Tx& tx) {
            gone = auth::purge_answers(tx, server.made.clock.now_us(), limit);
            return true;
        });
        return gone;
    };
    BOOST_TEST(purge(1) == 1);
    BOOST_TEST(purge(100) == 2);
    BOOST_TEST(purge(100) == 0);
    BOOST_TEST(!replayed(*server.post("/things", "old-0")));
    BOOST_TEST(replayed(*server.post("/things", "old-4")));
    BOOST_TEST(replayed(*server.post("/things", "new")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
