#include "routing/openapi.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "domain/text.hpp"

namespace partnerd::routing {

namespace json = boost::json;

namespace {

constexpr std::string_view problem_ref = "#/components/responses/Problem";

// "/v1/programs/{program}/public" + GET -> "get_v1_programs_program_public"
std::string operation_id(Route const& route) {
    auto id = lower_ascii(route.method);
    for (char const c : route.path) {
        if (c == '/') id += '_';
        else if (c != '{' && c != '}') id += c;
    }
    return id;
}

json::array parameters_of(RouteEntry const& entry) {
    json::array list;
    for (auto const& name : entry.parameters)
        list.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
    bool const keeps = entry.route.kind == RouteKind::write || entry.route.kind == RouteKind::worker;
    if (!keeps) return list;
    list.push_back(
        {{"name", "Idempotency-Key"}, {"in", "header"}, {"required", false}, {"schema", {{"type", "string"}, {"maxLength", 255}}}});
    if (entry.route.kind == RouteKind::write)
        list.push_back({{"name", "dry_run"}, {"in", "query"}, {"required", false}, {"schema", {{"type", "string"}, {"enum", {"0", "1"}}}}});
    return list;
}

json::object made_operation(RouteEntry const& entry) {
    auto const& route = entry.route;
    json::object operation;
    operation["responses"] = {{"2XX", {{"description", "It was done."}}}};
    bool const has_body = route.method == "POST" || route.method == "PUT" || route.method == "PATCH";
    if (has_body && route.accepts.find("application/json") != std::string::npos)
        operation["requestBody"] = {{"content", {{"application/json", {{"schema", {{"type", "object"}}}}}}}};
    return operation;
}

// What the route says of itself, completed by what is known of every route.
Result<json::object> operation_of(RouteEntry const& entry) {
    auto const& route = entry.route;
    json::object operation;
    if (route.openapi.empty()) {
        operation = made_operation(entry);
    } else {
        json::error_code failed;
        auto parsed = json::parse(route.openapi, failed);
        if (failed || !parsed.is_object())
            return Error(errc::invalid_config, "the OpenAPI text of " + route.method + " " + route.path + " is not a JSON object");
        operation = std::move(parsed.as_object());
    }
    if (!route.summary.empty()) operation["summary"] = route.summary;
    if (operation.if_contains("operationId") == nullptr) operation["operationId"] = operation_id(route);
    if (operation.if_contains("tags") == nullptr) operation["tags"] = json::array{route.plugin.empty() ? "core" : route.plugin};
    auto parameters = parameters_of(entry);
    if (auto const* own = operation.if_contains("parameters"); own != nullptr && own->is_array())
        for (auto const& parameter : own->as_array()) parameters.push_back(parameter);
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    auto& responses = operation["responses"];
    if (!responses.is_object()) responses = json::object{{"2XX", {{"description", "It was done."}}}};
    responses.as_object()["default"] = {{"$ref", problem_ref}};
    json::array security;
    if (entry.open) security.emplace_back(json::object());
    if (entry.kinds != 0) security.emplace_back(json::object{{"key", json::array()}});
    operation["security"] = std::move(security);
    operation["x-scopes"] = route.scopes;
    return operation;
}

json::object core_components() {
    json::array codes;
#define PARTNERD_ERROR(code, status, title) codes.emplace_back(#code);
#include "domain/errors.def"
#undef PARTNERD_ERROR
    json::object problem{{"type", "object"},
                         {"required", {"type", "title", "status", "code"}},
                         {"properties",
                          {{"type", {{"type", "string"}}},
                           {"title", {{"type", "string"}}},
                           {"status", {{"type", "integer"}}},
                           {"detail", {{"type", "string"}}},
                           {"pointer", {{"type", "string"}}},
                           {"code", {{"type", "string"}, {"examples", std::move(codes)}}}}}};
    json::object money{
        {"type", "object"},
        {"required", {"amount", "currency"}},
        {"additionalProperties", false},
        {"properties", {{"amount", {{"type", "string"}, {"pattern", "^-?[0-9]+([.][0-9]+)?$"}}}, {"currency", {{"type", "string"}}}}}};
    json::object answer{{"description", "An error, as RFC 9457 says"},
                        {"content", {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
    return {{"securitySchemes", {{"key", {{"type", "http"}, {"scheme", "bearer"}}}}},
            {"schemas", {{"Problem", std::move(problem)}, {"Money", std::move(money)}}},
            {"responses", {{"Problem", std::move(answer)}}}};
}

// Adds what is new; what is there already stays.
void merge(json::object& into, json::object const& from) {
    for (auto const& member : from) {
        auto* const present = into.if_contains(member.key());
        if (present == nullptr) into[member.key()] = member.value();
        else if (present->is_object() && member.value().is_object()) merge(present->as_object(), member.value().as_object());
    }
}

// A parameter that only one of the two lists has is kept from either.
void join_parameters(json::object& into, json::object const& made) {
    auto const* ours = made.if_contains("parameters");
    auto* const theirs = into.if_contains("parameters");
    if (ours == nullptr || theirs == nullptr || !theirs->is_array()) return;
    auto same = [](json::value const& a, json::value const& b) {
        auto at = [](json::value const& v, char const* name) { return v.is_object() ? v.as_object().if_contains(name) : nullptr; };
        auto const *name_a = at(a, "name"), *name_b = at(b, "name"), *in_a = at(a, "in"), *in_b = at(b, "in");
        return name_a && name_b && in_a && in_b && *name_a == *name_b && *in_a == *in_b;
    };
    auto& list = theirs->as_array();
    for (auto const& parameter : ours->as_array()) {
        bool const there = std::any_of(list.begin(), list.end(), [&](auto const& other) { return same(parameter, other); });
        if (!there) list.push_back(parameter);
    }
}

bool tells_success(json::object const& operation) {
    auto const* const responses = operation.if_contains("responses");
    if (responses == nullptr || !responses->is_object()) return false;
    auto const& all = responses->get_object();
    return std::any_of(all.begin(), all.end(), [](auto const& one) { return one.key().starts_with('2') || one.key().starts_with('3'); });
}

// The plugin's words about routes that exist win over what was made from the route. Its paths may be as it mounted them ("/redeem").
void describe(json::object& paths, json::object const& told, std::string const& plugin) {
    for (auto const& path : told) {
        auto* known = paths.if_contains(path.key());
        if (known == nullptr) known = paths.if_contains("/v1/programs/{program}/" + plugin + std::string(path.key()));
        if (known == nullptr || !path.value().is_object()) continue;
        for (auto const& operation : path.value().as_object()) {
            auto* const made = known->as_object().if_contains(operation.key());
            if (made == nullptr || !operation.value().is_object()) continue;
            auto merged = operation.value().as_object();
            join_parameters(merged, made->as_object());
            // A body or success that the plugin describes stands alone.
            if (merged.contains("requestBody")) made->as_object().erase("requestBody");
            if (tells_success(merged)) made->as_object().at("responses").as_object().erase("2XX");
            merge(merged, made->as_object());
            *made = std::move(merged);
        }
    }
}

// Two routes that give one name to different schemas would each be described by the other's.
Status take_schemas(json::object& components, json::object& operation, Route const& route) {
    auto const* const own = operation.if_contains("components");
    if (own == nullptr) return {};
    auto& schemas = components.at("schemas").as_object();
    for (auto const& [name, schema] : own->at("schemas").as_object()) {
        auto const* const known = schemas.if_contains(name);
        if (known != nullptr && *known != schema)
            return Error(errc::invalid_config,
                         "the schema " + std::string(name) + " of " + route.method + " " + route.path + " differs from another route's");
        schemas[name] = schema;
    }
    operation.erase("components");
    return {};
}

}  // namespace

Result<std::string> openapi_document(Router const& router, std::string_view version, std::vector<OpenapiFragment> const& fragments) {
    json::object paths;
    auto components = core_components();
    for (auto const* entry : router.routes()) {
        auto operation = operation_of(*entry);
        if (!operation) return operation.error();
        if (auto status = take_schemas(components, *operation, entry->route); !status) return status.error();
        auto& path = paths[entry->route.path];
        if (!path.is_object()) path = json::object();
        path.as_object()[lower_ascii(entry->route.method)] = std::move(*operation);
    }
    for (auto const& fragment : fragments) {
        json::error_code failed;
        auto const parsed = json::parse(fragment.json, failed);
        if (failed || !parsed.is_object())
            return Error(errc::invalid_config,
                         "the OpenAPI text of plugin " + fragment.plugin + " is not a JSON object: " + failed.message());
        auto const& told = parsed.as_object();
        if (auto const* own = told.if_contains("paths"); own != nullptr && own->is_object())
            describe(paths, own->as_object(), fragment.plugin);
        if (auto const* own = told.if_contains("components"); own != nullptr && own->is_object()) merge(components, own->as_object());
    }
    json::object document{{"openapi", "3.1.0"},
                          {"info", {{"title", "partnerd"}, {"version", version}}},
                          {"paths", std::move(paths)},
                          {"components", std::move(components)}};
    return json::serialize(document);
}

}  // namespace partnerd::routing
