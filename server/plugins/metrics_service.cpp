#include "domain/text.hpp"
#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"
#include "plugins/names.hpp"
#include "plugins/plugin_metric.hpp"
#include "plugins/services.hpp"

namespace partnerd::plugins {
namespace {

constexpr std::size_t labels_max = 4;

Result<PluginMetric::Shape> shape_of(Instance const& instance, partnerd_metric const& c) {
    if (!is_name(sv_or_empty(c.name)) || c.help == nullptr)
        return Error(errc::invalid_field, "a metric has a name, [a-z][a-z0-9_]*, and a help text");
    if (c.kind < PARTNERD_COUNTER || c.kind > PARTNERD_HISTOGRAM) return Error(errc::invalid_field, "there is no such kind of metric");
    if (c.kind == PARTNERD_COUNTER && !sv_or_empty(c.name).ends_with("_total"))
        return Error(errc::invalid_field, "a counter's name ends in _total: " + std::string(c.name));
    PluginMetric::Shape shape{c.kind, "partnerd_" + instance.id + "_" + c.name, c.help, {}, {}};
    for (auto const* label = c.labels; label != nullptr && *label != nullptr; ++label) {
        if (shape.labels.size() == labels_max || !is_name(*label)) return Error(errc::invalid_field, "at most 4 labels, [a-z][a-z0-9_]*");
        shape.labels.emplace_back(*label);
    }
    if (c.bounds != nullptr) shape.bounds.assign(c.bounds, c.bounds + c.n_bounds);
    if (shape.bounds.empty()) shape.bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    if (std::ranges::adjacent_find(shape.bounds, std::greater_equal<>()) != shape.bounds.end())
        return Error(errc::invalid_field, "the bounds of a histogram ascend");
    return shape;
}

partnerd_status define(partnerd_host* host, partnerd_metric const* given, std::int32_t* number, partnerd_error* e) noexcept {
    return in_create(host, e, [&](Instance& instance) -> partnerd_status {
        if (given == nullptr || number == nullptr || given->struct_size < PARTNERD_SIZE_TO(partnerd_metric, n_bounds))
            return fail(e, PARTNERD_E_INVALID, "no metric, no number, or a struct_size that is too small");
        auto shape = shape_of(instance, whole(given));
        if (!shape) return fail(e, PARTNERD_E_INVALID, shape.error().detail);
        for (auto const& other : instance.metrics)
            if (other->shape().name == shape->name) return fail(e, PARTNERD_E_CONFLICT, "the metric " + shape->name + " is there already");
        instance.metrics.push_back(std::make_unique<PluginMetric>(instance.services->metrics(), std::move(*shape)));
        *number = static_cast<std::int32_t>(instance.metrics.size() - 1);
        return PARTNERD_OK;
    });
}

void add(partnerd_host* host, std::int32_t number, double by, partnerd_str const* label_values) noexcept {
    auto* const instance = instance_of(host);
    if (instance == nullptr || instance->state == State::failed || number < 0 ||
        static_cast<std::size_t>(number) >= instance->metrics.size())
        return;
    barrier(nullptr, [&]() -> partnerd_status {
        auto& metric = *instance->metrics[static_cast<std::size_t>(number)];
        auto const labels = metric.shape().labels.size();
        if (labels > 0 && label_values == nullptr) return PARTNERD_E_INVALID;
        std::vector<std::string> values;
        for (std::size_t i = 0; i < labels; ++i)
            values.push_back(is_utf8(sv(label_values[i])) ? std::string(sv(label_values[i])) : std::string("not_utf8"));
        metric.add(by, std::move(values));
        return PARTNERD_OK;
    });
}

}  // namespace

partnerd_metrics_api const metrics_service = {sizeof(partnerd_metrics_api), 0, &define, &add};

}  // namespace partnerd::plugins
