// Time is microseconds since 1970-01-01T00:00:00Z in an int64, named at_us. Every reader of the clock gets it as an argument.
#pragma once

#include <atomic>
#include <cstdint>

namespace partnerd {

class Clock {
  public:
    virtual ~Clock() = default;
    virtual std::int64_t now_us() const = 0;  // [any thread]
};

class SystemClock final : public Clock {
  public:
    std::int64_t now_us() const override;
};

class ManualClock final : public Clock {  // for tests and replays
  public:
    explicit ManualClock(std::int64_t now_us) : now_us_(now_us) {}
    std::int64_t now_us() const override { return now_us_.load(); }
    void set(std::int64_t now_us) { now_us_.store(now_us); }
    void advance(std::int64_t by_us) { now_us_.fetch_add(by_us); }

  private:
    std::atomic<std::int64_t> now_us_;
};

inline constexpr std::int64_t second_us = 1'000'000;
inline constexpr std::int64_t minute_us = 60 * second_us;
inline constexpr std::int64_t hour_us = 60 * minute_us;
inline constexpr std::int64_t day_us = 24 * hour_us;

}  // namespace partnerd
