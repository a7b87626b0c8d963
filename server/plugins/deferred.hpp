// An answer that an IO route gives later: from any thread, once, or by the route's timeout.
#pragma once

#include <partnerd/http.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "routing/exchange.hpp"

namespace partnerd::plugins {

// [any] The exchange is touched only between the route's return and the answer, by whoever has claimed it.
class Deferred {
  public:
    // Registered under a number of its own; dies with its answer.
    static std::shared_ptr<Deferred> make(routing::Exchange& exchange, std::string_view plugin, std::chrono::milliseconds timeout);
    static std::shared_ptr<Deferred> find(void const* handle);  // null: answered, or never there

    partnerd_deferred* handle() const noexcept { return reinterpret_cast<partnerd_deferred*>(token_); }

    // The answer, to be filled until complete(); null once it was given. Waits until the route has returned. The timeout then waits.
    routing::Response* claim();
    // The response of a claimed one, or null.
    routing::Response* claimed();
    void complete(std::optional<Error> error = {}) noexcept;
    // The route has returned. false: it was completed before, and the caller answers now.
    bool returned() noexcept;
    // The route went another way: the caller answers, later calls have no effect.
    void abandon() noexcept;
    std::chrono::steady_clock::time_point due() const noexcept { return due_; }
    // Answers 504, unless the route has not returned yet or the answer is claimed.
    void time_out() noexcept;

  private:
    Deferred(routing::Exchange& exchange, std::string_view plugin, std::chrono::steady_clock::time_point due);
    void retire() noexcept;  // forgets the number
    void answer_error(routing::Exchange& exchange) const;

    std::uintptr_t const token_;
    std::string const plugin_;
    std::chrono::steady_clock::time_point const due_;
    std::mutex mutex_;
    std::condition_variable has_returned_;
    routing::Exchange* exchange_;                                  // guarded by mutex_; null once answered
    bool returned_ = false, completed_ = false, claimed_ = false;  // guarded by mutex_
    std::optional<Error> error_;                                   // guarded by mutex_
};

}  // namespace partnerd::plugins
