#include "routing/answer.hpp"

#include "logging/log.hpp"

namespace partnerd::routing {

void answer_problem(Response& response, Error const& error) {
    response.clear();
    response.problem(error);
}

Error error_of(storage::Failure::Category category) {
    using Category = storage::Failure::Category;
    switch (category) {
        case Category::timeout: return Error(errc::deadline_exceeded, "try again");
        case Category::full: return Error(errc::storage_full, "try again later");
        case Category::none:
        case Category::constraint:
        case Category::syntax: return errc::internal;
        case Category::connection:
        case Category::conflict:
        case Category::other:
        case Category::state: break;
    }
    return Error(errc::storage_failed, "try again");
}

void log_failure(Request const& request, std::string_view what) {
    logging::error("a request failed",
                   {{logging::request_id, request.request_id}, {"method", request.method}, {"path", request.path()}, {"reason", what}});
}

}  // namespace partnerd::routing
