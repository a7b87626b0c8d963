// Where a link may lead. An open redirect would lend the operator's name to anybody, so the host must be one the program allows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/result.hpp"

namespace partnerd::programs {

// "shop.example", or "*.shop.example" for every host below it (not itself); lower case, no port.
bool is_host_pattern(std::string_view text);
// https or http, a host that is a name, no user, no control characters, at most 2048 characters: invalid_destination otherwise.
// With `hosts` not empty, the host must match one: host_not_allowed.
Status check_destination(std::string_view url, std::vector<std::string> const& hosts);
std::string host_of(std::string_view url);  // lower case, without port; empty if it is no URL

}  // namespace partnerd::programs
