// "Did you mean": the nearest of the names that would have been right.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace partnerd::config {

// The candidate that is at most a third of its length of single edits away (insert, delete, change, swap of neighbours), the
// nearest first, then the first in order; empty if none is near. A candidate "a.b.c" is also near when its last part equals `name`'s.
std::string nearest(std::string_view name, std::span<std::string const> candidates);

}  // namespace partnerd::config
