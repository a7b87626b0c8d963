#include "api/api.hpp"

#include "api/nouns.hpp"

namespace partnerd::api {

std::vector<routing::Route> core_routes(Api const& api) {
    std::vector<routing::Route> routes;
    for (auto const add :
         {add_public_routes, add_application_routes, add_program_routes, add_plugin_routes, add_fx_rate_routes, add_terms_routes,
          add_partner_routes, add_enrollment_routes, add_link_routes, add_conversion_routes, add_adjustment_routes, add_commission_routes,
          add_ledger_routes, add_key_routes, add_audit_routes, add_rule_routes, add_apply_routes, add_me_routes, add_my_program_routes})
        add(api, routes);
    return routes;
}

}  // namespace partnerd::api
