// Commissions of a program.
#include "api/listings.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"

namespace partnerd::api {

void add_commission_routes(Api const&, std::vector<routing::Route>& routes) {
    routes.push_back(list("/v1/programs/{program}/commissions", merchants, "The commissions of a program", commission_listing(),
                          routing::of_program("m.program")));
    routes.push_back(
        one("/v1/programs/{program}/commissions/{id}", merchants, "A commission", commission_listing(), routing::of_program("m.program")));
}

}  // namespace partnerd::api
