// `partnerd migrate`: the whole data of an installation from one database into another, which may be of the other kind.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace partnerd::host {

struct MoveProgress {
    std::string_view step;   // "copying", "reading back", "verifying the source" ...
    std::string_view what;   // a table, or a check
    std::int64_t done = 0, total = 0;  // rows of the step; total 0: not known
};

struct MoveOrder {
    config::Config config;  // its plugins; storage.url does not matter
    std::string from, to;   // as storage.url takes them
    bool dry_run = false;   // counts only; works beside a running server
    std::function<void(MoveProgress const&)> progress;  // on the calling thread
    std::function<bool()> should_stop;                  // asked between batches
};

struct MovedTable {
    std::string name;
    std::int64_t rows = 0;
    std::string digest;  // empty for a dry run
};
struct Moved {
    std::string from, to;  // as people may see them: without passwords
    std::vector<MovedTable> tables;
    std::int64_t rows = 0;
    std::int64_t checked = 0;                    // things that verify looked at, on each side
    std::int64_t programs = 0;                   // whose partner reports are the same
};

// Both databases are complete, yet differ, or verify found something wrong; a target that was begun stays marked.
class MoveDiffers : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Throws storage::Failure, MoveDiffers or std::runtime_error with a sentence for an operator that names the way out. The source is left
// as it was, but for pending migrations. When it throws after the copying began, nobody serves the target, and the same order begins
// anew. [main]
Moved move_data(MoveOrder const& order);

}  // namespace partnerd::host
