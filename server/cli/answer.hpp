// What a command does with the server's answer.
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "cli/command.hpp"
#include "imports/door.hpp"

namespace partnerd::cli {

bool is_refusal(imports::Answer const& answer) noexcept;  // 400 and above
// The body, or null when it is not JSON.
boost::json::value json_of(imports::Answer const& answer);
// "invalid_rate: '12,5%' is not a rate (/terms/rules/0/params/rate)", from a problem answer.
std::string problem_text(imports::Answer const& answer);

}  // namespace partnerd::cli
