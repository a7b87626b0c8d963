// Which tables the statements of a connection write, and how often they were executed. [the connection's thread]
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/sqlite.hpp"
#include "storage/table_set.hpp"

namespace partnerd::storage {

class WrittenTables {
  public:
    // Tells `database` to report what statements are compiled to write, by triggers too.
    void watch(sqlite::sqlite3* database);
    // The counters of the tables that the statement compiled since the last call writes; a statement bumps them when it is executed.
    std::vector<std::uint64_t*> take_compiled();
    void all_may_have_changed() { ++base_; }
    std::uint64_t changes_of(TableSet const& tables);

  private:
    static int compiled(void* self, int action, char const* table, char const*, char const*, char const*);

    std::uint64_t base_ = 1;
    std::unordered_map<std::string, std::uint64_t> counters_;  // by table; their addresses stay
    std::vector<std::uint64_t*> compiled_;
    std::vector<std::vector<std::uint64_t const*>> sets_;      // by number
};

}  // namespace partnerd::storage
