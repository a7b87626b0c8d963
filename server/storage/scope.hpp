// What one handler may still do with its connection: is its unit doomed, and until when may it call. One per connection,
// opened anew for every handler. [the handler's thread]
#pragma once

#include <chrono>
#include <optional>

#include "storage/thread_cpu.hpp"
#include "storage/tx.hpp"

namespace partnerd::storage {

using SteadyClock = std::chrono::steady_clock;

class Scope {
  public:
    // `budget` is wall time for a reader. A writer may use it up on the processor, and stay `stalls_max` times as long: on a
    // crowded machine, or one whose hypervisor steals time, a handler is not to blame for what it waited.
    void open(Mode mode, SteadyClock::duration budget) {
        mode_ = mode;
        budget_ = budget;
        failure_.reset();
        deadline_ = SteadyClock::now() + budget;
        if (mode == Mode::write) cpu_at_open_ = thread_cpu();
    }
    Mode mode() const { return mode_; }
    SteadyClock::time_point deadline() const { return deadline_; }
    // Time that the handler is not to blame for: waiting for the locks of other sessions.
    void extend(SteadyClock::duration waited) { deadline_ += waited; }

    bool doomed() const { return failure_.has_value(); }
    Failure const& failure() const { return *failure_; }
    // The first failure is the one that is reported.
    void doom(Failure failure) {
        if (!failure_) failure_.emplace(std::move(failure));
    }
    [[noreturn]] void fail(Failure failure) {
        doom(failure);
        throw failure;
    }
    // Throws Failure(state) when doomed.
    void require_sound() const {
        if (failure_) throw Failure(Failure::Category::state, std::string("the unit is doomed since: ") + failure_->what());
    }
    // Before a statement executes: also throws Failure(timeout), and dooms, when the handler's time is used up.
    void enter() {
        require_sound();
        auto const now = coarse_now();
        if (now < deadline_ || is_stalled(now)) return;
        auto const budget_ms = std::chrono::duration_cast<std::chrono::milliseconds>(budget_).count();
        fail(Failure(Failure::Category::timeout, "the handler used up its " + std::to_string(budget_ms) + " ms of storage time"));
    }

  private:
    static constexpr int stalls_max = 10;
    // The steady clock as of the last tick of the kernel, some milliseconds ago: a fifth of the price, some hundred times a handler.
    static SteadyClock::time_point coarse_now() {
        timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
        return SteadyClock::time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
    }
    bool is_stalled(SteadyClock::time_point now) const {
        return mode_ == Mode::write && now < deadline_ + (stalls_max - 1) * budget_ && thread_cpu() - cpu_at_open_ < budget_;
    }

    Mode mode_ = Mode::read;
    SteadyClock::duration budget_{};
    SteadyClock::time_point deadline_{};
    std::chrono::nanoseconds cpu_at_open_{};
    std::optional<Failure> failure_;
};

}  // namespace partnerd::storage
