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

Status approve(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    auto const id = path_id(request, "app");
    if (!id) return id.error();
    auto body = routing::JsonBody::parse(request.body.empty() ? std::string_view("{}") : std::string_view(request.body));
    if (!body) return body.error();
    routing::BodyReader in(*body);
    auto const handle = in.optional_handle("handle").value_or("");
    auto const group = in.optional_handle("group").value_or("");
    if (auto status = in.finish(); !status) return status;
    Audited audited(api, tx, request, application_without_person_listing(), *id);
    auto const enrollment = programs::approve_application(tx, api.kernel, *id, actor_name(request), handle, group);
    if (!enrollment) return enrollment.error();
    audited.done("approve");
    return answer(response, 200, *routing::row_json(tx, enrollment_listing(), enrollment->id));
}

Status reject(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    auto const id = path_id(request, "app");
    if (!id) return id.error();
    auto body = routing::JsonBody::parse(request.body);
    if (!body) return body.error();
    routing::BodyReader in(*body);
    auto const reason = in.text("reason", {.max = 500});
    if (auto status = in.finish(); !status) return status;
    Audited audited(api, tx, request, application_without_person_listing(), *id);
    if (auto status = programs::reject_application(tx, api.kernel, *id, actor_name(request), reason); !status) return status;
    audited.done("reject");
    return answer(response, 200, *routing::row_json(tx, application_listing(), *id));
}

}  // namespace

void add_application_routes(Api const& api, std::vector<routing::Route>& routes) {
    routes.push_back(get("/v1/programs/{program}/applications", operators, "Applications to a program",
                         routing::list_of(application_listing(), routing::of_program("a.program"))));
    routes.push_back(get("/v1/programs/{program}/applications/{id}", operators, "An application",
                         routing::one_of(application_listing(), routing::of_program("a.program"))));
    routes.push_back(change("POST", "/v1/applications/{id}/approve", operators, "Approve an application: the partner is enrolled",
                            [&api](storage::Tx& tx, Request& request, Response& response) { return approve(api, tx, request, response); }));
    routes.push_back(change("POST", "/v1/applications/{id}/reject", operators,
                            "Reject an application with a reason that the applicant sees",
                            [&api](storage::Tx& tx, Request& request, Response& response) { return reject(api, tx, request, response); }));
}

}  // namespace partnerd::api
