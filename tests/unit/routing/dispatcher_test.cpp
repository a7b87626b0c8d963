#include "routing/dispatcher.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <thread>

#include "unit/routing/made_server.hpp"

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(dispatcher)

namespace {

std::string code_of(TestExchange const& exchange) {
    auto const at = exchange.response.body.find("\"code\":\"");
    if (exchange.response.content_type != "application/problem+json" || at == std::string::npos) return "";
    auto const begin = at + 8;
    return exchange.response.body.substr(begin, exchange.response.body.find('"', begin) - begin);
}

std::string outcome(TestExchange const& exchange) {
    auto const code = code_of(exchange);
    return std::to_string(exchange.response.status) + (code.empty() ? "" : " " + code);
}

Route route(RouteKind kind, std::string method, std::string path, std::string scopes) {
    Route made;
    made.kind = kind;
    made.method = std::move(method);
    made.path = std::move(path);
    made.scopes = std::move(scopes);
    return made;
}

Status tell(storage::Tx&, Request& request, Response& response) {
    response.body = std::to_string(static_cast<int>(request.principal.kind)) + " " + std::to_string(request.principal.id) + " " +
                    std::to_string(request.program) + (request.principal.test ? " test" : "");
    return {};
}

Status insert(storage::Tx& tx, std::string_view name) {
    tx.exec("insert into thing (name, n) values (:name, 1)", {storage::arg("name", name)});
    return {};
}

// Routes of every kind and every way to end.
struct Ways {
    MadeStorage& made;
    std::atomic<int> loads{0};
    std::map<std::string, int> cache;
    std::mutex mutex;
    std::promise<Exchange*> deferred;
    std::promise<void> gate;
    std::shared_future<void> open_gate{gate.get_future().share()};

    void add_writes(Router& router) {
        auto write = [&](std::string path, TxHandler handle) {
            auto added = route(RouteKind::write, "POST", std::move(path), "operator");
            added.handle = std::move(handle);
            router.add(added).value();
        };
        write("/insert", [](storage::Tx& tx, Request& request, Response& response) -> Status {
            response.status = 201;
            response.set_header("location", "/things/1");
            response.body = "{\"made\":\"" + request.body + "\"}";
            return insert(tx, request.body);
        });
        write("/refuse", [](storage::Tx& tx, Request& request, Response&) -> Status {
            insert(tx, request.body).value();
            return Error(errc::code_taken, "taken");
        });
        write("/throw-refused", [](storage::Tx& tx, Request& request, Response&) -> Status {
            insert(tx, request.body).value();
            throw Refused(Error(errc::invalid_state, "not now"));
        });
        write("/throw", [](storage::Tx& tx, Request& request, Response& response) -> Status {
            response.status = 201;
            insert(tx, request.body).value();
            throw std::runtime_error("a defect");
        });
        write("/doom", [](storage::Tx& tx, Request& request, Response& response) -> Status {
            insert(tx, request.body).value();
            try {
                tx.exec("insert into nowhere (x) values (1)");
            } catch (storage::Failure const&) {
                response.status = 201;  // pretends that nothing happened
            }
            return {};
        });
        write("/commit-422", [](storage::Tx& tx, Request& request, Response& response) -> Status {
            response.status = 422;
            return insert(tx, request.body);
        });
        write("/internal", [](storage::Tx& tx, Request& request, Response&) -> Status {
            insert(tx, request.body).value();
            return errc::plugin_failed;
        });
    }

    void add_rest(Router& router) {
        auto slow = route(RouteKind::worker, "POST", "/slow", "public");
        slow.work = [this](Request&, Response& response) -> Status {
            open_gate.wait();
            response.body = "slow";
            return {};
        };
        router.add(slow).value();
        auto patience = route(RouteKind::read, "GET", "/late", "public");
        patience.timeout_ms = 100;
        patience.handle = tell;
        router.add(patience).value();
        auto throws = route(RouteKind::read, "GET", "/read-throws", "public");
        throws.handle = [](storage::Tx&, Request&, Response&) -> Status { throw std::runtime_error("a defect"); };
        router.add(throws).value();
        auto writes = route(RouteKind::read, "GET", "/read-writes", "public");
        writes.handle = [](storage::Tx& tx, Request&, Response&) -> Status { return insert(tx, "by a read"); };
        router.add(writes).value();
        auto form = route(RouteKind::worker, "POST", "/form", "public");
        form.accepts = "application/json application/x-www-form-urlencoded";
        form.work = [](Request& request, Response& response) -> Status {
            response.body = std::string(request.param("a").value_or("none")) + "," + std::string(request.param("a", 1).value_or("none"));
            return {};
        };
        router.add(form).value();
        auto live = route(RouteKind::io, "GET", "/livez", "public");
        live.while_draining = true;
        live.io = [](Exchange& exchange, std::function<void()>&) {
            exchange.response.body = "ok";
            return IoFlow::answered;
        };
        router.add(live).value();
    }

