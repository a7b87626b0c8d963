#include "api/offer.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "api/answers.hpp"
#include "api/field_words.hpp"
#include "programs/enrollment.hpp"
#include "routing/body_schema.hpp"
#include "routing/listing_schema.hpp"
#include "routing/operation.hpp"

namespace partnerd::api {

using routing::ListScope;
using routing::Request;
using routing::Response;

namespace {
boost::json::object members_of(std::string const& text) {
    return text.empty() ? boost::json::object() : boost::json::parse(text).as_object();
}
}  // namespace

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

routing::TxHandler completed(routing::TxHandler handle, RowCompletion completion) {
    if (!completion.row) return handle;
    return [handle = std::move(handle), row = std::move(completion.row)](storage::Tx& tx, Request& request, Response& response) -> Status {
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

routing::Route list(std::string path, std::string scopes, std::string summary, routing::Listing const& listing,
                    routing::ScopeFunction scope, RowCompletion completion) {
    auto const members = members_of(completion.members);
    auto route = get(std::move(path), std::move(scopes), std::move(summary),
                     completed(routing::list_of(listing, std::move(scope)), std::move(completion)));
    name_answers_within(route, members);
    routing::tell_list(route, listing, members);
    return route;
}

routing::Route one(std::string path, std::string scopes, std::string summary, routing::Listing const& listing, routing::ScopeFunction scope,
                   RowCompletion completion) {
    auto const members = completion.members;
    auto route = get(std::move(path), std::move(scopes), std::move(summary),
                     completed(routing::one_of(listing, std::move(scope)), std::move(completion)));
    return answering(std::move(route), {200}, listing, members);
}

routing::Route answering(routing::Route route, std::vector<int> const& statuses, std::string_view answer) {
    auto const schema = routing::reference_to(answer);
    name_answers_within(route, schema);
    routing::tell_answer(route, statuses, schema);
    return route;
}

routing::Route answering(routing::Route route, std::vector<int> const& statuses, routing::Listing const& listing,
                         std::string const& members) {
    auto const more = members_of(members);
    name_answers_within(route, more);
    routing::tell_row(route, listing, more, statuses);
    return route;
}

routing::Route answering_nothing(routing::Route route) {
    routing::tell_answer(route, {204}, {});
    return route;
}

routing::Route answering_csv(routing::Route route) {
    routing::tell_media_type(route, 200, "text/csv");
    return route;
}

routing::Route asking(routing::Route route, std::span<QueryWords const> query) {
    boost::json::array parameters;
    for (auto const& [name, schema, words, required] : query) {
        auto parameter = routing::query_parameter(name, boost::json::parse(schema).as_object(), words);
        parameter["required"] = required;
        parameters.emplace_back(std::move(parameter));
    }
    routing::tell_query(route, parameters);
    return route;
}

Status read_body(Request const& request, bool may_be_absent, std::function<void(routing::BodyReader&)> const& read) {
    auto const body = routing::JsonBody::parse(may_be_absent && request.body.empty() ? std::string_view("{}") : request.body);
    if (!body) return body.error();
    routing::BodyReader in(*body);
    read(in);
    auto const status = in.finish();
    if (status || status.error().code != errc::unknown_field) return status;
    auto error = status.error();
    if (auto const known = routing::known_names(routing::body_schema(read), error.field); !known.empty())
        error.detail += "; known: " + known;
    return error;
}

void describe_body(routing::Route& route, std::string_view name, bool may_be_absent,
                   std::function<void(routing::BodyReader&)> const& read) {
    routing::name_schema(route, name, described(name, routing::body_schema(read)));
    routing::tell_body(route, name, !may_be_absent);
}

std::string read_reason(routing::BodyReader& in) { return in.text("reason", {.max = 500}); }

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

Status only_params(Request const& request, std::span<QueryWords const> query) {
    auto const first = request.params.begin() + static_cast<std::ptrdiff_t>(request.path_params);
    for (auto param = first; param != request.params.end(); ++param) {
        auto const& name = param->first;
        if (std::any_of(first, param, [&](auto const& other) { return other.first == name; }))
            return Error(errc::invalid_query, "a parameter was given twice", name);
        if (std::none_of(query.begin(), query.end(), [&](auto const& known) { return known.name == name; }))
            return Error(errc::invalid_query, "this resource does not have this parameter", name);
    }
    return {};
}

}  // namespace partnerd::api
