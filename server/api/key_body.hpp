// Making an API key and answering with its secret, which is shown once.
#pragma once

#include "api/api.hpp"
#include "auth/api_key.hpp"
#include "routing/body.hpp"

namespace partnerd::api {

// label, scopes, test, expires_at: what an operator and a partner may both say.
auth::NewKey read_key(routing::BodyReader& in);
// [write] 201 {"id","key",...} with Cache-Control: no-store.
Status issue_key(Api const& api, storage::Tx& tx, routing::Request const& request, routing::Response& response, auth::NewKey const& wanted);
// [write] 204; a key of another owner is not found.
Status withdraw_key(Api const& api, storage::Tx& tx, routing::Request const& request, routing::Response& response,
                    std::optional<Id> partner);

}  // namespace partnerd::api
