// Latencies in buckets that grow with the value: 64 to each power of two, so that a bucket is at most 1.6 % wide. Like HDR histograms,
// without their configuration. One thread.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace bench {

class Histogram {
  public:
    void add(std::int64_t microseconds) {
        auto const value = static_cast<std::uint64_t>(microseconds < 0 ? 0 : microseconds);
        ++counts_[bucket_of(value)];
        ++count_;
        if (value > most_) most_ = value;
    }
    std::uint64_t count() const { return count_; }
    double most_ms() const { return static_cast<double>(most_) / 1000.0; }
    // The upper end of the bucket that holds the given part (0.99: the 99th percentile); 0 without values.
    double at_ms(double part) const {
        auto left = static_cast<std::int64_t>(part * static_cast<double>(count_));
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            left -= static_cast<std::int64_t>(counts_[i]);
            if (left < 0) return std::min(static_cast<double>(upper_end(i)) / 1000.0, most_ms());
        }
        return most_ms();
    }

  private:
    static constexpr unsigned sub_bits = 6;
    static constexpr std::uint64_t sub_count = 1u << sub_bits;
    static std::size_t bucket_of(std::uint64_t value) {
        if (value < sub_count) return static_cast<std::size_t>(value);
        auto const power = static_cast<unsigned>(std::bit_width(value)) - 1 - sub_bits;
        auto const bucket = (power + 1) * sub_count + ((value >> power) - sub_count);
        return bucket < buckets ? static_cast<std::size_t>(bucket) : buckets - 1;
    }
    static std::uint64_t upper_end(std::size_t bucket) {
        if (bucket < sub_count) return bucket;
        auto const power = bucket / sub_count - 1;
        return ((bucket % sub_count + sub_count + 1) << power) - 1;
    }
    static constexpr std::size_t buckets = 32 * sub_count;

    std::array<std::uint64_t, buckets> counts_{};
    std::uint64_t count_ = 0, most_ = 0;
};

}  // namespace bench
