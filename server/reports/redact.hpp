// What a partner may read of the trace of a conversion. What is not known to be its own is left out. Pure.
#pragma once

#include <boost/json/fwd.hpp>

#include "domain/id.hpp"

namespace partnerd::reports {

struct Viewer {
    bool credited = false;  // the conversion is credited to it; otherwise a rule pays it a line
    Id enrollment = 0;
};

// Its own candidates, without evidence; for the others only that there were any: {"source","candidates":[..],"others":n,"flags"}.
boost::json::object redact_attribution(boost::json::object const& attribution, Viewer const& viewer);
// Its own lines, and the rules that gave them; conditions and reasons for the credited one only, and never the values of facts on
// the customer.
boost::json::object redact_rules(boost::json::object const& rules, Viewer const& viewer);

}  // namespace partnerd::reports
