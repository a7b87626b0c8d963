// Commissions: one per line that a rule gave and enrollment that earns it. Every change posts to the ledger in the same unit.
//   accrue   program expense -> partner pending         release  pending -> payable, once the hold is over
//   change   what a refund or an edit takes or adds: from pending before the release, from payable after it (clawback)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/entry.hpp"
#include "programs/terms.hpp"
#include "tracking/conversion.hpp"
#include "tracking/rollup.hpp"

namespace partnerd::tracking {

struct Commission {
    Id id = 0, program = 0, conversion = 0, enrollment = 0, partner = 0;
    std::string line_key, rule, kind;
    Currency currency;
    std::int64_t gross_minor = 0, net_minor = 0;
    std::string state;  // pending approved held declined reversed
    bool released = false;
    std::int64_t at_us = 0, payable_at_us = 0;
    std::string reason;
};

struct Earned {
    Conversion const& conversion;
    RollupKey rollup;  // of the conversion
    std::string zone;
    int hold_days = 0;
};

// gross is what the line gave at first (0 for a line that an edit brought); net = gross + its changes, 0 once declined.
// [write] A new commission of a line: pending, or held (not posted) when `held`. `partner` belongs to `enrollment`.
// These functions throw Refused(amount_overflow) when an account cannot hold more.
Commission accrue(storage::Tx& tx, programs::Kernel const& kernel, Earned const& earned, rules::Line const& line, Id enrollment, Id partner, bool held);
// [write] Sets what is due and keeps the change, dated `at_us`. Returns the delta. Posts it unless the commission is held or a test.
std::int64_t change_due(storage::Tx& tx, programs::Kernel const& kernel, Earned const& earned, Commission& commission, std::int64_t due_minor, Id adjustment, std::int64_t at_us,
                        std::string_view reason);
// [write] A held commission is approved (posted as pending, with what was changed meanwhile) or declined (nothing is due).
void decide_held(storage::Tx& tx, programs::Kernel const& kernel, Earned const& earned, Commission& commission, bool approve, std::string_view reason);

std::vector<Commission> commissions_of(storage::Tx& tx, Id program, Id conversion);
// [write] Releases up to `most` commissions whose hold is over at `now_us`; how many.
int release_due(storage::Tx& tx, programs::Kernel const& kernel, std::int64_t now_us, int most);

}  // namespace partnerd::tracking
