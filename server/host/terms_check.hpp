// Before serving: every version of every program's terms can be computed with the rules that are loaded.
#pragma once

#include "programs/kernel.hpp"
#include "storage/storage.hpp"

namespace partnerd::host {

// unknown_rule naming the program, the version and the rule: a conversion judged by these terms could not be. [worker]
Status check_all_terms(storage::Storage& storage, programs::Kernel const& kernel);

}  // namespace partnerd::host
