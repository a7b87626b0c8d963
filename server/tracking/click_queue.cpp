#include "tracking/click_queue.hpp"

#include <algorithm>
#include <chrono>

#include "domain/calendar.hpp"

namespace partnerd::tracking {

using storage::arg;

namespace {

constexpr std::size_t taken_max = 2048;  // clicks of one commit
// How long they wait to be summed, how many clicks and how many sums: some milliseconds of a reader's, who counts them one by one until
// then, and of the writer's time.
constexpr std::int64_t count_every_us = 1'000'000;
constexpr std::int64_t uncounted_max = 20'000;
constexpr std::size_t sums_max = 2000;

std::int64_t steady_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

storage::RowShape const& rows_of_clicks() {
    constexpr auto text = storage::ColumnType::text;
    static storage::RowShape const shape("click", {{"id"}, {"program"}, {"link"}, {"sub1", text}, {"sub2", text}, {"sub3", text}, {"sub4", text},
                                                   {"sub5", text}, {"visitor"}, {"is_unique"}, {"referrer", text}});
    return shape;
}

}  // namespace

Id ClickQueue::push(Click&& click, IdMint& mint) {
    std::lock_guard const lock(mutex_);
    if (waiting_.size() >= most_) return 0;
    auto const id = click.id = mint.mint();
    waiting_.push_back(std::move(click));
    Id none = 0;
    oldest_.compare_exchange_strong(none, id, std::memory_order_relaxed);
    size_.store(waiting_.size(), std::memory_order_relaxed);
    return id;
}

std::int64_t ClickQueue::lag_us(std::int64_t now_us) const noexcept {
    if (failing_.load(std::memory_order_relaxed)) return INT64_MAX;
    auto const oldest = oldest_.load(std::memory_order_relaxed);
    if (oldest == 0) return 0;
    auto const lag = now_us - id_time_us(oldest);
    return lag < 0 ? INT64_MAX : lag;
}

bool ClickQueue::is_count_due() const {
    auto const due = count_due_us_.load(std::memory_order_relaxed);
    return due != 0 && due <= steady_us();
}

void ClickQueue::hurry() noexcept {
    if (count_due_us_.load(std::memory_order_relaxed) != 0) count_due_us_.store(1, std::memory_order_relaxed);
}

bool ClickQueue::pending() const { return size_.load(std::memory_order_relaxed) != 0 || is_count_due(); }

// A zone's rules are looked up once a day, not once a click.
std::int64_t ClickQueue::day_of(Click const& click) {
    auto const at = id_time_us(click.id);
    auto const& zone = click.target->zone;
    auto found = days_.find(zone);
    if (found == days_.end()) found = days_.emplace(zone, Day{}).first;
    auto& known = found->second;
    if (at < known.from_us || at >= known.until_us) {
        known.day = day_in_zone(at, zone);
        known.from_us = start_of_day(known.day, zone);
        known.until_us = start_of_day(known.day + 1, zone);
    }
    return known.day;
}

void ClickQueue::count(Click const& click, bool is_unique) {
    auto const& target = *click.target;
    auto& sum = traffic_[{target.program, target.partner, day_of(click), target.link, click.subs()[0]}];
    ++sum.clicks;
    sum.uniques += is_unique ? 1 : 0;
}

void ClickQueue::take() {
    {
        std::lock_guard const lock(mutex_);
        if (waiting_.size() <= taken_max) taken_.swap(waiting_);
        else {
            auto const end = waiting_.begin() + static_cast<std::ptrdiff_t>(taken_max);
            std::move(waiting_.begin(), end, std::back_inserter(taken_));
            waiting_.erase(waiting_.begin(), end);
        }
        size_.store(waiting_.size(), std::memory_order_relaxed);
    }
    unique_.clear();
    for (auto const& click : taken_) {
        bool const fresh = click.visitor == 0 || visitors_.meet(click.visitor, click.target->link, day_of(click));
        unique_.push_back(fresh ? 1 : 0);
    }
}

void ClickQueue::insert_all(storage::Tx& tx) {
    if (counts_at_once_) {
        std::set<std::int64_t> weeks;
        for (auto const& click : taken_) weeks.insert(weeks.end(), click_week(click.id));
        weeks_.need(tx, weeks);
    }
    tx.insert_all(rows_of_clicks(), [this, i = std::size_t{0}](std::span<storage::Value> row) mutable {
        if (i == taken_.size()) return false;
        auto const& c = taken_[i];
        row[0] = c.id;
        row[1] = c.target->program;
        row[2] = c.target->link;
        for (std::size_t sub = 0; sub < 5; ++sub) row[3 + sub] = c.subs()[sub];
        row[8] = c.visitor;
        row[9] = std::int64_t{unique_[i++]};
        row[10] = c.referrer;
        return true;
    });
}

void ClickQueue::write(storage::Tx& tx) {
    counts_at_once_ = tx.dialect() == storage::Dialect::postgresql;
    if (taken_.empty()) take();
    else weeks_.forget();  // again, after a failure: the same clicks, and somebody may have dropped a partition
    insert_all(tx);
    if (counts_at_once_) {
        traffic_.clear();
        for (std::size_t i = 0; i < taken_.size(); ++i) count(taken_[i], unique_[i] != 0);
        return write_traffic(tx, traffic_);
    }
    counting_ = !traffic_.empty() && (traffic_.size() >= sums_max || uncounted_ >= uncounted_max || is_count_due());
    if (!counting_) return;
    write_traffic(tx, traffic_);
    set_traffic_mark(tx, newest_);
}

void ClickQueue::give_up() {
    counts_at_once_ = counting_ = false;
    if (taken_.empty()) take();
}

// Counted before anybody is told: with the answer the link goes back.
void ClickQueue::count_committed() {
    if (counting_) {
        traffic_.clear();
        uncounted_ = 0;
        count_due_us_.store(0, std::memory_order_relaxed);
    }
    if (counts_at_once_ || taken_.empty()) return;
    for (std::size_t i = 0; i < taken_.size(); ++i) count(taken_[i], unique_[i] != 0);
    uncounted_ += static_cast<std::int64_t>(taken_.size());
    newest_ = taken_.back().id;
    if (count_due_us_.load(std::memory_order_relaxed) == 0) count_due_us_.store(steady_us() + count_every_us, std::memory_order_relaxed);
}

void ClickQueue::done(storage::UnitResult const& result) noexcept {
    bool const committed = result.state == storage::UnitState::committed;
    failing_.store(!committed, std::memory_order_relaxed);
    if (committed) count_committed();
    else weeks_.forget();
    // A full disk is asked again in a second, not at once: who stops does not wait for it, and the next start counts the rest.
    if (!committed && counting_) count_due_us_.store(steady_us() + count_every_us, std::memory_order_relaxed);
    counting_ = false;
    for (auto& click : taken_) {
        if (!click.waiter) continue;
        auto& waiter = *click.waiter;
        waiter.target = std::move(click.target);
        waiter.click_done(committed, std::move(click.waiter));
    }
    taken_.clear();
    std::lock_guard const lock(mutex_);
    oldest_.store(waiting_.empty() ? 0 : waiting_.front().id, std::memory_order_relaxed);
}

}  // namespace partnerd::tracking
