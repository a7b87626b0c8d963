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

auto set_status(Api const& api, std::string status, std::string action) {
    return [&api, status, action](storage::Tx& tx, Request const& request, Response& response, std::string const& reason) -> Status {
        auto const id = path_id(request, "enr");
        if (!id) return id.error();
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
    routes.push_back(list("/v1/programs/{program}/enrollments", merchants, "Who takes part in a program", enrollment_listing(),
                          routing::of_program("e.program")));
    routes.push_back(one("/v1/enrollments/{id}", merchants, "An enrollment", enrollment_listing(), of_merchant("e.program")));
    auto const decision = [&](char const* path, char const* summary, char const* status, char const* action) {
        routes.push_back(answering(change("POST", path, operators, summary, Body{"Reason", read_reason}, set_status(api, status, action)),
                                   {200}, enrollment_listing()));
    };
    decision("/v1/enrollments/{id}/suspend", "Suspend a partner in one program", "suspended", "suspend");
    decision("/v1/enrollments/{id}/reinstate", "End a suspension", "active", "reinstate");
    decision("/v1/enrollments/{id}/close", "Close an enrollment, for ever", "closed", "close");
}

}  // namespace partnerd::api
