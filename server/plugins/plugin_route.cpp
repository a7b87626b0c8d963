#include "plugins/plugin_route.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include "plugins/c_text.hpp"
#include "plugins/cache_load.hpp"
#include "plugins/deferred.hpp"

namespace partnerd::plugins {
namespace {

Result<std::string> mounted(Instance const& instance, std::string_view path) {
    if (path.starts_with("//")) {
        if (instance.root_routes) return std::string(path.substr(1));
        return Error(errc::invalid_field,
                     "the root route " + std::string(path.substr(1)) + " needs root_routes = true in the plugin's configuration");
    }
    if (!path.starts_with("/")) return Error(errc::invalid_field, "a path begins with '/'");
    return "/v1/programs/{program}/" + instance.id + std::string(path == "/" ? "" : path);
}

Status check(partnerd_route const& route) {
    static constexpr std::array<std::string_view, 5> methods = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    if (route.handle == nullptr) return Error(errc::invalid_field, "a route has a handler");
    if (std::ranges::find(methods, sv_or_empty(route.method)) == methods.end())
        return Error(errc::invalid_field, "a method is GET, POST, PUT, PATCH or DELETE");
    if (route.kind < PARTNERD_ROUTE_READ || route.kind > PARTNERD_ROUTE_WORKER)
        return Error(errc::invalid_field, "there is no such kind of route");
    if (route.timeout_ms < 0) return Error(errc::invalid_field, "a timeout is not negative");
    std::istringstream scopes{std::string(sv_or_empty(route.scopes))};
    for (std::string scope; scopes >> scope;)
        if (scope != "public" && scope != "operator" && scope != "merchant" && scope != "partner")
            return Error(errc::invalid_field, "there is no scope " + scope + ": public, operator, merchant, partner");
    return {};
}

// "GET /r/{}": what collides is equal.
std::string shape(std::string_view method, std::string_view path) {
    std::string out(method);
    out += ' ';
    bool inside = false;
    for (char const c : path) {
        if (c == '}') inside = false;
        if (!inside) out += c;
        if (c == '{') inside = true;
    }
    return out;
}

Status running(Instance const& instance) {
    if (instance.state == State::running) return {};
    return Error(errc::draining, "plugin " + instance.id + " does not run");
}

routing::IoFlow answer_now(routing::Exchange& exchange, Error const& error) {
    exchange.response.clear();
    exchange.response.problem(error);
    return routing::IoFlow::answered;
}

routing::IoFlow call_io(Instance& instance, partnerd_route const& route, routing::Exchange& exchange, std::function<void()>& load) {
    if (auto const status = running(instance); !status) return answer_now(exchange, status.error());
    exchange.response.clear();
    Frame frame(instance, Role::io, nullptr, &exchange.request, &exchange.response);
    frame.exchange = &exchange;
    frame.timeout_ms = route.timeout_ms;
    auto error = fresh_error();
    auto const status = route.handle(route.user, nullptr, frame.c_request(), frame.c_response(), &error);
    if (status == PARTNERD_LOAD && frame.wanted_cache >= 0 && frame.deferred == nullptr) {
        load = load_later(instance, exchange, frame.wanted_cache, std::move(frame.wanted_key));
        return routing::IoFlow::load;
    }
    forget_loaded(exchange);
    if (frame.deferred != nullptr && status == PARTNERD_DEFERRED)
        return frame.deferred->returned() ? routing::IoFlow::deferred : routing::IoFlow::answered;
    if (frame.deferred != nullptr) frame.deferred->abandon();
    if (status < 0) return answer_now(exchange, plugin_error(instance.id, status, error));
    if (status == PARTNERD_OK && frame.deferred == nullptr) return routing::IoFlow::answered;
    return answer_now(exchange,
                      Error(errc::plugin_failed, "plugin " + instance.id + " deferred and did not say so, or the other way round"));
}

void set_handler(Instance& instance, partnerd_route const& given, routing::Route& route) {
    switch (given.kind) {
        case PARTNERD_ROUTE_READ:
        case PARTNERD_ROUTE_WRITE:
            route.handle = [&instance, given](storage::Tx& tx, routing::Request& request, routing::Response& response) -> Status {
                if (auto status = running(instance); !status) return status;
                return call_in_tx(
                    instance, tx,
                    [&](Frame& frame, partnerd_error* e) {
                        return given.handle(given.user, frame.c_tx(), frame.c_request(), frame.c_response(), e);
                    },
                    &request, &response);
            };
            return;
        case PARTNERD_ROUTE_WORKER:
            route.work = [&instance, given](routing::Request& request, routing::Response& response) -> Status {
                if (auto status = running(instance); !status) return status;
                Frame frame(instance, Role::worker, nullptr, &request, &response);
                auto error = fresh_error();
                auto const status = given.handle(given.user, nullptr, frame.c_request(), frame.c_response(), &error);
                return status >= 0 ? Status() : Status(plugin_error(instance.id, status, error));
            };
            return;
        default:
            route.io = [&instance, given](routing::Exchange& exchange, std::function<void()>& load) {
                return call_io(instance, given, exchange, load);
            };
    }
}

}  // namespace

Result<routing::Route> plugin_route(Instance& instance, partnerd_route const& given) {
    if (auto const status = check(given); !status) return status.error();
    auto path = mounted(instance, sv_or_empty(given.path));
    if (!path) return path.error();
    auto bound = given;
    if (bound.timeout_ms == 0) bound.timeout_ms = routing::Route{}.timeout_ms;
    routing::Route route;
    route.kind = static_cast<routing::RouteKind>(given.kind);
    route.method = given.method;
    route.path = std::move(*path);
    route.scopes = given.scopes == nullptr ? "operator" : given.scopes;
    route.plugin = instance.id;
    route.summary = sv_or_empty(given.summary);
    if (given.accepts != nullptr) route.accepts = given.accepts;
    if (given.max_body != 0) route.max_body = given.max_body;
    route.timeout_ms = bound.timeout_ms;
    bound.method = bound.path = bound.scopes = bound.summary = bound.accepts = nullptr;  // the plugin's memory
    set_handler(instance, bound, route);
    return route;
}

std::string who_has(Instance const& instance, routing::Route const& route) {
    auto const wanted = shape(route.method, route.path);
    for (auto const& [method, path] : instance.services->core_routes())
        if (shape(method, path) == wanted) return "the core";
    if (instance.all == nullptr) return {};
    for (auto const& other : *instance.all)
        for (auto const& taken : other->registered.routes)
            if (other->state != State::failed && shape(taken.method, taken.path) == wanted) return "plugin " + other->id;
    return {};
}

}  // namespace partnerd::plugins
