// Each noun adds its routes.
#pragma once

#include "api/api.hpp"

namespace partnerd::api {

void add_public_routes(Api const& api, std::vector<routing::Route>& routes);  // what anybody may ask of a program
void add_application_routes(Api const& api, std::vector<routing::Route>& routes);
void add_program_routes(Api const& api, std::vector<routing::Route>& routes);
void add_plugin_routes(Api const& api, std::vector<routing::Route>& routes);
void add_fx_rate_routes(Api const& api, std::vector<routing::Route>& routes);
void add_terms_routes(Api const& api, std::vector<routing::Route>& routes);
void add_partner_routes(Api const& api, std::vector<routing::Route>& routes);
void add_enrollment_routes(Api const& api, std::vector<routing::Route>& routes);
void add_link_routes(Api const& api, std::vector<routing::Route>& routes);
void add_conversion_routes(Api const& api, std::vector<routing::Route>& routes);
void add_adjustment_routes(Api const& api, std::vector<routing::Route>& routes);
void add_commission_routes(Api const& api, std::vector<routing::Route>& routes);
void add_ledger_routes(Api const& api, std::vector<routing::Route>& routes);
void add_key_routes(Api const& api, std::vector<routing::Route>& routes);
void add_audit_routes(Api const& api, std::vector<routing::Route>& routes);
void add_rule_routes(Api const& api, std::vector<routing::Route>& routes);
void add_apply_routes(Api const& api, std::vector<routing::Route>& routes);
void add_me_routes(Api const& api, std::vector<routing::Route>& routes);          // a partner itself
void add_my_program_routes(Api const& api, std::vector<routing::Route>& routes);  // a partner in one program

}  // namespace partnerd::api
