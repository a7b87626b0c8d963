// How this folder writes its routes down, and the conditions under which their callers see rows.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "api/api.hpp"
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

// Runs `handle`, then lets `row` complete each object of the JSON list (or the one object) that it answered. CSV stays as it is.
using RowCompletion = std::function<void(storage::Tx&, boost::json::object&)>;
routing::TxHandler completed(routing::TxHandler handle, RowCompletion row);

// The path's parameter.
std::string_view path_param(routing::Request const& request, std::string_view name);
Result<Id> path_id(routing::Request const& request, std::string_view prefix, std::string_view name = "id");  // not_found otherwise
// Answers `body` with a status.
Status answer(routing::Response& response, int status, std::string body);
// A query parameter that is not in the list, or given twice, is refused.
Status only_params(routing::Request const& request, std::initializer_list<std::string_view> names);

}  // namespace partnerd::api