    void add_io(Router& router) {
        auto cached = route(RouteKind::io, "GET", "/cached/{name}", "public");
        cached.io = [this](Exchange& exchange, std::function<void()>& load) {
            std::string const name(exchange.request.param("name").value());
            std::lock_guard const lock(mutex);
            auto const found = cache.find(name);
            if (found != cache.end()) {
                exchange.response.body = std::to_string(found->second);
                return IoFlow::answered;
            }
            load = [this, name] {
                ++loads;
                if (name == "throws") throw std::runtime_error("a defect");
                if (name == "fails") throw storage::Failure(storage::Failure::Category::connection, "gone");
                std::lock_guard const inner(mutex);
                if (name != "never") cache[name] = 42;
            };
            return IoFlow::load;
        };
        router.add(cached).value();
        auto later = route(RouteKind::io, "GET", "/later", "public");
        later.io = [this](Exchange& exchange, std::function<void()>&) {
            deferred.set_value(&exchange);
            return IoFlow::deferred;
        };
        router.add(later).value();
        auto throws = route(RouteKind::io, "GET", "/io-throws", "public");
        throws.io = [](Exchange&, std::function<void()>&) -> IoFlow { throw std::runtime_error("a defect"); };
        router.add(throws).value();
    }

    Router router() {
        Router made_router;
        for (auto const& [path, scopes] :
             std::vector<std::pair<std::string, std::string>>{{"/public", "public"},
                                                              {"/operator", "operator"},
                                                              {"/merchant", "merchant"},
                                                              {"/partner", "partner"},
                                                              {"/any", "operator merchant partner"},
                                                              {"/optional", "public partner"},
                                                              {"/v1/programs/{program}/public", "public"},
                                                              {"/v1/programs/{program}/all", "operator merchant partner"}}) {
            auto added = route(RouteKind::read, "GET", path, scopes);
            added.handle = tell;
            made_router.add(added).value();
        }
        auto plugin = route(RouteKind::read, "GET", "/v1/programs/{program}/coupons/x", "public");
        plugin.plugin = "coupons";
        plugin.handle = tell;
        made_router.add(plugin).value();
        add_writes(made_router);
        add_rest(made_router);
        add_io(made_router);
        return made_router;
    }
};

struct Running {
    MadeStorage made;
    Ways ways{made};
    std::string operator_key = made.new_key(auth::KeyKind::operator_), merchant_key = made.new_key(auth::KeyKind::merchant, 11),
                partner_key = made.new_key(auth::KeyKind::partner, 77), test_key = made.new_key(auth::KeyKind::partner, 77, true),
                reading_key = made.new_key(auth::KeyKind::operator_, 0, false, "read");
    std::unique_ptr<Dispatcher> dispatcher;

    explicit Running(DispatcherSettings settings = {}) {
        settings.access_log = false;
        dispatcher = std::make_unique<Dispatcher>(ways.router(), *made.storage, *made.keys, made.programs, made.clock, settings);
    }
    ~Running() {
        try {
            ways.gate.set_value();
        } catch (std::future_error const&) {  // the test opened it
        }
        dispatcher.reset();
    }
    std::unique_ptr<TestExchange> ask(std::string method, std::string target, Sent sent = {}) {
        return call(*dispatcher, std::move(method), std::move(target), std::move(sent));
    }
    std::unique_ptr<TestExchange> post(std::string target, std::string body, std::string key = {}) {
        return ask("POST", std::move(target), {.key = operator_key, .body = std::move(body), .idempotency_key = std::move(key)});
    }
    std::int64_t things() { return made.count("select count(*) from thing"); }
    std::int64_t kept() { return made.count("select count(*) from idempotency"); }
};

}  // namespace

