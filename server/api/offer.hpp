// How this folder writes its routes down, and the conditions under which their callers see rows.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/api.hpp"
#include "routing/body.hpp"
#include "routing/listing.hpp"

namespace partnerd::api {

inline constexpr char operators[] = "operator";
inline constexpr char merchants[] = "operator merchant";
inline constexpr char partners[] = "partner";
inline constexpr char anybody[] = "public";

routing::Route get(std::string path, std::string scopes, std::string summary, routing::TxHandler handle);
routing::Route change(std::string method, std::string path, std::string scopes, std::string summary, routing::TxHandler handle);

// The test mode of a key: a partner's live key sees live rows, its test key test rows.
routing::ScopeFunction of_mode(std::string is_test_sql);
// An operator sees all, a merchant what is in its program.
routing::ScopeFunction of_merchant(std::string program_sql);
// A partner's own rows in the path's program: unknown_program unless it is enrolled there.
routing::ScopeFunction of_enrolled(std::string owner_sql, std::string program_sql);

// What each row of a list has beside its columns: a JSON object with the schemas of the members that `row` adds.
struct RowCompletion {
    std::string members;
    std::function<void(storage::Tx&, boost::json::object&)> row;
};
// Runs `handle`, then completes each object of the JSON list (or the one object) that it answered. CSV stays as it is.
routing::TxHandler completed(routing::TxHandler handle, RowCompletion completion);

// A list, and one row of it, with all that /openapi.json says of them.
routing::Route list(std::string path, std::string scopes, std::string summary, routing::Listing const& listing,
                    routing::ScopeFunction scope, RowCompletion completion = {});
routing::Route one(std::string path, std::string scopes, std::string summary, routing::Listing const& listing, routing::ScopeFunction scope,
                   RowCompletion completion = {});
// The route, telling what it answers: a schema of answers.hpp, a row of a listing with what was added to it, or nothing but 204.
routing::Route answering(routing::Route route, std::vector<int> const& statuses, std::string_view answer);
routing::Route answering(routing::Route route, std::vector<int> const& statuses, routing::Listing const& listing,
                         std::string const& members = {});
routing::Route answering_nothing(routing::Route route);
routing::Route answering_csv(routing::Route route);  // too
// Query parameters beside those of lists: the name, the JSON text of the schema, and what it is for.
struct QueryWords {
    std::string_view name, schema, words;
    bool required = false;
};
routing::Route asking(routing::Route route, std::span<QueryWords const> query);

// A JSON body: its name in /openapi.json and the function that reads it, which the schema is made from too.
template <class T>
struct Body {
    std::string_view name;
    T (*read)(routing::BodyReader&);
    bool may_be_absent = false;  // no body at all counts as {}
};
// The body's first refusal.
Status read_body(routing::Request const& request, bool may_be_absent, std::function<void(routing::BodyReader&)> const& read);
void describe_body(routing::Route& route, std::string_view name, bool may_be_absent, std::function<void(routing::BodyReader&)> const& read);

// A change that takes a body: `handle` gets what it said as its last argument.
template <class T, class Handle>
routing::Route change(std::string method, std::string path, std::string scopes, std::string summary, Body<T> body, Handle handle) {
    auto route = change(std::move(method), std::move(path), std::move(scopes), std::move(summary),
                        [body, handle](storage::Tx& tx, routing::Request& request, routing::Response& response) -> Status {
                            if (auto const early = std::static_pointer_cast<T>(std::exchange(request.said, nullptr)))
                                return handle(tx, request, response, std::move(*early));
                            std::optional<T> said;
                            auto const status =
                                read_body(request, body.may_be_absent, [&](routing::BodyReader& in) { said.emplace(body.read(in)); });
                            return status ? Status(handle(tx, request, response, std::move(*said))) : status;
                        });
    describe_body(route, body.name, body.may_be_absent, [body](routing::BodyReader& in) { body.read(in); });
    return route;
}

// The route, whose units tell early what they will read: `expect` gets what the body said.
template <class T, class Expect>
routing::Route expecting(routing::Route route, Body<T> body, Expect expect) {
    route.expect = [body, expect](storage::Tx& tx, routing::Request& request) {
        auto said = std::make_shared<T>();
        if (!read_body(request, body.may_be_absent, [&](routing::BodyReader& in) { *said = body.read(in); })) return;
        expect(tx, request, *said);
        request.said = std::move(said);
    };
    return route;
}

// A function that works with the whole Api, as a route's.
template <class Handle>
auto bound(Api const& api, Handle handle) {
    return [&api, handle](storage::Tx& tx, routing::Request& request, routing::Response& response, auto&&... said) {
        return handle(api, tx, request, response, std::forward<decltype(said)>(said)...);
    };
}

// {"reason": "..."}: of a decision that somebody is told about.
std::string read_reason(routing::BodyReader& in);

// The path's parameter.
std::string_view path_param(routing::Request const& request, std::string_view name);
Result<Id> path_id(routing::Request const& request, std::string_view prefix, std::string_view name = "id");  // not_found otherwise
// Answers `body` with a status.
Status answer(routing::Response& response, int status, std::string body);
// A query parameter that is not in the list, or given twice, is refused.
Status only_params(routing::Request const& request, std::span<QueryWords const> query = {});

}  // namespace partnerd::api
