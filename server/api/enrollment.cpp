// Enrollments: a partner in a program.
#include "programs/enrollment.hpp"

#include "api/audited.hpp"
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "routing/body.hpp"

namespace partnerd::api {

using routing::Request;
using routing::Response;

namespace {

routing::TxHandler set_status(Api const& api, std::string status, std::string action) {
    return [&api, status, action](storage::Tx& tx, Request& request, Response& response) -> Status {
        auto const id = path_id(request, "enr");
        if (!id) return id.error();
        auto body = routing::JsonBody::parse(request.body);
        if (!body) return body.error();
        routing::BodyReader in(*body);
        auto const reason = in.text("reason", {.max = 500});
        if (auto read = in.finish(); !read) return read;
        auto const program = tx.value<std::int64_t>("select program from enrollment where id = :id", {storage::arg("id", *id)});
        if (!program) return errc::not_found;
        Audited audited(api, tx, request, enrollment_listing(), *id);
        if (auto changed = programs::set_enrollment_status(tx, api.kernel, *program, *id, status, reason); !changed) return changed;
        audited.done(action);
        return answer(response, 200, *routing::row_json(tx, enrollment_listing(), *id));
    };
}

}  // namespace

void add_enrollment_routes(Api const& api, std::vector<routing::Route>& routes) {
    routes.push_back(get("/v1/programs/{program}/enrollments", merchants, "Who takes part in a program",
                         routing::list_of(enrollment_listing(), routing::of_program("e.program"))));
    routes.push_back(
        get("/v1/enrollments/{id}", merchants, "An enrollment", routing::one_of(enrollment_listing(), of_merchant("e.program"))));
    routes.push_back(change("POST", "/v1/enrollments/{id}/suspend", operators, "Suspend a partner in one program",
                            set_status(api, "suspended", "suspend")));
    routes.push_back(
        change("POST", "/v1/enrollments/{id}/reinstate", operators, "End a suspension", set_status(api, "active", "reinstate")));
    routes.push_back(
        change("POST", "/v1/enrollments/{id}/close", operators, "Close an enrollment, for ever", set_status(api, "closed", "close")));
}

}  // namespace partnerd::api
