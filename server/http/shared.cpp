#include "http/shared.hpp"

namespace partnerd::http {

bool PerIp::enter(Ip const& site, std::size_t most) {
    std::lock_guard lock(mutex_);
    auto& open = open_[site];
    if (open >= most) return false;
    ++open;
    return true;
}

void PerIp::leave(Ip const& site) {
    std::lock_guard lock(mutex_);
    auto const entry = open_.find(site);
    if (--entry->second == 0) open_.erase(entry);
}

}  // namespace partnerd::http
