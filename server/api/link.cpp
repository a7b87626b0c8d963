// Links, as operators and merchants see them; a partner makes its own (my_program.cpp).
#include "programs/link.hpp"

#include "api/audited.hpp"
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"

namespace partnerd::api {

using routing::Request;
using routing::Response;

namespace {

routing::TxHandler set_stop(Api const& api, bool stopped) {
    return [&api, stopped](storage::Tx& tx, Request& request, Response& response) -> Status {
        auto const id = path_id(request, "lnk");
        if (!id) return id.error();
        auto const link = programs::find_link(tx, *id);
        if (!link) return errc::not_found;
        Audited audited(api, tx, request, link_listing(api), *id);
        programs::set_link_stop(tx, api.kernel, *link, stopped);
        audited.done(stopped ? "stop" : "resume");
        return answer(response, 200, *routing::row_json(tx, link_listing(api), *id));
    };
}

}  // namespace

void add_link_routes(Api const& api, std::vector<routing::Route>& routes) {
    routes.push_back(
        list("/v1/programs/{program}/links", merchants, "The links of a program", link_listing(api), routing::of_program("l.program")));
    routes.push_back(one("/v1/links/{id}", merchants, "A link", link_listing(api), of_merchant("l.program")));
    routes.push_back(answering(
        change("POST", "/v1/links/{id}/stop", operators, "Emergency stop of a link: it redirects, and earns nothing", set_stop(api, true)),
        {200}, link_listing(api)));
    routes.push_back(answering(change("POST", "/v1/links/{id}/resume", operators, "End of the emergency stop", set_stop(api, false)), {200},
                               link_listing(api)));
}

}  // namespace partnerd::api
