#include "unit/routing/dispatcher_fixture.hpp"

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(dispatcher)

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
