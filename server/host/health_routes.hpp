// What operators' machines ask: is it alive, may it get traffic, what does it offer.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "routing/route.hpp"

namespace partnerd::host {

struct Health {
    std::function<std::string()> trouble;           // empty: all is well. [any] fast, no SQL
    std::function<Result<std::string>()> openapi;   // [any]
    std::string version;
};

// GET /livez (never asks the database), /healthz (the same), /readyz (503 with the reason), /version, /openapi.json. All on the I/O thread.
std::vector<routing::Route> health_routes(Health health);

}  // namespace partnerd::host
