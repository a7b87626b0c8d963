// One unit between the queue and its answer.
#pragma once

#include <functional>
#include <vector>

#include "storage/storage.hpp"
#include "storage/unit_tx.hpp"

namespace partnerd::storage {

struct UnitRun {
    Unit* unit = nullptr;
    UnitResult result;
    std::vector<std::function<void()>> hooks;
    bool postponed = false;  // another server has its program at the moment

    // Calls the hooks when it was committed, then done(). Noexcept: a hook that throws breaks its contract.
    void answer() noexcept;
};

// What became of a handler: its failure, or that it refused. `category` none and state committed means: keep it.
UnitResult failed_result(Failure const& failure);
// Runs `work` under `tx`, which is open; statements are reset afterwards. Never throws.
UnitResult run_handler(UnitTx& tx, Scope const& scope, std::function<bool()> const& work) noexcept;

}  // namespace partnerd::storage
