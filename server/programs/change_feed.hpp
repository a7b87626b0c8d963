// Who keeps something of programs, partners, enrollments or links in memory is told here when one of them changed.
#pragma once

#include <functional>
#include <vector>

#include "domain/id.hpp"
#include "storage/tx.hpp"

namespace partnerd::programs {

class ChangeFeed {
  public:
    // Called in the unit, behind the change, with the program, or 0 when it may concern any. What it reads may still be rolled
    // back, so it takes effect through tx.after_commit.
    using Listener = std::function<void(storage::Tx&, Id program)>;
    void listen(Listener listener) { listeners_.push_back(std::move(listener)); }  // [main] before serving
    // [write] Something changed in this unit.
    void announce(storage::Tx& tx, Id program) {
        for (auto const& listener : listeners_) listener(tx, program);
    }

  private:
    std::vector<Listener> listeners_;  // constant while serving
};

}  // namespace partnerd::programs
