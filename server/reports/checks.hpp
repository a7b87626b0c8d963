// The single checks of verify.hpp. Each reads in slices and adds to the Check it is given. [worker]
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "programs/program.hpp"
#include "reports/slices.hpp"
#include "reports/verify.hpp"
#include "rules/plan.hpp"

namespace partnerd::reports {

// What the checks share. Programs and terms that come up meanwhile are added when they are met.
struct Books {
    storage::Storage& storage;
    rules::RuleRegistry const& rules;
    VerifyOptions const& options;
    mutable std::map<Id, std::optional<programs::Program>> programs;
    mutable std::map<Id, std::optional<rules::Plan>> plans;  // by terms; nothing: a rule is not loaded

    programs::Program const* program(storage::Tx& tx, Id id) const;    // null: there is none
    rules::Plan const* plan(storage::Tx& tx, Id program, Id terms) const;  // null: there is none, or it cannot be computed
    std::string name_of(Id program) const;
    void progress(Check const& check) const {
        if (options.progress) options.progress(check.name, check.checked, 0);
    }
};
// Goes through a table; what `look` finds counts once its window was read whole. A row counts as one thing checked.
void check_windows(Books const& books, Check& check, Walk const& walk, std::function<void(storage::Tx&, Window const&, Check&)> const& look);

// Two sides of the same sums, by a key that a person understands.
using Sums = std::map<std::string, std::array<std::int64_t, 2>>;
// Loads both and compares. Each takes several snapshots, so beside a running server they may differ for a while: what differs is
// loaded again, and is wrong only if it stood still on both sides and differs.
void compare_sums(Books const& books, Check& check, std::function<void(Sums&)> const& raw, std::function<void(Sums&)> const& kept);

void check_entries(Books const& books, Check& check);             // two legs or more, zero for each unit
void check_totals(Books const& books, Check& check);              // all postings of a program sum to zero for each unit
void check_balances(Books const& books, Check& check);            // a kept balance is the sum of its postings
void check_seals(Books const& books, Check& check);               // the chain of each program
void check_recomputation(Books const& books, Check& check);       // snapshot, terms and adjustments give what is due
void check_commission_entries(Books const& books, Check& check);  // accrue, change and release are posted as the commission says
void check_partner_accounts(Books const& books, Check& check);    // pending and payable are the sums of commissions
void check_sales_rollup(Books const& books, Check& check);
void check_commission_rollup(Books const& books, Check& check);
void check_traffic_rollup(Books const& books, Check& check);
void check_order_claims(Books const& books, Check& check);
void check_references(Books const& books, Check& check);  // no conversion without trace, no commission without conversion ...
void check_idempotency(Books const& books, Check& check);
void check_integrity(Books const& books, Check& check);   // SQLite's own

}  // namespace partnerd::reports
