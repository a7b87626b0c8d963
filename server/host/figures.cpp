#include "host/figures.hpp"

namespace partnerd::host {

void add_figures(metrics::Registry& registry, storage::Storage const& storage, routing::Dispatcher const& dispatcher, auth::KeyRing const& keys) {
    struct OfStorage {
        char const* name;
        char const* help;
        std::int64_t storage::StorageStatistics::*figure;
    };
    static constexpr OfStorage of_storage[] = {
        {"partnerd_storage_batches", "Commits since the start", &storage::StorageStatistics::batches},
        {"partnerd_storage_units", "Units of work committed or rolled back since the start", &storage::StorageStatistics::units},
        {"partnerd_storage_units_rolled_back", "Units that their handlers rolled back", &storage::StorageStatistics::rolled_back},
        {"partnerd_storage_units_failed", "Units that the storage failed", &storage::StorageStatistics::failed},
        {"partnerd_storage_units_rerun", "Units that ran again", &storage::StorageStatistics::rerun},
        {"partnerd_storage_queued", "Units that wait", &storage::StorageStatistics::queued},
        {"partnerd_storage_wal_bytes", "Size of the write-ahead log", &storage::StorageStatistics::wal_bytes},
        {"partnerd_storage_checkpoints", "Checkpoints since the start", &storage::StorageStatistics::checkpoints}};
    for (auto const& row : of_storage)
        registry.gauge_function(row.name, row.help, [&storage, figure = row.figure] { return static_cast<double>(storage.statistics().*figure); });
    registry.gauge_function("partnerd_requests_in_flight", "Requests under way", [&dispatcher] { return static_cast<double>(dispatcher.statistics().in_flight); });
    registry.gauge_function("partnerd_requests_replayed", "Answers given again by Idempotency-Key", [&dispatcher] { return static_cast<double>(dispatcher.statistics().replayed); });
    registry.gauge_function("partnerd_requests_rate_limited", "Requests refused by the rate limit", [&dispatcher] { return static_cast<double>(dispatcher.statistics().rate_limited); });
    registry.gauge_function("partnerd_keys", "API keys that are live", [&keys] { return static_cast<double>(keys.size()); });
}

}  // namespace partnerd::host
