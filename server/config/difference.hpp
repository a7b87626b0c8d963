// What one configuration says otherwise than another.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace partnerd::config {

// The keys whose values differ, in the order of the configuration, and "plugin.ID" for each [[plugin]] that came, went, or is described
// otherwise; "plugin" when only their order differs. No values: some are secrets.
std::vector<std::string> differing_keys(Config const& before, Config const& after);

}  // namespace partnerd::config
