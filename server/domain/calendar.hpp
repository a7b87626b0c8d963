// Instants and days as text, and the day of an instant in a program's zone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/result.hpp"

namespace partnerd {

// RFC 3339 with 'Z' or a numeric offset, up to six decimals of seconds: "2010-12-01T08:26:00Z". invalid_field otherwise.
Result<std::int64_t> parse_instant(std::string_view text);
std::string format_instant(std::int64_t at_us);  // "2010-12-01T08:26:00Z"; decimals only when not zero

// A civil day as a count of days since 1970-01-01.
Result<std::int64_t> parse_day(std::string_view text);  // "2017-03-03"
std::string format_day(std::int64_t day);

bool zone_exists(std::string_view zone);  // an IANA name: "Europe/London", "UTC"
// The civil day of an instant in the zone; asserts zone_exists.
std::int64_t day_in_zone(std::int64_t at_us, std::string_view zone);
// The first instant of a civil day in the zone; of day + 1: the first instant after it.
std::int64_t start_of_day(std::int64_t day, std::string_view zone);

}  // namespace partnerd