BOOST_AUTO_TEST_CASE(each_kind_of_key_reaches_what_is_its_own) {
    Running server;
    struct Case {
        char const* path;
        std::string key, outcome;
    };
    auto const bad = server.operator_key.substr(0, server.operator_key.size() - 1) + (server.operator_key.back() == '0' ? "1" : "0");
    for (auto const& c : std::vector<Case>{{"/operator", "", "401 missing_key"},
                                           {"/operator", bad, "401 invalid_key"},
                                           {"/operator", "pd_op_live_", "401 invalid_key"},
                                           {"/operator", "' or 1=1 --", "401 invalid_key"},
                                           {"/operator", server.operator_key + "0", "401 invalid_key"},
                                           {"/operator", server.merchant_key, "403 forbidden"},
                                           {"/operator", server.partner_key, "403 forbidden"},
                                           {"/operator", server.test_key, "403 forbidden"},
                                           {"/merchant", "", "401 missing_key"},
                                           {"/merchant", server.operator_key, "403 forbidden"},
                                           {"/merchant", server.partner_key, "403 forbidden"},
                                           {"/partner", server.operator_key, "403 forbidden"},
                                           {"/partner", server.merchant_key, "403 forbidden"},
                                           {"/any", "", "401 missing_key"},
                                           {"/any", bad, "401 invalid_key"},
                                           {"/optional", bad, "401 invalid_key"},
                                           {"/optional", server.merchant_key, "403 forbidden"},
                                           {"/v1/programs/club/all", server.merchant_key, "404 unknown_program"},
                                           {"/v1/programs/none/all", server.merchant_key, "404 unknown_program"},
                                           {"/v1/programs/none/all", server.operator_key, "404 unknown_program"},
                                           {"/operator", server.operator_key, "200"},
                                           {"/operator", server.reading_key, "200"},
                                           {"/merchant", server.merchant_key, "200"},
                                           {"/partner", server.partner_key, "200"},
                                           {"/partner", server.test_key, "200"},
                                           {"/any", server.merchant_key, "200"},
                                           {"/optional", "", "200"},
                                           {"/optional", server.partner_key, "200"},
                                           {"/public", "", "200"},
                                           {"/public", bad, "200"},
                                           {"/v1/programs/shop/all", server.merchant_key, "200"},
                                           {"/v1/programs/club/all", server.operator_key, "200"}}) {
        BOOST_TEST_CONTEXT(c.path << " " << c.key.substr(0, 10) << " " << c.outcome) {
            auto const answer = server.ask("GET", c.path, {.key = c.key});
            BOOST_TEST(outcome(*answer) == c.outcome);
            bool const challenged = !answer->header("www-authenticate").empty();
            BOOST_TEST(challenged == (answer->response.status == 401));
            BOOST_TEST(answer->finished() == 1);
        }
    }
    BOOST_TEST(outcome(*server.ask("GET", "/operator", {.headers = {{"authorization", "Basic " + server.operator_key}}})) ==
               "401 invalid_key");
    BOOST_TEST(outcome(*server.ask("GET", "/operator", {.headers = {{"authorization", server.operator_key}}})) == "401 invalid_key");
    BOOST_TEST(outcome(*server.ask("GET", "/operator", {.headers = {{"authorization", "bearer " + server.operator_key}}})) == "200");
    BOOST_TEST(outcome(*server.ask("POST", "/insert", {.key = server.reading_key, .body = "x"})) == "403 forbidden");
    BOOST_TEST(server.things() == 0);
}

BOOST_AUTO_TEST_CASE(a_route_learns_who_asks_and_for_which_program) {
    Running server;
    BOOST_TEST(server.ask("GET", "/any", {.key = server.operator_key})->response.body == "1 0 0");
    BOOST_TEST(server.ask("GET", "/v1/programs/shop/all", {.key = server.merchant_key})->response.body == "2 11 11");
    BOOST_TEST(server.ask("GET", "/partner", {.key = server.test_key})->response.body == "3 77 0 test");
    BOOST_TEST(server.ask("GET", "/v1/programs/" + format_id("prg", 12) + "/public")->response.body == "0 0 12");
    BOOST_TEST(server.ask("GET", "/v1/programs/%73hop/public")->response.body == "0 0 11");
}

