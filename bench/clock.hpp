// Microseconds of a clock that never jumps.
#pragma once

#include <chrono>
#include <cstdint>

namespace bench {

inline std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace bench
