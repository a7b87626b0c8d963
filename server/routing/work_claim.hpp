// Who is at the work of a worker route whose request has an Idempotency-Key: it has no transaction in which its answer could be kept, so
// that servers on one database must agree before it begins. The claim is the row in which the answer will be kept; it holds while the
// server that has it is alive, and at most five minutes. A worker route must be done in that time.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "domain/clock.hpp"
#include "routing/idempotent.hpp"
#include "storage/storage.hpp"

namespace partnerd::routing {

// Of servers that share a database.
struct Neighbours {
    std::string self;  // the name of this one, which no other process has had; empty: there are no others
    std::function<bool(storage::Tx& tx, std::string_view name)> is_alive;  // [write]
};

class WorkClaim {
  public:
    WorkClaim(storage::Storage& storage, Neighbours const& neighbours, Keeping const& keeping, Clock const& clock)
        : storage_(storage), neighbours_(neighbours), keeping_(keeping), clock_(clock) {}
    ~WorkClaim();  // gives it up unless an answer was kept

    // [worker] Nothing: the work is ours to do. Otherwise the answer of who did it; busy while somebody is at it.
    Result<std::optional<auth::KeptAnswer>> take();
    void keep(auth::KeptAnswer const& answer);  // [worker] once, behind take()

  private:
    bool is_held(storage::Tx& tx, auth::KeptAnswer const& found) const;

    storage::Storage& storage_;
    Neighbours const& neighbours_;
    Keeping const& keeping_;
    Clock const& clock_;
    bool ours_ = false;
};

}  // namespace partnerd::routing