BOOST_AUTO_TEST_CASE(a_revoked_or_expired_key_no_longer_opens) {
    Running server;
    Id id = 0;
    std::string expiring;
    server.made.storage->write([&](storage::Tx& tx) {
        id = auth::list_keys(tx, auth::KeyKind::merchant).at(0).holder.key;
        auth::revoke_key(tx, *server.made.keys, id, server.made.clock.now_us()).value();
        expiring =
            auth::create_key(tx, *server.made.keys, server.made.mint,
                             {auth::KeyKind::operator_, 0, false, "", "", server.made.clock.now_us() + 1000}, server.made.clock.now_us())
                .value()
                .secret;
        return true;
    });
    BOOST_TEST(outcome(*server.ask("GET", "/merchant", {.key = server.merchant_key})) == "401 invalid_key");
    BOOST_TEST(outcome(*server.ask("GET", "/operator", {.key = expiring})) == "200");
    server.made.clock.advance(1000);
    BOOST_TEST(outcome(*server.ask("GET", "/operator", {.key = expiring})) == "401 invalid_key");
}

BOOST_AUTO_TEST_CASE(methods_and_paths_that_are_not_there) {
    Running server;
    BOOST_TEST(outcome(*server.ask("GET", "/nothing")) == "404 not_found");
    BOOST_TEST(outcome(*server.ask("GET", "/cached/%00")) == "400 malformed_request");
    auto const refused = server.ask("DELETE", "/operator");
    BOOST_TEST(outcome(*refused) == "405 method_not_allowed");
    BOOST_TEST(refused->header("allow") == "GET, HEAD, OPTIONS");
    auto const options = server.ask("OPTIONS", "/insert");
    BOOST_TEST(options->response.status == 204);
    BOOST_TEST(options->header("allow") == "OPTIONS, POST");
    BOOST_TEST(outcome(*server.ask("OPTIONS", "/nothing")) == "404 not_found");
    BOOST_TEST(outcome(*server.ask("HEAD", "/public")) == "200");
    BOOST_TEST(outcome(*server.ask("GET", "/public?a=%zz")) == "400 invalid_query");
    BOOST_TEST(server.dispatcher->body_limit("POST", "/insert") == 64u * 1024);
    BOOST_TEST(server.dispatcher->body_limit("POST", "/nothing") == 0u);
}

BOOST_AUTO_TEST_CASE(a_plugins_route_exists_only_where_the_plugin_is_enabled) {
    Running server;
    BOOST_TEST(outcome(*server.ask("GET", "/v1/programs/shop/coupons/x")) == "200");
    BOOST_TEST(outcome(*server.ask("GET", "/v1/programs/club/coupons/x")) == "404 not_found");
    BOOST_TEST(outcome(*server.ask("GET", "/v1/programs/none/coupons/x")) == "404 unknown_program");
}

