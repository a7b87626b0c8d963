// Applications as the operator decides them.
#include "programs/application.hpp"

#include "api/audited.hpp"
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "routing/body.hpp"

namespace partnerd::api {

using routing::Request;
using routing::Response;

namespace {

struct Approval {
    std::string handle, group;
};

Approval read_approval(routing::BodyReader& in) {
    Approval approval;
    approval.handle = in.optional_handle("handle").value_or("");
    approval.group = in.optional_handle("group").value_or("");
    return approval;
}

Status approve(Api const& api, storage::Tx& tx, Request const& request, Response& response, Approval const& said) {
    auto const id = path_id(request, "app");
    if (!id) return id.error();
    Audited audited(api, tx, request, application_without_person_listing(), *id);
    auto const enrollment = programs::approve_application(tx, api.kernel, *id, actor_name(request), said.handle, said.group);
    if (!enrollment) return enrollment.error();
    audited.done("approve");
    return answer(response, 200, *routing::row_json(tx, enrollment_listing(), enrollment->id));
}

Status reject(Api const& api, storage::Tx& tx, Request const& request, Response& response, std::string const& reason) {
    auto const id = path_id(request, "app");
    if (!id) return id.error();
    Audited audited(api, tx, request, application_without_person_listing(), *id);
    if (auto status = programs::reject_application(tx, api.kernel, *id, actor_name(request), reason); !status) return status;
    audited.done("reject");
    return answer(response, 200, *routing::row_json(tx, application_listing(), *id));
}

}  // namespace

void add_application_routes(Api const& api, std::vector<routing::Route>& routes) {
    routes.push_back(list("/v1/programs/{program}/applications", operators, "Applications to a program", application_listing(),
                          routing::of_program("a.program")));
    routes.push_back(one("/v1/programs/{program}/applications/{id}", operators, "An application", application_listing(),
                         routing::of_program("a.program")));
    routes.push_back(answering(change("POST", "/v1/applications/{id}/approve", operators, "Approve an application: the partner is enrolled",
                                      Body{"Approval", read_approval, true}, bound(api, approve)),
                               {200}, enrollment_listing()));
    routes.push_back(
        answering(change("POST", "/v1/applications/{id}/reject", operators, "Reject an application with a reason that the applicant sees",
                         Body{"Reason", read_reason}, bound(api, reject)),
                  {200}, application_listing()));
}

}  // namespace partnerd::api
