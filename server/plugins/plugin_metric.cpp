#include "plugins/plugin_metric.hpp"

#include <cmath>

namespace partnerd::plugins {

PluginMetric::Figure PluginMetric::figure(std::vector<std::string> const& values) {
    std::lock_guard const lock(mutex_);
    if (auto const found = figures_.find(values); found != figures_.end()) return found->second;
    if (figures_.size() >= 1000) return {};
    metrics::Labels labels;
    for (std::size_t i = 0; i < shape_.labels.size(); ++i) labels.emplace_back(shape_.labels[i], values[i]);
    Figure made;
    if (shape_.kind == PARTNERD_COUNTER) made.counter = &registry_.counter(shape_.name, shape_.help, labels);
    else if (shape_.kind == PARTNERD_GAUGE) made.gauge = &registry_.gauge(shape_.name, shape_.help, labels);
    else made.histogram = &registry_.histogram(shape_.name, shape_.help, shape_.bounds, labels);
    figures_.emplace(values, made);
    return made;
}

void PluginMetric::add(double by, std::vector<std::string> values) {
    auto const found = figure(values);
    if (found.histogram != nullptr) return found.histogram->observe(by);
    if (!(std::abs(by) < 9e15)) return;
    if (found.gauge != nullptr) found.gauge->add(std::llround(by));
    if (found.counter != nullptr && by > 0) found.counter->add(static_cast<std::uint64_t>(std::llround(by)));
}

}  // namespace partnerd::plugins
