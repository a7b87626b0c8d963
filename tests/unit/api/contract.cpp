#include "contract.hpp"

#include "routing/openapi.hpp"
#include "whole_schema.hpp"

namespace partnerd::api {

namespace json = boost::json;

namespace {

std::string upper(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

}  // namespace

Contract& Contract::of(std::vector<routing::Route> const& routes) {
    static Contract contract(routes);
    return contract;
}

Contract::Contract(std::vector<routing::Route> const& routes) {
    for (auto const& route : routes) router_.add(route).value();
    document_ = json::parse(routing::openapi_document(router_, "1").value()).as_object();
    for (auto const& [path, methods] : document_.at("paths").as_object())
        for (auto const& [method, operation] : methods.as_object())
            operations_[upper(method) + " " + std::string(path)] = operation.as_object();
}

json::value Contract::whole(json::value const& schema, bool closed) const { return whole_schema(json::value(document_), schema, closed); }

std::string Contract::compare(std::string const& operation, json::object const& response, std::string const& content_type,
                              json::value const& body) {
    auto const media_type = content_type.substr(0, content_type.find(';'));
    auto const* const content = response.if_contains("content");
    if (content == nullptr) return body.is_null() ? "" : operation + " is documented without a body";
    auto const* const described = content->as_object().if_contains(media_type);
    if (described == nullptr) return operation + " is documented without " + media_type;
    if (media_type.find("json") == std::string::npos) return {};
    auto const text = json::serialize(described->at("schema"));
    auto& compiled = compiled_[text];
    if (compiled == nullptr) compiled = plugins::JsonSchema::compile(json::serialize(whole(described->at("schema"), true))).value();
    auto const fits = compiled->check(body);
    return fits ? "" : operation + ": " + fits.error().field + ": " + fits.error().detail + "\n" + json::serialize(body);
}

std::string Contract::breach(std::string const& method, std::string const& target, int status, std::string const& content_type,
                             json::value const& body) {
    auto const found = router_.find(method == "HEAD" ? "GET" : method, target.substr(0, target.find('?')));
    if (found.entry == nullptr || method == "HEAD" || method == "OPTIONS") return {};
    auto const operation = method + " " + found.entry->route.path;
    auto const& responses = operations_.at(operation).at("responses").as_object();
    if (status >= 400) return compare(operation, whole(responses.at("default"), false).as_object(), content_type, body);
    auto const* const response = responses.if_contains(std::to_string(status));
    if (response == nullptr) return operation + " is documented without the status " + std::to_string(status);
    seen_.insert(operation);
    return compare(operation, response->as_object(), content_type, body);
}

}  // namespace partnerd::api
