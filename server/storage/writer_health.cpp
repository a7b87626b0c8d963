#include "storage/writer_health.hpp"

namespace partnerd::storage {

void WriterHealth::count(UnitResult const& result) {
    units_.fetch_add(1);
    if (result.state == UnitState::rolled_back) rolled_back_.fetch_add(1);
    if (result.state == UnitState::failed) failed_.fetch_add(1);
}

StorageStatistics WriterHealth::statistics() const {
    StorageStatistics out;
    out.batches = batches_.load();
    out.units = units_.load();
    out.rolled_back = rolled_back_.load();
    out.failed = failed_.load();
    out.rerun = rerun_.load();
    return out;
}

void WriterHealth::set_trouble(std::string text) {
    std::lock_guard lock(mutex_);
    trouble_ = std::move(text);
}

std::string WriterHealth::trouble() const {
    std::lock_guard lock(mutex_);
    return trouble_;
}

}  // namespace partnerd::storage
