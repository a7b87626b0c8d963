// The rules that plans may use, with the schema of their parameters.
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "routing/json_writer.hpp"

namespace partnerd::api {

using routing::JsonWriter;
using routing::Request;
using routing::Response;

namespace {

Status show_all(rules::RuleRegistry const& registry, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    JsonWriter json(response.body);
    json.begin_object().key("data").begin_array();
    for (auto const& rule : registry.list()) {
        json.begin_object().member("rule", rules::full_name(*rule)).member("id", rule->id()).member("version", rule->version());
        rule->on_kind().empty() ? json.key("on").null() : json.member("on", rule->on_kind());
        json.key("facts").begin_array();
        for (auto const& fact : rule->facts()) json.value(fact.name);
        json.end_array().key("params_schema").raw(rule->params_schema()).end_object();
    }
    json.end_array().member("has_more", false).key("next_cursor").null().end_object();
    return {};
}

}  // namespace

void add_rule_routes(Api const& api, std::vector<routing::Route>& routes) {
    routes.push_back(
        answering(get("/v1/rules", operators, "The rules that plans may use",
                      [&api](storage::Tx&, Request& request, Response& response) { return show_all(api.kernel.rules, request, response); }),
                  {200}, "Rules"));
}

}  // namespace partnerd::api
