// What one handler may still do with its connection: is its unit doomed, and until when may it call. One per connection,
// opened anew for every handler. [the handler's thread]
#pragma once

#include <chrono>
#include <optional>

#include "storage/run_delay.hpp"
#include "storage/tx.hpp"

namespace partnerd::storage {

using SteadyClock = std::chrono::steady_clock;

class Scope {
  public:
    void open(Mode mode, SteadyClock::duration budget) {
        mode_ = mode;
        budget_ = budget;
        failure_.reset();
        auto const now = SteadyClock::now();
        deadline_ = now + budget;
        if (now - delay_known_at_ < delay_known_for) return;
        delay_known_at_ = now;
        delay_ = run_delay();
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
        if (SteadyClock::now() < deadline_ || SteadyClock::now() < deadline_without_delay()) return;
        auto const budget_ms = std::chrono::duration_cast<std::chrono::milliseconds>(budget_).count();
        fail(Failure(Failure::Category::timeout, "the handler used up its " + std::to_string(budget_ms) + " ms of storage time"));
    }

  private:
    // A system call, so not for each handler of a batch; it may be too generous by as much.
    static constexpr std::chrono::milliseconds delay_known_for{5};
    SteadyClock::time_point deadline_without_delay() {
        auto const delay = run_delay();
        deadline_ += delay - delay_;
        delay_ = delay;
        return deadline_;
    }

    Mode mode_ = Mode::read;
    SteadyClock::duration budget_{};
    SteadyClock::time_point deadline_{}, delay_known_at_{};
    std::chrono::nanoseconds delay_{};
    std::optional<Failure> failure_;
};

}  // namespace partnerd::storage
