#include "host/core_jobs.hpp"

#include "auth/idempotency.hpp"
#include "ledger/seal.hpp"
#include "programs/program.hpp"
#include "tracking/commission.hpp"

namespace partnerd::host {

namespace {

// One unit must stay far below its budget of 50 ms.
constexpr int released_per_unit = 64;
constexpr int sealed_per_unit = 256;

int seal_program(programs::Kernel const& kernel, storage::Storage& storage, Id program, ledger::SealCursor& cursor, std::function<bool()> const& should_stop) {
    int total = 0;
    for (bool more = true; more && !should_stop(); more = cursor.more) {
        ledger::SealCursor moved;
        int sealed = 0;
        storage.write_in_program(program, [&](storage::Tx& tx) {
            moved = cursor;
            sealed = ledger::seal_onward(tx, kernel.clock, program, sealed_per_unit, moved);
            return true;
        });
        cursor = moved;
        total += sealed;
    }
    return total;
}

}  // namespace

int release_all(programs::Kernel const& kernel, storage::Storage& storage, std::function<bool()> const& should_stop) {
    int total = 0;
    auto const now_us = kernel.clock.now_us();
    for (int released = released_per_unit; released == released_per_unit && !should_stop();) {
        storage.write([&](storage::Tx& tx) {
            released = tracking::release_due(tx, kernel, now_us, released_per_unit);
            return released > 0;
        });
        total += released;
    }
    return total;
}

int seal_all(programs::Kernel const& kernel, storage::Storage& storage, std::function<bool()> const& should_stop) {
    SealCursors cursors;
    return seal_all(kernel, storage, cursors, should_stop);
}

int seal_all(programs::Kernel const& kernel, storage::Storage& storage, SealCursors& cursors, std::function<bool()> const& should_stop) {
    std::vector<Id> programs;
    storage.read([&](storage::Tx& tx) { programs = programs::program_ids(tx); });
    int total = 0;
    for (auto const program : programs) total += seal_program(kernel, storage, program, cursors[program], should_stop);
    return total;
}

void add_core_jobs(jobs::Scheduler& scheduler, programs::Kernel const& kernel, storage::Storage& storage, auth::KeyRing& keys, JobNode node) {
    if (node.stores_mark)
        scheduler.add({"core.ids." + std::to_string(node.number), 4 * second_us, 30 * second_us, [&, node](std::int64_t, auto const&) -> Status {
                           programs::reserve_ids(storage, kernel.clock, node.number);
                           return {};
                       }});
    scheduler.add({"core.release", 5 * second_us, 5 * minute_us, [&](std::int64_t, auto const& should_stop) -> Status {
                       release_all(kernel, storage, should_stop);
                       return {};
                   }});
    scheduler.add({"core.seal", 10 * second_us, 5 * minute_us, [&, cursors = SealCursors()](std::int64_t, auto const& should_stop) mutable -> Status {
                       seal_all(kernel, storage, cursors, should_stop);
                       return {};
                   }});
    scheduler.add({"core.keys." + std::to_string(node.number), 5 * minute_us, minute_us, [&](std::int64_t, auto const&) -> Status {
                       auto const used = keys.collect_used(kernel.clock.now_us());
                       if (!used.empty()) storage.write([&](storage::Tx& tx) { return auth::store_used(tx, used), true; });
                       return {};
                   }});
    scheduler.add({"core.answers", hour_us, 10 * minute_us, [&](std::int64_t, auto const& should_stop) -> Status {
                       std::int64_t purged = 200;
                       while (purged == 200 && !should_stop())
                           storage.write([&](storage::Tx& tx) { return purged = auth::purge_answers(tx, kernel.clock.now_us(), 200), true; });
                       return {};
                   }});
}

}  // namespace partnerd::host
