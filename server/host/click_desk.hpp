// Takes the clicks that plugins report: finds the link in memory, signs the id, queues the row. [io]
#pragma once

#include <memory>

#include "plugins/host_services.hpp"
#include "programs/kernel.hpp"
#include "tracking/click_queue.hpp"

namespace partnerd::host {

class ClickDesk {
  public:
    ClickDesk(programs::Kernel const& kernel, tracking::ClickTargets& targets, tracking::ClickQueue& queue, storage::Storage& storage)
        : kernel_(kernel), targets_(targets), queue_(queue), storage_(storage) {}
    // busy: the queue is full. not_found: the link is not in memory (any more); whoever asks loads it and comes again. invalid_state: the
    // program does not track now. The waiter is told once, unless an error is returned.
    Result<std::string> take(plugins::ClickReport const& report, std::shared_ptr<tracking::ClickWaiter> waiter);

  private:
    programs::Kernel const& kernel_;
    tracking::ClickTargets& targets_;
    tracking::ClickQueue& queue_;
    storage::Storage& storage_;
};

}  // namespace partnerd::host
