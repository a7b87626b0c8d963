#include "host/health_routes.hpp"

#include <boost/json.hpp>
#include <memory>

#include "routing/operation.hpp"

namespace partnerd::host {

namespace {

using routing::Exchange;
using routing::IoFlow;
using routing::Response;

routing::Route io_get(std::string path, std::string summary, std::function<void(Response&)> answer) {
    routing::Route route;
    route.kind = routing::RouteKind::io;
    route.method = "GET";
    route.path = std::move(path);
    route.scopes = "public";
    route.summary = std::move(summary);
    route.while_draining = true;
    route.io = [answer = std::move(answer)](Exchange& exchange, std::function<void()>&) {
        answer(exchange.response);
        return IoFlow::answered;
    };
    return route;
}

void text(Response& response, int status, std::string body) {
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(body);
}

routing::Route answering_text(routing::Route route, std::vector<int> const& statuses) {
    for (auto const status : statuses) routing::tell_media_type(route, status, "text/plain");
    return route;
}

}  // namespace

std::vector<routing::Route> health_routes(Health given) {
    auto const health = std::make_shared<Health const>(std::move(given));
    auto const alive = [](Response& response) { text(response, 200, "ok\n"); };
    std::vector<routing::Route> routes;
    for (auto const& [path, summary] : {std::pair("/livez", "Is the process alive?"), std::pair("/healthz", "The same as /livez")})
        routes.push_back(answering_text(io_get(path, summary, alive), {200}));
    routes.push_back(answering_text(io_get("/readyz", "May it get traffic?",
                                           [health](Response& response) {
                                               auto const trouble = health->trouble();
                                               trouble.empty() ? text(response, 200, "ready\n") : text(response, 503, trouble + "\n");
                                           }),
                                    {200, 503}));
    auto version = io_get("/version", "The version of the server",
                          [health](Response& response) { response.body = "{\"version\":\"" + health->version + "\"}"; });
    routing::tell_answer(version, {200},
                         {{"type", "object"}, {"required", {"version"}}, {"properties", {{"version", {{"type", "string"}}}}}});
    routes.push_back(std::move(version));
    auto document = io_get("/openapi.json", "This document", [health](Response& response) {
        auto made = health->openapi();
        if (made) response.body = std::move(*made);
        else response.problem(made.error());
    });
    routing::tell_answer(document, {200}, {{"type", "object"}});
    routes.push_back(std::move(document));
    return routes;
}

}  // namespace partnerd::host
