// Work that is done by the clock: one runner per cluster, by a lease on the job's row.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "domain/clock.hpp"
#include "domain/result.hpp"
#include "storage/storage.hpp"

namespace partnerd::jobs {

struct Job {
    std::string id;                 // "core.release", "coupons.expire"
    std::int64_t every_us = 0;
    std::int64_t timeout_us = 60'000'000;  // how long its lease holds
    // [worker] `should_stop` turns true when the server drains.
    std::function<Status(std::int64_t due_us, std::function<bool()> const& should_stop)> run;
};

// "every 30 seconds", "every 5 minutes", "every 1 hour", "every 1 day"; invalid_config otherwise.
Result<std::int64_t> parse_schedule(std::string_view text);

class Scheduler {
  public:
    explicit Scheduler(Clock const& clock) : clock_(clock) {}
    ~Scheduler() { stop(); }
    void add(Job job);                      // [main] before start()
    void forget(std::string_view prefix);   // [main] the jobs of a plugin that failed to load
    void start(storage::Storage& storage);  // [main]
    void stop();                            // [main] waits for the job that runs
    // Runs every job that is due, in order; how many ran. For tests and the command line; not beside start().
    int run_due(storage::Storage& storage);

  private:
    struct Claim {
        std::int64_t due_us = 0, lease_until_us = 0;
    };
    bool claim(storage::Storage& storage, Job const& job, Claim& claim);
    void release(storage::Storage& storage, Job const& job, Claim const& claim, std::string const& error);
    void loop(storage::Storage& storage);

    Clock const& clock_;
    std::vector<Job> jobs_;  // constant after start()
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<bool> stopping_{false};
};

}  // namespace partnerd::jobs
