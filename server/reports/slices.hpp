// Walks a table in windows of ids, each in a snapshot of its own, so that no snapshot is long.
#pragma once

#include <functional>
#include <string_view>

#include "domain/id.hpp"
#include "storage/storage.hpp"

namespace partnerd::reports {

struct Window {
    Id after = 0, last = 0;  // after < id <= last
    std::int64_t rows = 0;
};

// Calls `visit` for windows of about `rows` ids of `table` (which has an index on id) up to the highest id it had at the start.
// `visit` may be cut off by the read budget of the storage: the window is then tried again in halves. So it is called within a
// snapshot, maybe more than once for an id, and `keep` only for windows that were visited whole. [worker]
void for_each_window(storage::Storage& storage, std::string_view table, int rows, std::function<void(storage::Tx&, Window const&)> const& visit,
                     std::function<void(Window const&)> const& keep);

}  // namespace partnerd::reports
