// The audit log.
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"

namespace partnerd::api {

void add_audit_routes(Api const&, std::vector<routing::Route>& routes) {
    routes.push_back(list("/v1/audit", operators, "Who did what, before and after", audit_listing(), routing::everything()));
    routes.push_back(one("/v1/audit/{id}", operators, "An entry of the audit log", audit_listing(), routing::everything()));
}

}  // namespace partnerd::api
