// Which answer a request with an Idempotency-Key gets again.
#pragma once

#include <optional>
#include <string>

#include "auth/idempotency.hpp"
#include "routing/request.hpp"

namespace partnerd::routing {

// A request that wants its answer kept: the scope and the digest of what was sent (query and raw body).
struct Keeping {
    auth::IdempotencyScope scope;
    std::string body_hash;
};
// Nothing when the request has no Idempotency-Key; invalid_idempotency_key for a bad one.
Result<std::optional<Keeping>> read_keeping(Request const& request);

// Fills the response from a kept answer: the answer itself, idempotency_key_reused when something else was sent, or invalid_state
// when it held a secret, which is shown once.
void replay(Response& response, auth::KeptAnswer const& kept, std::string const& body_hash);
// 5xx is not to be kept.
bool worth_keeping(Response const& response) noexcept;
auth::KeptAnswer to_keep(Response const& response, std::string const& body_hash);

}  // namespace partnerd::routing
