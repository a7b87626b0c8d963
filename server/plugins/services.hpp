// The tables that get_service() gives, one a file (<name>_service.cpp).
#pragma once

#include <partnerd/partnerd.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace partnerd::plugins {

extern partnerd_log_api const log_service;
extern partnerd_config_api const config_service;
extern partnerd_storage_api const storage_service;
extern partnerd_cache_api const cache_service;
extern partnerd_core_api const core_service;
extern partnerd_http_api const http_service;
extern partnerd_tracking_api const tracking_service;
extern partnerd_rules_api const rules_service;
extern partnerd_ledger_api const ledger_service;
extern partnerd_events_api const events_service;
extern partnerd_jobs_api const jobs_service;
extern partnerd_metrics_api const metrics_service;

struct ServiceEntry {
    std::string_view id;
    std::uint32_t size;
    void const* table;
};
std::span<ServiceEntry const> services();
ServiceEntry const* find_service(std::string_view id) noexcept;  // null: there is none
partnerd_host_api const& host_api() noexcept;

}  // namespace partnerd::plugins
