// What the core does by the clock.
#pragma once

#include <map>

#include "auth/key_ring.hpp"
#include "jobs/scheduler.hpp"
#include "ledger/seal.hpp"
#include "programs/kernel.hpp"

namespace partnerd::host {

struct JobNode {
    int number = 0;
    bool stores_mark = true;  // false: whoever keeps the number does (node_seat.hpp)
};

// core.release: commissions whose hold is over. core.seal: entries into the hash chain. core.ids: the id mark of this node.
// core.keys: when keys were last used. core.answers: kept answers older than 30 days. Everything named outlives the scheduler.
void add_core_jobs(jobs::Scheduler& scheduler, programs::Kernel const& kernel, storage::Storage& storage, auth::KeyRing& keys, JobNode node);

// [worker] All that is due now; how many were released. For the end of an import, and for tests.
int release_all(programs::Kernel const& kernel, storage::Storage& storage, std::function<bool()> const& should_stop);
// [worker] Everything that can be sealed now.
int seal_all(programs::Kernel const& kernel, storage::Storage& storage, std::function<bool()> const& should_stop);
// The same for who comes again and again: each time from where it was.
using SealCursors = std::map<Id, ledger::SealCursor>;  // by program
int seal_all(programs::Kernel const& kernel, storage::Storage& storage, SealCursors& cursors, std::function<bool()> const& should_stop);

}  // namespace partnerd::host
