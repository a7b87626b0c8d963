// The tables of the host that this plugin may call, looked up once.
#pragma once

#include <partnerd/partnerd.h>
#include <partnerd/cpp/error.hpp>

#include <memory>
#include <vector>

namespace partnerd::inline v1 {

// One for each table: its id and how long it was in ABI 1.0, which is all that this wrapper calls.
template <class Api>
struct Service;
#define PARTNERD_SERVICE(type, name, size)              \
    template <>                                         \
    struct Service<type> {                              \
        static constexpr char const* id = name;         \
        static constexpr std::uint32_t min_size = size; \
    };
PARTNERD_SERVICE(partnerd_log_api, PARTNERD_SVC_LOG, PARTNERD_LOG_SIZE_1_0)
PARTNERD_SERVICE(partnerd_config_api, PARTNERD_SVC_CONFIG, PARTNERD_CONFIG_SIZE_1_0)
PARTNERD_SERVICE(partnerd_storage_api, PARTNERD_SVC_STORAGE, PARTNERD_STORAGE_SIZE_1_0)
PARTNERD_SERVICE(partnerd_cache_api, PARTNERD_SVC_CACHE, PARTNERD_CACHE_SIZE_1_0)
PARTNERD_SERVICE(partnerd_core_api, PARTNERD_SVC_CORE, PARTNERD_CORE_SIZE_1_0)
PARTNERD_SERVICE(partnerd_http_api, PARTNERD_SVC_HTTP, PARTNERD_HTTP_SIZE_1_0)
PARTNERD_SERVICE(partnerd_tracking_api, PARTNERD_SVC_TRACKING, PARTNERD_TRACKING_SIZE_1_0)
PARTNERD_SERVICE(partnerd_rules_api, PARTNERD_SVC_RULES, PARTNERD_RULES_SIZE_1_0)
PARTNERD_SERVICE(partnerd_ledger_api, PARTNERD_SVC_LEDGER, PARTNERD_LEDGER_SIZE_1_0)
PARTNERD_SERVICE(partnerd_events_api, PARTNERD_SVC_EVENTS, PARTNERD_EVENTS_SIZE_1_0)
PARTNERD_SERVICE(partnerd_jobs_api, PARTNERD_SVC_JOBS, PARTNERD_JOBS_SIZE_1_0)
PARTNERD_SERVICE(partnerd_metrics_api, PARTNERD_SVC_METRICS, PARTNERD_METRICS_SIZE_1_0)
#undef PARTNERD_SERVICE

namespace detail {

// A table, or an Error when the host has none: a plugin that lists the service in its needs never sees that.
template <class Api>
class Table {
  public:
    Table() = default;
    Table(partnerd_host_api const& api, partnerd_host* host) : table_(static_cast<Api const*>(api.get_service(host, Service<Api>::id))) {
        if (table_ != nullptr && table_->struct_size < Service<Api>::min_size) table_ = nullptr;
    }
    bool there() const noexcept { return table_ != nullptr; }
    Api const* operator->() const {
        if (table_ == nullptr) throw Error(PARTNERD_E_UNSUPPORTED, std::string("this host has no ") + Service<Api>::id);
        return table_;
    }

  private:
    Api const* table_ = nullptr;
};

// Owns what the plugin registered (lambdas, rules) for the life of the instance.
struct Kept {
    virtual ~Kept() = default;
};
template <class T>
struct KeptValue final : Kept {
    explicit KeptValue(T&& v) : value(std::move(v)) {}
    T value;
};

}  // namespace detail

// All tables and the handle. One per instance; its address is stable.
struct Services {
    Services(partnerd_host_api const& api, partnerd_host* host_)
        : host(host_),
          log(api, host_),
          config(api, host_),
          storage(api, host_),
          cache(api, host_),
          core(api, host_),
          http(api, host_),
          tracking(api, host_),
          rules(api, host_),
          ledger(api, host_),
          events(api, host_),
          jobs(api, host_),
          metrics(api, host_) {}
    Services(Services const&) = delete;
    Services& operator=(Services const&) = delete;

    partnerd_host* host;
    detail::Table<partnerd_log_api> log;
    detail::Table<partnerd_config_api> config;
    detail::Table<partnerd_storage_api> storage;
    detail::Table<partnerd_cache_api> cache;
    detail::Table<partnerd_core_api> core;
    detail::Table<partnerd_http_api> http;
    detail::Table<partnerd_tracking_api> tracking;
    detail::Table<partnerd_rules_api> rules;
    detail::Table<partnerd_ledger_api> ledger;
    detail::Table<partnerd_events_api> events;
    detail::Table<partnerd_jobs_api> jobs;
    detail::Table<partnerd_metrics_api> metrics;

    template <class T>
    T* keep(T value) {
        auto owned = std::make_unique<detail::KeptValue<T>>(std::move(value));
        T* const kept = &owned->value;
        kept_.push_back(std::move(owned));
        return kept;
    }

  private:
    std::vector<std::unique_ptr<detail::Kept>> kept_;
};

}  // namespace partnerd::inline v1
