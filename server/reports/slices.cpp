#include "reports/slices.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "programs/program.hpp"

namespace partnerd::reports {

using storage::arg;

namespace {

Window window_behind(storage::Tx& tx, Walk const& walk, Id program, Id after, Id high, int rows) {
    Window window{after, after, 0, program};
    std::string const column(walk.column);
    auto const found = tx.row<std::optional<std::int64_t>, std::int64_t>(
        "select max(" + column + "), count(*) from (select " + column + " from " + std::string(walk.table) + " where " + column + " > :after and " + column + " <= :high" +
            of_program(window, "program") + " order by " + column + " limit :rows) as ids",
        {arg("after", after), arg("high", high), arg("rows", rows), arg("program", program)});
    window.last = std::get<0>(*found).value_or(after);
    window.rows = std::get<1>(*found);
    return window;
}

// Whose rows are walked one after another; 0 for all at once.
std::vector<Id> programs_of(storage::Tx& tx, Walk const& walk) {
    if (!walk.by_program || tx.dialect() == storage::Dialect::sqlite) return {0};
    return programs::program_ids(tx);
}

Id highest(storage::Tx& tx, Walk const& walk, Id program) {
    auto const sql = "select max(" + std::string(walk.column) + ") from " + std::string(walk.table);
    auto const found = program == 0 ? tx.value<std::optional<std::int64_t>>(sql) : tx.value<std::optional<std::int64_t>>(sql + " where program = :program", {arg("program", program)});
    return found.value().value_or(0);
}

void walk_program(storage::Storage& storage, Walk const& walk, Id program, Id high, int rows, std::function<void(storage::Tx&, Window const&)> const& visit,
                  std::function<void(Window const&)> const& keep) {
    int size = std::max(rows, 1);
    for (Id after = 0; after < high;) {
        Window window;
        try {
            storage.read([&](storage::Tx& tx) {
                window = window_behind(tx, walk, program, after, high, size);
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

}  // namespace

std::string of_program(Window const& window, std::string_view column) {
    return window.program == 0 ? " and :program = 0" : " and " + std::string(column) + " = :program";
}

void for_each_window(storage::Storage& storage, Walk const& walk, int rows, std::function<void(storage::Tx&, Window const&)> const& visit,
                     std::function<void(Window const&)> const& keep) {
    std::vector<Id> programs;
    storage.read([&](storage::Tx& tx) { programs = programs_of(tx, walk); });
    for (auto const program : programs) {
        Id high = 0;
        storage.read([&](storage::Tx& tx) { high = highest(tx, walk, program); });
        walk_program(storage, walk, program, high, rows, visit, keep);
    }
}

}  // namespace partnerd::reports
