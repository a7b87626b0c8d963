#include "tracking/click_queue.hpp"

#include <algorithm>

#include "domain/calendar.hpp"

namespace partnerd::tracking {

using storage::arg;

namespace {

constexpr std::size_t taken_max = 2048;    // clicks of one commit
constexpr std::size_t seen_max = 2'000'000;
constexpr std::size_t rows_per_insert[] = {64, 8, 1};
constexpr std::size_t columns = 11;

// "insert into click (...) values (:a0, :b0, ...), (:a1, ...)": one text for each number of rows, so that it is prepared once.
std::string insert_sql(std::size_t rows) {
    std::string sql = "insert into click (id, program, link, sub1, sub2, sub3, sub4, sub5, visitor, is_unique, referrer) values ";
    for (std::size_t row = 0; row < rows; ++row) {
        sql += row == 0 ? "(" : ", (";
        for (std::size_t column = 0; column < columns; ++column) {
            if (column > 0) sql += ", ";
            sql += ':';
            sql += static_cast<char>('a' + column);
            sql += std::to_string(row);
        }
        sql += ')';
    }
    return sql;
}

struct InsertText {
    std::string sql;
    std::vector<std::array<std::string, columns>> names;
};

InsertText make_text(std::size_t rows) {
    InsertText text{insert_sql(rows), {}};
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column) {
            if (column == 0) text.names.emplace_back();
            text.names.back()[column] = static_cast<char>('a' + column) + std::to_string(row);
        }
    return text;
}

InsertText const& text_for(std::size_t rows) {
    static InsertText const texts[] = {make_text(rows_per_insert[0]), make_text(rows_per_insert[1]), make_text(rows_per_insert[2])};
    return rows == rows_per_insert[0] ? texts[0] : rows == rows_per_insert[1] ? texts[1] : texts[2];
}

}  // namespace

bool ClickQueue::push(Click click) {
    std::lock_guard const lock(mutex_);
    if (waiting_.size() >= most_) return false;
    waiting_.push_back(std::move(click));
    size_.store(waiting_.size(), std::memory_order_relaxed);
    return true;
}

bool ClickQueue::pending() const { return size_.load(std::memory_order_relaxed) != 0; }

bool ClickQueue::is_unique(Click const& click, std::int64_t day) {
    if (click.seen_before) return false;
    if (click.visitor == 0) return true;
    if (day != seen_day_ || seen_.size() >= seen_max) {
        seen_.clear();
        seen_day_ = day;
    }
    auto const mark = static_cast<std::uint64_t>(click.visitor) ^ (static_cast<std::uint64_t>(click.target->link) * 0x9e3779b97f4a7c15ULL);
    return seen_.insert(mark).second;
}

void ClickQueue::insert(storage::Tx& tx, std::size_t first, std::size_t count) const {
    auto const& text = text_for(count);
    auto& statement = tx.prepare(text.sql, {});
    for (std::size_t row = 0; row < count; ++row) {
        auto const& c = taken_[first + row];
        auto const& name = text.names[row];
        storage::Value const values[columns] = {c.id,      c.target->program, c.target->link, c.subs[0], c.subs[1], c.subs[2], c.subs[3],
                                                c.subs[4], c.visitor,         static_cast<bool>(unique_[first + row]), c.referrer};
        for (std::size_t column = 0; column < columns; ++column) statement.bind(name[column], values[column]);
    }
    statement.step();
    statement.reset();
}

void ClickQueue::write(storage::Tx& tx) {
    if (taken_.empty()) {  // otherwise a run after a conflict: the same clicks again
        std::lock_guard const lock(mutex_);
        auto const count = std::min(waiting_.size(), taken_max);
        std::move(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count), std::back_inserter(taken_));
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        size_.store(waiting_.size(), std::memory_order_relaxed);
    }
    std::map<RollupId, RollupRow> rollups;
    if (unique_.size() != taken_.size()) {
        unique_.clear();
        for (auto const& c : taken_) unique_.push_back(is_unique(c, day_in_zone(id_time_us(c.id), c.target->zone)) ? 1 : 0);
    }
    for (std::size_t i = 0; i < taken_.size(); ++i) {
        auto const& c = taken_[i];
        auto& row = rollups[{c.target->program, c.target->partner, day_in_zone(id_time_us(c.id), c.target->zone), c.target->link, c.subs[0]}];
        ++row.clicks;
        row.uniques += unique_[i];
    }
    std::size_t first = 0;
    for (auto const rows : rows_per_insert)
        for (; taken_.size() - first >= rows; first += rows) insert(tx, first, rows);
    for (auto const& [id, row] : rollups) {
        auto const& [program, partner, day, link, sub1] = id;
        tx.exec("insert into rollup_traffic (program, partner, day, link, sub1, clicks, uniques) values (:program, :partner, :day, :link, :sub1, :clicks, :uniques) "
                "on conflict (program, partner, day, link, sub1) do update set clicks = rollup_traffic.clicks + excluded.clicks, uniques = rollup_traffic.uniques + excluded.uniques",
                {arg("program", program), arg("partner", partner), arg("day", day), arg("link", link), arg("sub1", sub1), arg("clicks", row.clicks), arg("uniques", row.uniques)});
    }
}

void ClickQueue::done(storage::UnitResult const& result) noexcept {
    for (auto const& c : taken_)
        if (c.waiter != nullptr) c.waiter->click_done(result.state == storage::UnitState::committed);
    taken_.clear();
    unique_.clear();
}

}  // namespace partnerd::tracking
