#include "host/health_routes.hpp"

#include <memory>

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

}  // namespace

std::vector<routing::Route> health_routes(Health given) {
    auto const health = std::make_shared<Health const>(std::move(given));
    auto const alive = [](Response& response) { text(response, 200, "ok\n"); };
    return {io_get("/livez", "Is the process alive?", alive), io_get("/healthz", "The same as /livez", alive),
            io_get("/readyz", "May it get traffic?",
                   [health](Response& response) {
                       auto const trouble = health->trouble();
                       trouble.empty() ? text(response, 200, "ready\n") : text(response, 503, trouble + "\n");
                   }),
            io_get("/version", "The version of the server", [health](Response& response) { response.body = "{\"version\":\"" + health->version + "\"}"; }),
            io_get("/openapi.json", "This document", [health](Response& response) {
                auto document = health->openapi();
                if (document) response.body = std::move(*document);
                else response.problem(document.error());
            })};
}

}  // namespace partnerd::host
