// The three kinds of figures. Adding to one is a relaxed atomic on a shard of the calling thread: no lock, no line shared
// between busy threads. [any thread]
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

namespace partnerd::metrics {

inline constexpr std::size_t shard_count = 8;

// Threads take shards in turn, as they first ask.
std::size_t this_thread_shard() noexcept;

class Counter {  // only grows
  public:
    void add(std::uint64_t by = 1) noexcept { shards_[this_thread_shard()].value.fetch_add(by, std::memory_order_relaxed); }
    std::uint64_t value() const noexcept;

  private:
    struct alignas(64) Shard {
        std::atomic<std::uint64_t> value{0};
    };
    std::array<Shard, shard_count> shards_;
};

class Gauge {
  public:
    void add(std::int64_t by) noexcept { value_.fetch_add(by, std::memory_order_relaxed); }
    void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::int64_t> value_{0};
};

class Histogram {
  public:
    struct Snapshot {
        std::vector<std::uint64_t> counts;  // per bucket, not cumulative; the last is +Inf
        double sum = 0;
        std::uint64_t count() const noexcept;
    };

    // `bounds` are upper bounds, inclusive and rising; std::invalid_argument otherwise.
    explicit Histogram(std::vector<double> bounds);
    void observe(double value) noexcept;
    Snapshot snapshot() const;
    std::vector<double> const& bounds() const noexcept { return bounds_; }

  private:
    struct alignas(64) Shard {
        std::vector<std::atomic<std::uint64_t>> counts;
        std::atomic<double> sum{0};
    };
    std::vector<double> bounds_;
    std::array<Shard, shard_count> shards_;
};

// 100 us to 10 s: what a request or a commit takes.
std::vector<double> latency_bounds();

}  // namespace partnerd::metrics