BOOST_AUTO_TEST_CASE(a_body_of_another_type_is_refused) {
    Running server;
    for (auto const* type : {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"}) {
        BOOST_TEST_CONTEXT(type) {
            auto const answer = server.ask("POST", "/insert", {.key = server.operator_key, .body = "a=1", .type = type});
            BOOST_TEST(outcome(*answer) == "415 unsupported_media_type");
        }
    }
    BOOST_TEST(outcome(*server.ask("POST", "/insert",
                                   {.key = server.operator_key, .body = "x", .type = "Application/JSON; charset=utf-8"})) == "201");
    BOOST_TEST(server.ask("POST", "/form?a=1", {.body = "a=%C3%A9&b=2", .type = "application/x-www-form-urlencoded"})->response.body ==
               "1,é");
    BOOST_TEST(server.ask("POST", "/form?a=1", {.body = "{}"})->response.body == "1,none");
    BOOST_TEST(outcome(*server.ask("POST", "/form", {.body = "a=%ff", .type = "application/x-www-form-urlencoded"})) ==
               "400 invalid_query");
}

BOOST_AUTO_TEST_CASE(a_write_commits_or_leaves_nothing) {
    Running server;
    struct Case {
        char const *path, *outcome;
        int rows;
    };
    for (auto const& c : {Case{"/refuse", "409 code_taken", 0}, Case{"/throw-refused", "409 invalid_state", 0},
                          Case{"/throw", "500 internal", 0}, Case{"/doom", "500 internal", 0}, Case{"/internal", "500 plugin_failed", 0},
                          Case{"/commit-422", "422", 1}, Case{"/insert", "201", 1}}) {
        for (bool const keyed : {false, true}) {
            BOOST_TEST_CONTEXT(c.path << " " << keyed) {
                auto const before = server.things();
                auto const answer = server.post(c.path, std::string(c.path) + (keyed ? "1" : "0"), keyed ? "key" : "");
                BOOST_TEST(outcome(*answer) == c.outcome);
                BOOST_TEST(server.things() - before == c.rows);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_unique_index_that_breaks_is_our_defect_and_leaves_nothing) {
    Running server;
    BOOST_TEST(outcome(*server.post("/insert", "a")) == "201");
    BOOST_TEST(outcome(*server.post("/insert", "a")) == "500 internal");
    BOOST_TEST(server.things() == 1);
}

BOOST_AUTO_TEST_CASE(a_dry_run_answers_as_it_would_and_keeps_nothing) {
    Running server;
    auto const dry = server.post("/insert?dry_run=1", "a", "key");
    BOOST_TEST(outcome(*dry) == "201");
    BOOST_TEST(dry->response.body == "{\"made\":\"a\"}");
    BOOST_TEST(dry->header("dry-run") == "true");
    BOOST_TEST(server.things() == 0);
    BOOST_TEST(server.kept() == 0);
    BOOST_TEST(outcome(*server.post("/refuse?dry_run=1", "a")) == "409 code_taken");
    BOOST_TEST(outcome(*server.post("/throw?dry_run=1", "a")) == "500 internal");
    BOOST_TEST(outcome(*server.post("/insert?dry_run=yes", "a")) == "400 invalid_query");
    auto const wet = server.post("/insert?dry_run=0", "a");
    BOOST_TEST(outcome(*wet) == "201");
    BOOST_TEST(wet->header("dry-run") == "");
    BOOST_TEST(server.things() == 1);
}

BOOST_AUTO_TEST_CASE(reads_that_fail_are_answered) {
    Running server;
    BOOST_TEST(outcome(*server.ask("GET", "/read-throws")) == "500 internal");
    BOOST_TEST(server.ask("GET", "/read-writes")->response.status >= 500);
    BOOST_TEST(server.things() == 0);
    auto late = made_request("GET", "/late");
    late->request.arrived_us = server.made.clock.now_us() - 101'000;
    server.dispatcher->handle(*late);
    late->wait();
    BOOST_TEST(outcome(*late) == "504 deadline_exceeded");
}

BOOST_AUTO_TEST_CASE(an_io_route_is_called_again_after_its_load) {
    Running server;
    BOOST_TEST(server.ask("GET", "/cached/a")->response.body == "42");
    BOOST_TEST(server.ask("GET", "/cached/a")->response.body == "42");
    BOOST_TEST(server.ways.loads == 1);
    BOOST_TEST(outcome(*server.ask("GET", "/cached/throws")) == "500 internal");
    BOOST_TEST(outcome(*server.ask("GET", "/cached/fails")) == "503 storage_failed");
    BOOST_TEST(server.ways.loads == 3);
    BOOST_TEST(outcome(*server.ask("GET", "/cached/never")) == "500 internal");
    BOOST_TEST(server.ways.loads == 10);
    BOOST_TEST(outcome(*server.ask("GET", "/io-throws")) == "500 internal");
}

BOOST_AUTO_TEST_CASE(a_deferred_request_is_finished_by_its_owner) {
    Running server;
    auto later = made_request("GET", "/later");
    server.dispatcher->handle(*later);
    auto* const exchange = server.ways.deferred.get_future().get();
    BOOST_TEST(later->finished() == 0);
    BOOST_TEST(server.dispatcher->statistics().in_flight == 1u);
    BOOST_TEST(!server.dispatcher->wait_idle(std::chrono::milliseconds(10)));
    exchange->response.body = "later";
    exchange->complete();
    BOOST_TEST(later->finished() == 1);
    BOOST_TEST(server.dispatcher->wait_idle(std::chrono::milliseconds(10)));
}

BOOST_AUTO_TEST_CASE(when_the_workers_queue_is_full_the_answer_is_503) {
    Running server({.workers = 1, .worker_queue_max = 2});
    std::vector<std::unique_ptr<TestExchange>> waiting;
    for (int i = 0; i < 8; ++i) {
        waiting.push_back(made_request("POST", "/slow"));
        server.dispatcher->handle(*waiting.back());
    }
    int busy = 0;
    for (auto const& exchange : waiting) {
        if (exchange->finished() == 0) continue;
        ++busy;
        BOOST_TEST(outcome(*exchange) == "503 busy");
        BOOST_TEST(exchange->header("retry-after") == "1");
    }
    BOOST_TEST(busy >= 5);
    BOOST_TEST(busy <= 6);
    server.ways.gate.set_value();
    for (auto const& exchange : waiting) exchange->wait();
    BOOST_TEST(server.dispatcher->wait_idle(std::chrono::seconds(5)));
}

BOOST_AUTO_TEST_CASE(a_draining_server_finishes_what_it_has_and_takes_nothing_new) {
    Running server;
    auto slow = made_request("POST", "/slow");
    server.dispatcher->handle(*slow);
    server.dispatcher->drain();
    auto const refused = server.ask("GET", "/public");
    BOOST_TEST(outcome(*refused) == "503 draining");
    BOOST_TEST(refused->header("retry-after") == "1");
    BOOST_TEST(outcome(*server.post("/insert", "a")) == "503 draining");
    BOOST_TEST(outcome(*server.ask("GET", "/livez")) == "200");
    BOOST_TEST(!server.dispatcher->wait_idle(std::chrono::milliseconds(5)));
    server.ways.gate.set_value();
    slow->wait();
    BOOST_TEST(slow->response.body == "slow");
    BOOST_TEST(server.dispatcher->wait_idle(std::chrono::seconds(5)));
    BOOST_TEST(server.things() == 0);
}

BOOST_AUTO_TEST_CASE(a_dispatcher_that_goes_away_answers_all_it_took) {
    std::vector<std::unique_ptr<TestExchange>> taken;
    {
        Running server({.workers = 2});
        for (int i = 0; i < 40; ++i) {
            taken.push_back(made_request(i % 4 == 1 ? "POST" : "GET", i % 4 == 0   ? "/cached/" + std::to_string(i)
                                                                      : i % 4 == 1 ? "/slow"
                                                                      : i % 4 == 2 ? "/public"
                                                                                   : "/cached/never"));
            server.dispatcher->handle(*taken.back());
            taken.push_back(made_request("POST", "/insert", {.key = server.operator_key, .body = std::to_string(i)}));
            server.dispatcher->handle(*taken.back());
        }
        server.ways.gate.set_value();
    }
    for (auto const& exchange : taken) BOOST_TEST(exchange->finished() == 1);
}

BOOST_AUTO_TEST_CASE(rates_are_limited_by_key_and_by_address) {
    Running server({.per_key = {1, 3}, .per_address = {1, 2}});
    for (int i = 0; i < 3; ++i) {
        auto const answer = server.ask("GET", "/any", {.key = server.partner_key});
        BOOST_TEST(outcome(*answer) == "200");
        BOOST_TEST(answer->header("ratelimit-limit") == "3");
        BOOST_TEST(answer->header("ratelimit-remaining") == std::to_string(2 - i));
        BOOST_TEST(answer->header("ratelimit-reset") == std::to_string(i + 1));
    }
    auto const refused = server.ask("GET", "/any", {.key = server.partner_key});
    BOOST_TEST(outcome(*refused) == "429 rate_limited");
    BOOST_TEST(refused->header("retry-after") == "1");
    BOOST_TEST(refused->header("ratelimit-remaining") == "0");
    BOOST_TEST(outcome(*server.ask("GET", "/any", {.key = server.operator_key})) == "200");
    BOOST_TEST(outcome(*server.ask("GET", "/public", {.ip = "192.0.2.9"})) == "200");
    BOOST_TEST(outcome(*server.ask("GET", "/public", {.ip = "192.0.2.9"})) == "200");
    BOOST_TEST(outcome(*server.ask("GET", "/public", {.ip = "192.0.2.9"})) == "429 rate_limited");
    BOOST_TEST(outcome(*server.ask("GET", "/livez", {.ip = "192.0.2.9"})) == "200");
    server.made.clock.advance(second_us);
    BOOST_TEST(outcome(*server.ask("GET", "/any", {.key = server.partner_key})) == "200");
    BOOST_TEST(server.dispatcher->statistics().rate_limited == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
