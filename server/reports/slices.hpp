// Walks a table in windows of ids, each in a snapshot of its own, so that no snapshot is long.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "domain/id.hpp"
#include "storage/storage.hpp"

namespace partnerd::reports {

struct Walk {
    std::string_view table;
    std::string_view column = "id";  // an indexed BIGINT above zero
    // On PostgreSQL the table's only index is by program and column: one program after another, named by Window::program.
    bool by_program = false;
};

struct Window {
    Id after = 0, last = 0;  // after < id <= last
    std::int64_t rows = 0;
    Id program = 0;  // of all its rows; 0: of whichever
};

// The part of a WHERE that keeps to the window's program, with the argument :program.
std::string of_program(Window const& window, std::string_view column);

// Calls `visit` for windows of about `rows` ids up to the highest id there was at the start (of the program, where they are walked one
// by one). `visit` runs in a snapshot, and may be cut off by the read budget of the storage: then the window is tried again in halves. So
// `visit` may see an id more than once and begins anew each time; `keep` is called for windows that were visited whole. [worker]
void for_each_window(storage::Storage& storage, Walk const& walk, int rows, std::function<void(storage::Tx&, Window const&)> const& visit,
                     std::function<void(Window const&)> const& keep);

}  // namespace partnerd::reports
