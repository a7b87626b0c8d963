// What the loaded plugins say of themselves, for the API and for /openapi.json.
#pragma once

#include <string>
#include <vector>

#include "plugins/loader.hpp"
#include "routing/openapi.hpp"

namespace partnerd::host {

std::string plugins_json_of(std::vector<plugins::LoadedPlugin> const& loaded);  // a JSON array
std::vector<routing::OpenapiFragment> openapi_fragments_of(plugins::Loader const& loader);

}  // namespace partnerd::host
