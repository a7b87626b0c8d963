#include "reports/slices.hpp"

#include <algorithm>
#include <string>

namespace partnerd::reports {

using storage::arg;

namespace {

Window window_behind(storage::Tx& tx, std::string const& table, std::string const& column, Id after, Id high, int rows) {
    Window window{after, after, 0};
    auto const found = tx.row<std::optional<std::int64_t>, std::int64_t>(
        "select max(" + column + "), count(*) from (select " + column + " from " + table + " where " + column + " > :after and " + column + " <= :high order by " + column + " limit :rows) as ids",
        {arg("after", after), arg("high", high), arg("rows", rows)});
    window.last = std::get<0>(*found).value_or(after);
    window.rows = std::get<1>(*found);
    return window;
}

}  // namespace

void for_each_window(storage::Storage& storage, Walk const& walk, int rows, std::function<void(storage::Tx&, Window const&)> const& visit,
                     std::function<void(Window const&)> const& keep) {
    std::string const table(walk.table), column(walk.column);
    Id high = 0;
    storage.read([&](storage::Tx& tx) { high = tx.value<std::optional<std::int64_t>>("select max(" + column + ") from " + table).value().value_or(0); });
    int size = std::max(rows, 1);
    for (Id after = 0; after < high;) {
        Window window;
        try {
            storage.read([&](storage::Tx& tx) {
                window = window_behind(tx, table, column, after, high, size);
                if (window.rows > 0) visit(tx, window);
            });
        } catch (storage::Failure const& failure) {
            if (failure.category != storage::Failure::Category::timeout || size == 1) throw;
            size = std::max(size / 2, 1);
            continue;
        }
        if (window.rows == 0) return;
        keep(window);
        after = window.last;
    }
}

}  // namespace partnerd::reports
