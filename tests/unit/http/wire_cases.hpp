// Whole requests as bytes on the wire, and what must become of each: the table behind guard_test and session_test.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/result.hpp"

namespace partnerd::http::test {

struct WireCase {
    std::string name;
    std::string bytes;
    std::optional<errc> refused;  // nothing: one request that reaches the handler
};

std::vector<WireCase> const& wire_cases();
inline constexpr std::size_t body_limit = 1000;  // what the tests' handler takes, as the cases know

}  // namespace partnerd::http::test
