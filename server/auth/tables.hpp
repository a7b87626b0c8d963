// The tables of keys, kept answers and the audit log.
#pragma once

#include "storage/schema.hpp"

namespace partnerd::auth {

storage::TableList const& auth_tables();

}  // namespace partnerd::auth
