#include "storage/row_shape.hpp"

#include <atomic>

#include "domain/invariant.hpp"

namespace partnerd::storage {
namespace {

std::atomic<std::size_t> shapes{0};

std::string_view array_of(ColumnType type) {
    switch (type) {
        case ColumnType::i64: return "bigint[]";
        case ColumnType::f64: return "double precision[]";
        case ColumnType::text: return "text[]";
        case ColumnType::blob: return "bytea[]";
    }
    return {};
}

// "a, b, c" of what `word` makes of each position from `first` on.
template <class Word>
std::string listed(std::size_t first, std::size_t end, std::string_view between, Word word) {
    std::string out;
    for (auto i = first; i < end; ++i) {
        if (i > first) out += between;
        out += word(i);
    }
    return out;
}

}  // namespace

RowShape::RowShape(std::string_view table, std::initializer_list<RowColumn> columns, Twice twice, std::size_t keys)
    : number_(shapes.fetch_add(1)), table_(table), twice_(twice), keys_(keys) {
    PARTNERD_INVARIANT(twice == Twice::refuse || (keys > 0 && keys <= columns.size()));
    std::vector<std::string> names;
    for (auto const& column : columns) {
        names.emplace_back(column.name);
        types_.push_back(column.type);
    }
    auto const all = names.size();
    auto const name = [&](std::size_t i) { return names[i]; };
    auto const arrays = "unnest(" + listed(0, all, ", ", [&](std::size_t i) { return "$" + std::to_string(i + 1) + "::" + std::string(array_of(types_[i])); }) + ")";
    auto const& t = table_;
    if (twice == Twice::only) {
        first_ = keys;
        auto const sum = [&](std::size_t i) { return names[i] + " = " + t + "." + names[i] + " + "; };
        one_row_ = "update " + t + " set " + listed(keys, all, ", ", [&](std::size_t i) { return sum(i) + ":c" + std::to_string(i); }) + " where " +
                   listed(0, keys, " and ", [&](std::size_t i) { return names[i] + " = :c" + std::to_string(i); });
        many_rows_ = "update " + t + " set " + listed(keys, all, ", ", [&](std::size_t i) { return sum(i) + "added." + names[i]; }) + " from " + arrays + " as added(" +
                     listed(0, all, ", ", name) + ") where " + listed(0, keys, " and ", [&](std::size_t i) { return t + "." + names[i] + " = added." + names[i]; });
        return;
    }
    std::string tail;
    if (twice != Twice::refuse) tail = " on conflict (" + listed(0, keys, ", ", name) + ") do ";
    if (twice == Twice::keep) tail += "nothing";
    if (twice == Twice::add) tail += "update set " + listed(keys, all, ", ", [&](std::size_t i) { return names[i] + " = " + t + "." + names[i] + " + excluded." + names[i]; });
    auto const into = "into " + t + " (" + listed(0, all, ", ", name) + ") ";
    auto const head = "insert " + into;
    one_row_ = head + "values (" + listed(0, all, ", ", [](std::size_t i) { return ":c" + std::to_string(i); }) + ")" + tail;
    // A row that is refused fails the statement as it stands: the unit is undone, so that SQLite need not be able to undo the statement.
    fed_rows_ = "insert or fail " + into + "select " + listed(0, all, ", ", [](std::size_t i) { return "c" + std::to_string(i); }) +
                " from partnerd_row_feed where true" + tail;
    many_rows_ = head + "select * from " + arrays + tail;
}

}  // namespace partnerd::storage
