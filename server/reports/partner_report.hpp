// What each partner of a program earned, as one table: `partnerd report partners`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/id.hpp"
#include "storage/storage.hpp"

namespace partnerd::reports {

// Amounts are in the program's payout currency. net = gross - reversed = pending + payable.
struct PartnerFigures {
    std::string partner;             // handle
    std::int64_t conversions = 0;    // credited to the partner; a refunded one counts, a held, declined or test one does not
    std::int64_t revenue_minor = 0;  // their base as it was recorded, before refunds
    std::int64_t gross_minor = 0;    // earned, and added by edits
    std::int64_t reversed_minor = 0;  // taken by refunds and edits; positive
    std::int64_t net_minor = 0;
    std::int64_t pending_minor = 0;  // of net: the hold runs at as_of
    std::int64_t payable_minor = 0;  // of net: the hold is over at as_of; below zero when more was reversed than earned
};

struct PartnerReport {
    std::vector<PartnerFigures> partners;  // by handle; every enrolled partner, and every other one that has a figure
};

inline constexpr int report_slice_rows = 2000;

// What had happened by `as_of_us`, by the times of the events: conversions with at <= as_of, changes with at <= as_of. A commission
// is payable when its payable_at <= as_of, whether the release job has run or not. [worker] Reads in snapshots of `slice_rows`
// conversions; each conversion is seen whole, one that is recorded meanwhile may be missing. unknown_program is the caller's.
PartnerReport partner_report(storage::Storage& storage, Id program, std::int64_t as_of_us, int slice_rows = report_slice_rows);

// {"partners":[{"partner":"acme","conversions":2,"revenue_minor":..,"gross_minor":..,"reversed_minor":..,"net_minor":..,
//  "pending_minor":..,"payable_minor":..}]}, numbers are integers of minor units.
std::string to_json(PartnerReport const& report);

}  // namespace partnerd::reports
