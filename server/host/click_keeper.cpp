#include "host/click_keeper.hpp"

#include <boost/json.hpp>

#include <thread>

#include "auth/audit.hpp"
#include "domain/calendar.hpp"
#include "logging/log.hpp"
#include "tracking/click_weeks.hpp"

namespace partnerd::host {

using storage::Tx;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::hours clock_is_settled_after{1};
constexpr std::chrono::milliseconds turn_at_most{1500};  // other jobs wait for it
constexpr std::chrono::milliseconds rest_at_least{1};
// A week's partition costs the clicks of that moment some ten milliseconds: few enough of them that a p99 does not show it.
constexpr std::chrono::milliseconds rest_between_weeks{500};

std::string write_mark(Id mark) {
    return boost::json::serialize(boost::json::object{{"kept_from", mark == 0 ? "the first" : format_instant(id_time_us(mark))}});
}

}  // namespace

void ClickKeeper::add_job(jobs::Scheduler& scheduler) {
    scheduler.add({"core.clicks", 15 * second_us, minute_us, [this](std::int64_t, auto const& should_stop) -> Status {
                       turn(SteadyClock::now() - started_ < clock_is_settled_after, turn_at_most, should_stop);
                       return {};
                   }});
}

void ClickKeeper::add_figures(metrics::Registry& registry) {
    registry.gauge_function("partnerd_clicks_pruned", "Clicks that this server let go since its start; an estimate on PostgreSQL",
                            [this] { return static_cast<double>(pruned_.load()); });
    registry.gauge_function("partnerd_clicks_kept_from_seconds", "The time of the first click that is kept; 0: all are",
                            [this] { return static_cast<double>(kept_from_us_.load()) / second_us; });
    registry.gauge_function("partnerd_clicks_kept_days", "How long clicks are kept, by configuration and terms; 0: for ever",
                            [this] { return static_cast<double>(kept_days_.load()); });
}

bool ClickKeeper::turn(bool doubt_clock, std::chrono::milliseconds longest, std::function<bool()> const& should_stop) {
    tracking::cover_weeks_ahead(storage_, kernel_.clock.now_us());
    tracking::Retention plan;
    Id mark = 0;
    storage_.read([&](Tx& tx) {
        plan = tracking::plan_retention(tx, keep_days_, kernel_.clock.now_us(), doubt_clock);
        mark = tracking::kept_from(tx);
    });
    kept_days_ = plan.kept_days;
    if (plan.mark > mark) raise(plan);
    if (plan.mark == 0) return true;
    kept_from_us_ = id_time_us(plan.mark);
    bool const done = prune(longest, should_stop);
    if (done) tell();
    return done;
}

void ClickKeeper::raise(tracking::Retention const& plan) {
    bool raised = false;
    storage_.write([&](Tx& tx) {
        auto const before = tracking::kept_from(tx);
        raised = tracking::raise_kept_from(tx, plan.mark);
        if (raised)
            auth::record_audit(tx, kernel_.mint, kernel_.clock.now_us(), {"job", 0}, "prune", "click", 0, write_mark(before),
                               write_mark(tracking::kept_from(tx)), "");
        return raised;
    });
    if (raised)
        logging::info("clicks from before this are no longer kept", {{"kept_from", format_instant(id_time_us(plan.mark))},
                                                                     {"kept_days", std::to_string(plan.kept_days)},
                                                                     {"keep_days", std::to_string(plan.days)}});
}

bool ClickKeeper::prune(std::chrono::milliseconds longest, std::function<bool()> const& should_stop) {
    auto const until = SteadyClock::now() + longest;
    auto const count = [&](std::int64_t rows) {
        pruned_ += rows;
        untold_ += rows;
    };
    if (storage_.dialect() == storage::Dialect::postgresql) {
        Id mark = 0;
        storage_.read([&](Tx& tx) { mark = tracking::kept_from(tx); });
        bool all = true;
        count(tracking::drop_weeks(storage_, mark, [&] {
            std::this_thread::sleep_for(rest_between_weeks);
            return all = !should_stop() && SteadyClock::now() < until;
        }));
        return all;
    }
    while (!should_stop() && SteadyClock::now() < until) {
        auto const began = SteadyClock::now();
        auto const gone = tracking::prune_some(storage_, rows_per_step);
        count(gone);
        if (gone == 0) return true;
        std::this_thread::sleep_for(std::max<SteadyClock::duration>(SteadyClock::now() - began, rest_at_least));
    }
    return false;
}

void ClickKeeper::tell() {
    if (untold_ > 0) logging::info("old clicks were deleted", {{"clicks", std::to_string(untold_)}});
    untold_ = 0;
}

}  // namespace partnerd::host
