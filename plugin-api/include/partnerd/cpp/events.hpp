// The outbox, jobs and metrics.
#pragma once

#include <partnerd/cpp/storage.hpp>

#include <span>

namespace partnerd::inline v1 {

// Views last for the call.
struct Event {
    explicit Event(partnerd_event const& e)
        : id(e.id),
          program(e.program),
          attempt(e.attempt),
          type(sv(e.type)),
          ordering_key(sv(e.ordering_key)),
          json(sv(e.json)),
          at_us(e.at_us) {}
    Id id, program;
    unsigned attempt;
    std::string_view type, ordering_key, json;
    std::int64_t at_us;
};

class Events {
  public:
    explicit Events(Services& services) : services_(&services) {}

    // [write] Told to subscribers once the unit has committed.
    void publish(Tx& tx, Id program, std::string_view type, std::string_view ordering_key, std::string_view json) const {
        detail::call(services_->events->publish, tx.raw(), program, str(type), str(ordering_key), str(json));
    }
    // on(Event const&, Tx&): [write], database only, exactly once.
    template <class On>
    void subscribe(char const* types, On on) const {
        struct Trampoline {
            Services const* services;
            On on;
            static partnerd_status run(void* user, partnerd_event const* event, partnerd_tx* raw, partnerd_error* e) noexcept {
                auto& self = *static_cast<Trampoline*>(user);
                return detail::guarded(e, [&] {
                    Tx tx(*self.services, raw);
                    self.on(Event(*event), tx);
                });
            }
        };
        partnerd_on_event const run = &Trampoline::run;
        void* const user = services_->keep(Trampoline{services_, std::move(on)});
        detail::call(services_->events->subscribe, services_->host, types, run, user);
    }
    // on(Event const&): [worker], for the outside world, at least once. retry_after(ms, why) reschedules.
    template <class On>
    void deliver(char const* types, On on) const {
        struct Trampoline {
            On on;
            static partnerd_status run(void* user, partnerd_event const* event, partnerd_error* e) noexcept {
                return detail::guarded(e, [&] { static_cast<Trampoline*>(user)->on(Event(*event)); });
            }
        };
        partnerd_deliver_event const run = &Trampoline::run;
        void* const user = services_->keep(Trampoline{std::move(on)});
        detail::call(services_->events->deliver, services_->host, types, run, user);
    }

  private:
    Services* services_;
};

// One run of a job.
class Run {
  public:
    explicit Run(partnerd_run const& run) : due_us(run.due_us), run_(&run) {}
    bool should_stop() const { return run_->should_stop(run_->context) != 0; }
    std::int64_t due_us;

  private:
    partnerd_run const* run_;
};

class Jobs {
  public:
    explicit Jobs(Services& services) : services_(&services) {}

    // run(Run const&): [worker], idempotent. schedule: "every 5 minutes".
    template <class F>
    void add(char const* id, char const* schedule, F run, int timeout_ms = 0) const {
        struct Trampoline {
            F run;
            static partnerd_status call(void* user, partnerd_run const* r, partnerd_error* e) noexcept {
                return detail::guarded(e, [&] { static_cast<Trampoline*>(user)->run(Run(*r)); });
            }
        };
        partnerd_job job{};
        job.struct_size = sizeof job;
        job.timeout_ms = timeout_ms;
        job.id = id;
        job.schedule = schedule;
        job.run = &Trampoline::call;
        job.user = services_->keep(Trampoline{std::move(run)});
        detail::call(services_->jobs->add_job, services_->host, static_cast<partnerd_job const*>(&job));
    }

  private:
    Services* services_;
};

class Metric {
  public:
    Metric() = default;
    Metric(Services const& services, std::int32_t number, std::size_t labels) : services_(&services), number_(number), labels_(labels) {}
    void add(double by = 1, std::initializer_list<std::string_view> label_values = {}) const {
        if (services_ == nullptr || label_values.size() != labels_) return;
        std::array<partnerd_str, 4> values{};
        std::size_t n = 0;
        for (auto const v : label_values)
            if (n < values.size()) values[n++] = str(v);
        services_->metrics->add(services_->host, number_, by, n > 0 ? values.data() : nullptr);
    }

  private:
    Services const* services_ = nullptr;
    std::int32_t number_ = -1;
    std::size_t labels_ = 0;
};

class Metrics {
  public:
    explicit Metrics(Services const& services) : services_(&services) {}
    Metric counter(char const* name, char const* help, std::initializer_list<char const*> labels = {}) const {
        return define(PARTNERD_COUNTER, name, help, labels);
    }
    Metric gauge(char const* name, char const* help, std::initializer_list<char const*> labels = {}) const {
        return define(PARTNERD_GAUGE, name, help, labels);
    }
    // bounds: upper bounds, ascending; none: 1 ms to 10 s.
    Metric histogram(char const* name, char const* help, std::initializer_list<char const*> labels = {},
                     std::initializer_list<double> bounds = {}) const {
        return define(PARTNERD_HISTOGRAM, name, help, labels, bounds);
    }

  private:
    Metric define(std::int32_t kind, char const* name, char const* help, std::initializer_list<char const*> labels,
                  std::initializer_list<double> bounds = {}) const {
        std::vector<char const*> list(labels);
        list.push_back(nullptr);
        partnerd_metric metric{};
        metric.struct_size = sizeof metric;
        metric.kind = kind;
        metric.name = name;
        metric.help = help;
        metric.labels = list.data();
        metric.bounds = bounds.size() > 0 ? bounds.begin() : nullptr;
        metric.n_bounds = bounds.size();
        std::int32_t number = -1;
        detail::call(services_->metrics->define, services_->host, static_cast<partnerd_metric const*>(&metric), &number);
        return {*services_, number, labels.size()};
    }
    Services const* services_;
};

}  // namespace partnerd::inline v1
