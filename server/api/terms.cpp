// Terms of a program: versions, each with its plan.
#include "api/audited.hpp"
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "api/terms_body.hpp"

namespace partnerd::api {

using routing::Request;
using routing::Response;
using storage::arg;

namespace {

// The version or the id in the path.
Status show(storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    auto const name = path_param(request, "terms");
    auto const id = parse_id("trm", name);
    auto const version = parse_amount_not_negative(name, 0);
    auto const found =
        tx.value<std::int64_t>("select id from terms where program = :program and (id = :id or version = :version)",
                               {arg("program", request.program), arg("id", id ? *id : 0), arg("version", version ? *version : 0)});
    if (!found) return errc::not_found;
    return answer(response, 200, *routing::row_json(tx, terms_listing(), *found));
}

Status create(Api const& api, storage::Tx& tx, Request const& request, Response& response, TermsWish const& wish) {
    auto const program = programs::find_program(tx, request.program);
    auto const terms = add_wished_terms(tx, api.kernel, *program, wish);
    if (!terms) return placed(terms.error(), "");
    audit_created(api, tx, request, terms_listing(), terms->id);
    return answer(response, 201, *routing::row_json(tx, terms_listing(), terms->id));
}

Status withdraw(Api const& api, storage::Tx& tx, Request const& request, Response& response) {
    auto const version = parse_amount_not_negative(path_param(request, "terms"), 0);
    auto const id = tx.value<std::int64_t>("select id from terms where program = :program and version = :version",
                                           {arg("program", request.program), arg("version", version ? *version : 0)});
    if (!id) return errc::not_found;
    Audited audited(api, tx, request, terms_listing(), *id);
    auto const program = programs::find_program(tx, request.program);
    if (auto status = programs::withdraw_terms(tx, api.kernel, *program, *version); !status) return status;
    audited.done("withdraw");
    response.status = 204;
    return {};
}

}  // namespace

void add_terms_routes(Api const& api, std::vector<routing::Route>& routes) {
    routes.push_back(list("/v1/programs/{program}/terms", merchants, "The versions of a program's terms", terms_listing(),
                          routing::of_program("t.program")));
    routes.push_back(answering(get("/v1/programs/{program}/terms/{terms}", merchants, "A version of the terms, by its number or id", show),
                               {200}, terms_listing()));
    auto add = change("POST", "/v1/programs/{program}/terms", operators, "Add a version of the terms", Body{"TermsWish", read_terms},
                      bound(api, create));
    add.max_body = 256 * 1024;
    routes.push_back(answering(std::move(add), {201}, terms_listing()));
    routes.push_back(answering_nothing(change("DELETE", "/v1/programs/{program}/terms/{terms}", operators,
                                              "Withdraw the newest version, by its number, before it is in force", bound(api, withdraw))));
}

}  // namespace partnerd::api
