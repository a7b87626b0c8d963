#include "api/offer.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "programs/enrollment.hpp"

namespace partnerd::api {

using routing::ListScope;
using routing::Request;
using routing::Response;

routing::Route get(std::string path, std::string scopes, std::string summary, routing::TxHandler handle) {
    routing::Route route;
    route.kind = routing::RouteKind::read;
    route.method = "GET";
    route.path = std::move(path);
    route.scopes = std::move(scopes);
    route.summary = std::move(summary);
    route.handle = std::move(handle);
    return route;
}

routing::Route change(std::string method, std::string path, std::string scopes, std::string summary, routing::TxHandler handle) {
    auto route = get(std::move(path), std::move(scopes), std::move(summary), std::move(handle));
    route.kind = routing::RouteKind::write;
    route.method = std::move(method);
    return route;
}

routing::ScopeFunction of_mode(std::string is_test_sql) {
    return [where = "(" + std::move(is_test_sql) + ") = :scope_test"](storage::Tx&, Request const& request) -> Result<ListScope> {
        return ListScope{where, {{"scope_test", std::int64_t{request.principal.test ? 1 : 0}}}};
    };
}

routing::ScopeFunction of_merchant(std::string program_sql) {
    return [all = routing::everything(), own = routing::of_principal(std::move(program_sql))](storage::Tx& tx, Request const& request) {
        return request.principal.kind == routing::PrincipalKind::operator_ ? all(tx, request) : own(tx, request);
    };
}

routing::ScopeFunction of_enrolled(std::string owner_sql, std::string program_sql) {
    return [own = routing::both(routing::of_principal(std::move(owner_sql)), routing::of_program(std::move(program_sql)))](
               storage::Tx& tx, Request const& request) -> Result<ListScope> {
        if (!programs::find_enrollment_of(tx, request.program, request.principal.id)) return errc::unknown_program;
        return own(tx, request);
    };
}

routing::TxHandler completed(routing::TxHandler handle, RowCompletion row) {
    return [handle = std::move(handle), row = std::move(row)](storage::Tx& tx, Request& request, Response& response) -> Status {
        if (auto status = handle(tx, request, response); !status) return status;
        if (response.content_type != "application/json") return {};
        auto body = boost::json::parse(response.body);
        auto& answer = body.as_object();
        if (auto* const data = answer.if_contains("data"))
            for (auto& one : data->as_array()) row(tx, one.as_object());
        else row(tx, answer);
        response.body = boost::json::serialize(body);
        return {};
    };
}

std::string_view path_param(Request const& request, std::string_view name) { return request.param(name).value_or(std::string_view()); }

Result<Id> path_id(Request const& request, std::string_view prefix, std::string_view name) {
    auto id = parse_id(prefix, path_param(request, name));
    if (!id) return errc::not_found;
    return *id;
}

Status answer(Response& response, int status, std::string body) {
    response.status = status;
    response.body = std::move(body);
    return {};
}

Status only_params(Request const& request, std::initializer_list<std::string_view> names) {
    auto const first = request.params.begin() + static_cast<std::ptrdiff_t>(request.path_params);
    for (auto param = first; param != request.params.end(); ++param) {
        auto const& name = param->first;
        if (std::any_of(first, param, [&](auto const& other) { return other.first == name; }))
            return Error(errc::invalid_query, "a parameter was given twice", name);
        if (std::find(names.begin(), names.end(), name) == names.end())
            return Error(errc::invalid_query, "this resource does not have this parameter", name);
    }
    return {};
}

}  // namespace partnerd::api
