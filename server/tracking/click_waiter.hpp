// Who waits for a click to be durable.
#pragma once

namespace partnerd::tracking {

class ClickWaiter {
  public:
    virtual ~ClickWaiter() = default;
    // Once. [storage thread] Must not block or throw; the waiter is destroyed after it.
    virtual void click_done(bool durable) noexcept = 0;
};

}  // namespace partnerd::tracking
