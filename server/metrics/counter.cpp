#include "metrics/counter.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace partnerd::metrics {

std::size_t this_thread_shard() noexcept {
    static std::atomic<std::size_t> next{0};
    thread_local std::size_t const shard = next.fetch_add(1, std::memory_order_relaxed) % shard_count;
    return shard;
}

std::uint64_t Counter::value() const noexcept {
    std::uint64_t total = 0;
    for (auto const& shard : shards_) total += shard.value.load(std::memory_order_relaxed);
    return total;
}

std::uint64_t Histogram::Snapshot::count() const noexcept { return std::accumulate(counts.begin(), counts.end(), std::uint64_t(0)); }

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)) {
    bool const finite = std::all_of(bounds_.begin(), bounds_.end(), [](double bound) { return std::isfinite(bound); });
    bool const rising = std::adjacent_find(bounds_.begin(), bounds_.end(), std::greater_equal<>()) == bounds_.end();
    if (bounds_.empty() || !finite || !rising) throw std::invalid_argument("the bounds of a histogram must be finite and rise");
    for (auto& shard : shards_) shard.counts = std::vector<std::atomic<std::uint64_t>>(bounds_.size() + 1);
}

void Histogram::observe(double value) noexcept {
    auto& shard = shards_[this_thread_shard()];
    auto const bucket = static_cast<std::size_t>(std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin());
    shard.counts[bucket].fetch_add(1, std::memory_order_relaxed);
    shard.sum.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::snapshot() const {
    Snapshot all;
    all.counts.assign(bounds_.size() + 1, 0);
    for (auto const& shard : shards_) {
        for (std::size_t i = 0; i < all.counts.size(); ++i) all.counts[i] += shard.counts[i].load(std::memory_order_relaxed);
        all.sum += shard.sum.load(std::memory_order_relaxed);
    }
    return all;
}

std::vector<double> latency_bounds() {
    return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

}  // namespace partnerd::metrics
