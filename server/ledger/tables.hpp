#pragma once

#include "storage/schema.hpp"

namespace partnerd::ledger {

// account, entry, posting, seal, seal_block.
storage::TableList const& ledger_tables();

}  // namespace partnerd::ledger
