// Which of two servers was written to last: the one that was promoted is on a later timeline.
#pragma once

#include <string>
#include <string_view>

namespace partnerd::storage {

// [any] Throws Failure(connection) when this process has seen `cluster` (its system identifier) on a later timeline: then this is the primary
// of before, and whoever writes to it writes what nobody will find. `timeline` as in the names of its log, 8 hexadecimal digits; empty for a
// standby, which is never refused.
void refuse_former_primary(std::string const& cluster, std::string_view timeline, std::string const& shown);

}  // namespace partnerd::storage
