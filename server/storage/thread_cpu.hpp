// The processor time that the calling thread has used so far. Time stolen by a hypervisor or by other threads is not in it.
#pragma once

#include <time.h>

#include <chrono>

namespace partnerd::storage {

inline std::chrono::nanoseconds thread_cpu() noexcept {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace partnerd::storage
