// The tables of the core, from all folders that own some.
#pragma once

#include <vector>

#include "storage/storage.hpp"

namespace partnerd::host {

std::vector<storage::Migration> core_migrations();

}  // namespace partnerd::host
