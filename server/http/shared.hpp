// What all I/O threads of one server share.
#pragma once

#include <atomic>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "domain/clock.hpp"
#include "http/figures.hpp"
#include "http/ip.hpp"
#include "http/settings.hpp"
#include "routing/exchange.hpp"

namespace partnerd::http {

// How many connections each address has. [any thread]
class PerIp {
  public:
    bool enter(Ip const& site, std::size_t most);  // false when it has that many already
    void leave(Ip const& site);

  private:
    std::mutex mutex_;
    std::unordered_map<Ip, std::size_t, IpHash> open_;  // guarded by mutex_
};

struct Shared {
    HttpSettings const settings;
    std::vector<Network> const trusted;
    routing::Handler& handler;
    Clock const& clock;
    Figures figures;
    PerIp per_ip;
    std::atomic<std::size_t> connections{0};
    std::atomic<bool> leaving{false};  // connections end with their next answer; new ones are taken
    std::atomic<bool> draining{false};
    // Threads inside IoThread::send(); the I/O threads must not go away under them. In a cache line that only those threads write.
    alignas(64) std::atomic<std::size_t> finishing{0};
};

}  // namespace partnerd::http
