// How long the calling thread has waited for a processor so far, by /proc/thread-self/schedstat (Linux, proc(5)); zero where
// there is none. A handler is not to blame for that time, and a crowded machine shall not refuse its writes.
#pragma once

#include <chrono>

namespace partnerd::storage {

std::chrono::nanoseconds run_delay() noexcept;

}  // namespace partnerd::storage
