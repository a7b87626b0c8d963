// From a request to its route and back: match, authenticate, find the program, limit the rate, read the parameters, run by kind,
// and turn what happened into an answer. Idempotency-Key and dry_run are here too, so that no route knows of them.
//
//  read    on a worker, in Storage::read
//  write   as a storage::Unit; its answer leaves after the commit
//  io      on the calling thread; may defer (then its owner calls exchange.complete()) or ask for a load
//  worker  on a worker, without a transaction
//
// Contract of a write handler: an ok Status commits what it did, whatever response status it set; an Error rolls back what
// it wrote and becomes a problem answer. It may be run again, always with a cleared response.
//
// Idempotency-Key: every write and worker route, any method. The answer is kept in the same unit as the work (for worker routes,
// right after it); a refusal (4xx) is kept, its rows are not; 5xx is never kept. A replay has `Idempotent-Replayed: true`.
// An answer with `Cache-Control: no-store` (a new API key) is kept without its body: its replay is 409 invalid_state, since a
// secret is shown once. Read routes have no effect to repeat, and io routes have keys of their own: there the header is ignored.
// ?dry_run=1 on a write route: runs and rolls back; the answer has `Dry-Run: true`; nothing is kept.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <unordered_set>

#include "auth/key_ring.hpp"
#include "domain/clock.hpp"
#include "routing/program_directory.hpp"
#include "routing/rate_limit.hpp"
#include "routing/router.hpp"
#include "routing/work_claim.hpp"
#include "routing/worker_pool.hpp"
#include "storage/storage.hpp"

namespace partnerd::routing {

struct DispatcherSettings {
    int workers = 4;
    std::size_t worker_queue_max = 1024;
    RateLimit per_key{1000, 2000};
    RateLimit per_address{200, 400};  // requests without a key, except to io routes
    RateLimit per_address_io{};       // clicks and pixels: many visitors may share an address
    bool access_log = true;
    Neighbours neighbours;
};

struct DispatcherStatistics {
    std::int64_t requests = 0, answered_5xx = 0, rate_limited = 0, replayed = 0;
    std::size_t in_flight = 0, workers_waiting = 0;
};

class WriteUnit;

// What it is given outlives it. Destroy it before the storage, after drain() and when no new request can come; it waits for
// its workers and its units.
class Dispatcher final : public Handler, private Observer {
  public:
    Dispatcher(Router router, storage::Storage& storage, auth::KeyRing& keys, ProgramDirectory const& programs, Clock const& clock,
               DispatcherSettings settings = {});
    ~Dispatcher() override;

    void handle(Exchange& exchange) override;
    std::size_t body_limit(std::string_view method, std::string_view path) const override;

    // [any] From now on new requests get 503 draining, but for routes with while_draining; those under way are finished.
    void drain() noexcept { draining_.store(true); }
    // [main] Waits until nothing is under way; false when the time is over.
    bool wait_idle(std::chrono::milliseconds at_most) const;
    DispatcherStatistics statistics() const;
    Router const& router() const noexcept { return router_; }

  private:
    friend class WriteUnit;
    using Set = std::unordered_set<std::string>;

    Status prepare(Exchange& exchange, RouteEntry const*& entry);
    Status match(Exchange& exchange, RouteEntry const*& entry);
    Status authenticate(Exchange& exchange, RouteEntry const& entry);
    Status limit_rate(Exchange& exchange, RouteEntry const& entry);
    Status resolve_program(Request& request, RouteEntry const& entry) const;
    void run(Exchange& exchange, RouteEntry const& entry);
    void run_read(Exchange& exchange, RouteEntry const& entry);
    void run_write(Exchange& exchange, RouteEntry const& entry);
    void run_worker(Exchange& exchange, RouteEntry const& entry);
    void run_io(Exchange& exchange, RouteEntry const& entry, int round);
    void on_worker(Exchange& exchange, RouteEntry const& entry, std::function<Status()> work);
    Status attempt(Exchange& exchange, RouteEntry const& entry, std::function<Status()> const& work);
    template <class Work>
    static Status guarded(Exchange& exchange, Work const& work);
    Status work_once(Exchange& exchange, RouteEntry const& entry, Keeping const& keeping);
    void refuse(Exchange& exchange, Error const& error);
    void answered(Exchange& exchange) noexcept override;

    Router router_;
    storage::Storage& storage_;
    auth::KeyRing& keys_;
    ProgramDirectory const& programs_;
    Clock const& clock_;
    DispatcherSettings const settings_;
    RateLimiter limiter_;
    std::atomic<bool> draining_{false};
    std::atomic<std::int64_t> in_flight_{0}, units_{0}, requests_{0}, answered_5xx_{0}, rate_limited_{0}, replayed_{0};
    std::mutex working_mutex_;
    Set working_;      // the idempotency scopes of worker routes that run now
    WorkerPool pool_;  // last: its threads use all of the above
};

}  // namespace partnerd::routing
