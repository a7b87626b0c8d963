// Lets old clicks go, by the clock and a little at a time, and sees to it that there is a place for new ones.
#pragma once

#include <atomic>
#include <chrono>

#include "jobs/scheduler.hpp"
#include "metrics/registry.hpp"
#include "programs/kernel.hpp"
#include "tracking/click_retention.hpp"

namespace partnerd::host {

class ClickKeeper {
  public:
    // Rows of one unit: about a millisecond of the writer.
    static constexpr std::int64_t rows_per_step = 500;

    ClickKeeper(programs::Kernel const& kernel, storage::Storage& storage, std::int64_t keep_days)
        : kernel_(kernel), storage_(storage), keep_days_(keep_days) {}

    void add_job(jobs::Scheduler& scheduler);       // [main] core.clicks
    void add_figures(metrics::Registry& registry);  // [main]

    // [worker] One turn: the mark to where it belongs, then what is below it, for at most `longest`. Between two steps it rests, on SQLite
    // for as long as a step took, so that whoever else waits for the writer comes first. True when nothing is left to do.
    bool turn(bool doubt_clock, std::chrono::milliseconds longest, std::function<bool()> const& should_stop);

  private:
    void raise(tracking::Retention const& plan);
    bool prune(std::chrono::milliseconds longest, std::function<bool()> const& should_stop);
    void tell();

    programs::Kernel const& kernel_;
    storage::Storage& storage_;
    std::int64_t const keep_days_;
    std::chrono::steady_clock::time_point const started_ = std::chrono::steady_clock::now();
    std::atomic<std::int64_t> pruned_{0}, kept_from_us_{0}, kept_days_{0};
    std::int64_t untold_ = 0;  // pruned since the last line of the log; one runner at a time
};

}  // namespace partnerd::host
