// What `apply` changed, noun by noun.
#pragma once

#include <string>
#include <vector>

#include "api/difference.hpp"

namespace partnerd::api {

struct Change {
    std::string noun, handle, change;  // create update none
    Difference difference;
};

// {"changes":[{"noun","handle","change","fields":{..}}],"applied":true}
std::string changes_json(std::vector<Change> const& changes, bool applied);

}  // namespace partnerd::api
