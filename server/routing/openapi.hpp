// The document at /openapi.json: OpenAPI 3.1, made from the routes that are loaded, what they say of their bodies, queries and answers
// (operation.hpp), and what plugins say about theirs. Two routes that give one schema name to different schemas: invalid_config.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/router.hpp"

namespace partnerd::routing {

// A plugin's part: an object with "paths" (as mounted or as registered: "/redeem") and "components". Paths that are not among the
// routes are left out: what is documented exists. invalid_config naming the plugin when the text is not JSON.
struct OpenapiFragment {
    std::string plugin, json;
};

Result<std::string> openapi_document(Router const& router, std::string_view version, std::vector<OpenapiFragment> const& fragments = {});

}  // namespace partnerd::routing
