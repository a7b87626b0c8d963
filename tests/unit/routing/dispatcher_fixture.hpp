// A dispatcher over a real storage with routes of every kind, for its tests.
#pragma once

#include <boost/test/unit_test.hpp>

#include <future>
#include <thread>

#include "routing/dispatcher.hpp"
#include "unit/routing/made_server.hpp"

namespace partnerd::routing {

inline std::string code_of(TestExchange const& exchange) {
    auto const at = exchange.response.body.find("\"code\":\"");
    if (exchange.response.content_type != "application/problem+json" || at == std::string::npos) return "";
    auto const begin = at + 8;
    return exchange.response.body.substr(begin, exchange.response.body.find('"', begin) - begin);
}

inline std::string outcome(TestExchange const& exchange) {
    auto const code = code_of(exchange);
    return std::to_string(exchange.response.status) + (code.empty() ? "" : " " + code);
}

inline Route route(RouteKind kind, std::string method, std::string path, std::string scopes) {
    Route made;
    made.kind = kind;
    made.method = std::move(method);
    made.path = std::move(path);
    made.scopes = std::move(scopes);
    return made;
}

inline Status tell(storage::Tx&, Request& request, Response& response) {
    response.body = std::to_string(static_cast<int>(request.principal.kind)) + " " + std::to_string(request.principal.id) + " " +
                    std::to_string(request.program) + (request.principal.test ? " test" : "");
    return {};
}

inline Status insert(storage::Tx& tx, std::string_view name) {
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


}  // namespace partnerd::routing
