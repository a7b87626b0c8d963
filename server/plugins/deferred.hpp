// An answer that an IO route gives later: from any thread, once, or by the route's timeout.
#pragma once

#include <partnerd/http.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "routing/exchange.hpp"
#include "tracking/click_waiter.hpp"

namespace partnerd::plugins {

// [any] The exchange is touched only between the route's return and the answer, by whoever has claimed it. May be what a click's
// recording ends: the storage thread then leaves the answer to the exchange's own thread.
class Deferred final : public tracking::ClickWaiter, private routing::Errand {
  public:
    // Registered under a number of its own until some time after its answer.
    static std::shared_ptr<Deferred> make(routing::Exchange& of, std::string_view plugin, std::chrono::milliseconds timeout);
    static std::shared_ptr<Deferred> find(void const* handle);  // null: answered, or never there
    static std::size_t kept();                                  // how many are registered

    partnerd_deferred* handle() const noexcept { return reinterpret_cast<partnerd_deferred*>(token_); }

    bool is_over() const noexcept { return (state_.load(std::memory_order_acquire) & (taken_bit | gone_bit)) != 0; }

    // The answer, to be filled until complete(); null once it was given. Waits until the route has returned. The timeout then waits.
    routing::Response* claim();
    // The response of a claimed one, or null.
    routing::Response* claimed();
    void complete(std::optional<Error> error = {}) noexcept;
    void click_done(bool durable, std::shared_ptr<tracking::ClickWaiter> self) noexcept override;
    // The route has returned. false: it was completed before, and the caller answers now.
    bool returned() noexcept;
    // The route went another way: the caller answers, later calls have no effect.
    void abandon() noexcept;
    std::chrono::steady_clock::time_point due() const noexcept { return due_; }
    // Answers 504, unless the route has not returned yet or the answer is claimed.
    void time_out() noexcept;

    struct Key {  // make() only
        explicit Key() = default;
    };
    Deferred(Key, std::uintptr_t token, routing::Exchange& of, std::string_view plugin, std::chrono::steady_clock::time_point due);

  private:
    // What has happened. Who sets `taken` alone decides how it is answered; with `completed` the reason is there to be read.
    static constexpr unsigned returned_bit = 1, taken_bit = 2, completed_bit = 4, claimed_bit = 8, gone_bit = 16, awaited_bit = 32;
    bool take(unsigned required, unsigned forbidden, unsigned more) noexcept;
    void completed() noexcept;  // by who has taken it
    void answer() noexcept;     // returned and completed: gives the exchange back
    void arrive() noexcept override;
    void wake_claimer(unsigned before) noexcept;

    std::uintptr_t const token_;
    std::string const plugin_;
    std::chrono::steady_clock::time_point const due_;
    routing::Home* const home_;
    std::atomic<unsigned> state_{0};
    std::optional<Error> error_;  // written by who took it, before `completed`
    // Between click_done() and arrive(): what the click came to, and what keeps this alive.
    bool durable_ = false;
    std::shared_ptr<tracking::ClickWaiter> self_;
};

}  // namespace partnerd::plugins
