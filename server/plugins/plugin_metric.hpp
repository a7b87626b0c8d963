// A metric of a plugin: one figure of the registry for each set of label values.
#pragma once

#include <partnerd/metrics.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "metrics/registry.hpp"

namespace partnerd::plugins {

class PluginMetric {
  public:
    struct Shape {
        std::int32_t kind = PARTNERD_COUNTER;
        std::string name, help;  // the full name: "partnerd_coupons_redemptions_total"
        std::vector<std::string> labels;
        std::vector<double> bounds;
    };
    PluginMetric(metrics::Registry& registry, Shape shape) : registry_(registry), shape_(std::move(shape)) {}

    // [any] Values as many as labels. Label sets beyond 1000 are dropped: an id is no label.
    void add(double by, std::vector<std::string> values);
    Shape const& shape() const noexcept { return shape_; }

  private:
    struct Figure {
        metrics::Counter* counter = nullptr;
        metrics::Gauge* gauge = nullptr;
        metrics::Histogram* histogram = nullptr;
    };
    Figure figure(std::vector<std::string> const& values);

    metrics::Registry& registry_;
    Shape const shape_;
    std::mutex mutex_;
    std::map<std::vector<std::string>, Figure> figures_;  // guarded by mutex_
};

}  // namespace partnerd::plugins
