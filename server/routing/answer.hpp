// What goes wrong on the way of a request, as an answer.
#pragma once

#include <string_view>

#include "routing/request.hpp"
#include "storage/tx.hpp"

namespace partnerd::routing {

// Replaces the response by a problem.
void answer_problem(Response& response, Error const& error);
// What the client is told about a failure of the storage: full, too late, or failed. A broken constraint is our defect.
Error error_of(storage::Failure::Category category);
// Logs a failure of ours with the request's id, which the client has too. [any]
void log_failure(Request const& request, std::string_view what);

}  // namespace partnerd::routing
