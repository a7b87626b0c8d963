// Who waits for a click to be durable.
#pragma once

#include <memory>

namespace partnerd::tracking {

struct ClickTarget;

class ClickWaiter {
  public:
    virtual ~ClickWaiter() = default;
    // Once, with what may be the last reference. [storage thread] Must not block or throw.
    virtual void click_done(bool durable, std::shared_ptr<ClickWaiter> self) noexcept = 0;

    // What the click knew of its link: goes back to the thread it came from, which alone counts the references then.
    std::shared_ptr<ClickTarget const> target;
};

}  // namespace partnerd::tracking
