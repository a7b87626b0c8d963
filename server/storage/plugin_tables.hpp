// What a plugin's migration may touch: tables and indices whose names begin with the plugin's id and '_'.
#pragma once

#include <string_view>

namespace partnerd::storage {

// Throws Failure(state) naming the statement unless it creates, alters, drops or fills such a table, or an index on it.
// '-' and '.' in an id are '_' in a table's name.
void refuse_foreign_tables(std::string_view plugin, std::string_view statement);

}  // namespace partnerd::storage
