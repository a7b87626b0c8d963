#include "storage/copy_mark.hpp"

#include <algorithm>

#include "domain/calendar.hpp"
#include "storage/catalog.hpp"

namespace partnerd::storage {
namespace {

std::optional<CopyMark> read_mark(Tx& tx, std::span<std::string const> names) {
    if (std::find(names.begin(), names.end(), copy_mark_table) == names.end()) return std::nullopt;
    auto const row = tx.row<std::string, std::int64_t>("select source, started_at_us from copy_under_way");
    return row ? CopyMark{std::get<0>(*row), std::get<1>(*row)} : CopyMark{};
}

// The tables that may go: none, or those of an unfinished copy.
std::vector<std::string> leftovers(Tx& tx, std::string_view shown, std::span<std::string const> known) {
    auto const names = table_names(tx);
    if (names.empty()) return {};
    auto const is_known = [&](std::string const& name) { return name == copy_mark_table || std::find(known.begin(), known.end(), name) != known.end(); };
    auto const foreign = std::find_if_not(names.begin(), names.end(), is_known);
    bool const marked = read_mark(tx, names).has_value();
    if (marked && foreign == names.end()) return names;
    throw Failure(Failure::Category::state, std::string(shown) + " is not empty: it has " + std::to_string(names.size()) + " tables, such as \"" +
                                                (marked ? *foreign : names.front()) +
                                                "\"; a copy goes only into an empty database: make a new one, with createdb or by another file name");
}

}  // namespace

std::optional<CopyMark> copy_mark(Storage& storage) {
    std::optional<CopyMark> mark;
    storage.read([&](Tx& tx) { mark = read_mark(tx, table_names(tx)); });
    return mark;
}

void refuse_unfinished_copy(Storage& storage, std::string_view shown) {
    auto const mark = copy_mark(storage);
    if (!mark) return;
    throw Failure(Failure::Category::state, std::string(shown) + " holds an unfinished copy of " + mark->source + ", begun at " + format_instant(mark->started_at_us) +
                                                ", and must not be used: run the same `partnerd migrate` again, which begins anew, or go on with the source");
}

void refuse_foreign_target(Storage& storage, std::string_view shown, std::span<std::string const> known) {
    storage.read([&](Tx& tx) { leftovers(tx, shown, known); });
}

void begin_copy(Storage& storage, std::string_view shown, std::span<std::string const> known, CopyMark const& mark) {
    storage.write_unbounded([&](Tx& tx) {
        tx.lock("partnerd.migration");
        bool const postgresql = tx.dialect() == Dialect::postgresql;
        for (auto const& name : leftovers(tx, shown, known)) tx.exec("drop table " + quoted(name) + (postgresql ? " cascade" : ""));
        if (postgresql) tx.exec("drop function if exists partnerd_append_only()");
        tx.exec("create table copy_under_way (source text not null, started_at_us bigint not null, primary key (source))");
        tx.exec("insert into copy_under_way (source, started_at_us) values (:source, :at)", {arg("source", mark.source), arg("at", mark.started_at_us)});
        return true;
    });
}

void finish_copy(Storage& storage) {
    storage.write_unbounded([](Tx& tx) {
        tx.exec("drop table copy_under_way");
        return true;
    });
}

}  // namespace partnerd::storage
