#include "storage/written_tables.hpp"

#include <algorithm>
#include <utility>

namespace partnerd::storage {

void WrittenTables::watch(sqlite::sqlite3* database) { sqlite::sqlite3_set_authorizer(database, &WrittenTables::compiled, this); }

int WrittenTables::compiled(void* self, int action, char const* table, char const*, char const*, char const*) {
    bool const writes = action == SQLITE_INSERT || action == SQLITE_UPDATE || action == SQLITE_DELETE;
    if (!writes || table == nullptr) return SQLITE_OK;
    auto& tables = *static_cast<WrittenTables*>(self);
    auto* const counter = &tables.counters_[table];
    if (std::find(tables.compiled_.begin(), tables.compiled_.end(), counter) == tables.compiled_.end()) tables.compiled_.push_back(counter);
    return SQLITE_OK;
}

std::vector<std::uint64_t*> WrittenTables::take_compiled() { return std::exchange(compiled_, {}); }

std::uint64_t WrittenTables::changes_of(TableSet const& tables) {
    if (sets_.size() <= tables.number()) sets_.resize(tables.number() + 1);
    auto& counters = sets_[tables.number()];
    if (counters.empty())
        for (auto const table : tables.tables()) counters.push_back(&counters_[std::string(table)]);
    auto sum = base_;
    for (auto const* const counter : counters) sum += *counter;
    return sum;
}

}  // namespace partnerd::storage
