#include "plugins/services.hpp"

#include "plugins/instance.hpp"
#include "plugins/plugin_metric.hpp"

#ifndef PARTNERD_VERSION
#define PARTNERD_VERSION "0"
#endif

namespace partnerd::plugins {
namespace {

ServiceEntry const entries[] = {
    {PARTNERD_SVC_LOG, sizeof log_service, &log_service},
    {PARTNERD_SVC_CONFIG, sizeof config_service, &config_service},
    {PARTNERD_SVC_STORAGE, sizeof storage_service, &storage_service},
    {PARTNERD_SVC_CACHE, sizeof cache_service, &cache_service},
    {PARTNERD_SVC_CORE, sizeof core_service, &core_service},
    {PARTNERD_SVC_HTTP, sizeof http_service, &http_service},
    {PARTNERD_SVC_TRACKING, sizeof tracking_service, &tracking_service},
    {PARTNERD_SVC_RULES, sizeof rules_service, &rules_service},
    {PARTNERD_SVC_LEDGER, sizeof ledger_service, &ledger_service},
    {PARTNERD_SVC_EVENTS, sizeof events_service, &events_service},
    {PARTNERD_SVC_JOBS, sizeof jobs_service, &jobs_service},
    {PARTNERD_SVC_METRICS, sizeof metrics_service, &metrics_service},
};

void const* get_service(partnerd_host* host, char const* id) noexcept {
    if (instance_of(host) == nullptr || id == nullptr) return nullptr;
    auto const* const entry = find_service(id);
    return entry == nullptr ? nullptr : entry->table;
}

partnerd_host_api const api = {sizeof(partnerd_host_api), PARTNERD_ABI_MAJOR, PARTNERD_ABI_MINOR, 0, "partnerd",
                               PARTNERD_VERSION,          &get_service};

}  // namespace

std::span<ServiceEntry const> services() { return entries; }

ServiceEntry const* find_service(std::string_view id) noexcept {
    for (auto const& entry : entries)
        if (entry.id == id) return &entry;
    return nullptr;
}

partnerd_host_api const& host_api() noexcept { return api; }

Instance::Instance() : handle{host_mark, this} {}
Instance::~Instance() = default;

}  // namespace partnerd::plugins
