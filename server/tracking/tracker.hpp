// The kernel's way of a conversion: candidates -> precedence -> terms in force -> rules -> commissions, postings, roll-ups,
// trace and event, all in the caller's unit. Every refusal leaves nothing behind that the unit would keep: callers roll back.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "programs/enrollment.hpp"
#include "programs/fx_rate.hpp"
#include "programs/terms.hpp"
#include "tracking/attribution.hpp"
#include "tracking/commission.hpp"
#include "tracking/report.hpp"

namespace partnerd::tracking {

// A plugin's source of candidates, named in precedence lists. [write], database only.
using Attributor = std::function<Status(storage::Tx&, ConversionReport const&, std::vector<Candidate>&)>;
// A plugin's fact of a conversion; nothing when it has none. [write]
using FactProvider = std::function<Result<std::optional<rules::FactValue>>(storage::Tx&, ConversionReport const&)>;

class Tracker {
  public:
    Tracker(programs::Kernel const& kernel, programs::ProgramViews& views) : kernel_(kernel), views_(views) {}

    // [main] `plugin`: has no say in programs that do not enable it; empty: always asked.
    void add_attributor(std::string source, std::string plugin, Attributor find) { attributors_[std::move(source)] = {std::move(plugin), std::move(find)}; }
    void add_fact_provider(std::string fact, FactProvider provide) { providers_[std::move(fact)] = std::move(provide); }  // [main]
    void forget(std::string const& source_or_fact) {  // [main] of a plugin that failed to load
        attributors_.erase(source_or_fact);
        providers_.erase(source_or_fact);
    }

    // [write] A report that convert() will get in this unit or a later one of its batch: storage::Unit::expect.
    void expect(storage::Tx& tx, ConversionReport const& report) const;
    // [write] unknown_program, invalid_state (draft), at_in_future, currency_not_accepted, invalid_click_id, unknown_partner,
    // conversion_differs, order_claimed, the refusals of amounts. A repeat with the same content is a duplicate: the first answer.
    Result<Outcome> convert(storage::Tx& tx, ConversionReport const& report);
    // [write] unknown_order, adjustment_differs, refund_exceeds_order, currency_mismatch, at_in_future, invalid_field.
    Result<Outcome> adjust(storage::Tx& tx, Id program, bool test, std::string_view kind, std::string_view external_id, AdjustmentReport const& report);
    // [write] An operator decides a held conversion. Approving one that lacked an exchange rate evaluates it now: fx_rate_missing
    // while there is none. invalid_state unless it is held.
    Result<Outcome> review(storage::Tx& tx, Id program, Id conversion, bool approve, std::string_view reason);
    // [read] [write] What a conversion stands at now, as the first report of it would be answered.
    Outcome outcome_of(storage::Tx& tx, Conversion const& conversion) const;

  private:
    struct Work;       // one conversion on its way: work.hpp
    struct Adjusting;  // one adjustment on its way: adjust.cpp
    Result<Outcome> convert_or_refuse(storage::Tx& tx, ConversionReport const& report) const;
    Status prepare(storage::Tx& tx, Work& work) const;
    Status check_program(Work const& work) const;
    std::vector<std::string> claims_of(Work const& work) const;
    Status check_claims(storage::Tx& tx, Work const& work) const;
    void claim_order(storage::Tx& tx, Work const& work) const;
    Status check_link(storage::Tx& tx, Work const& work) const;
    Status gather(storage::Tx& tx, Work& work) const;
    Status gather_assigned(storage::Tx& tx, Work& work) const;
    Status gather_click(storage::Tx& tx, Work& work) const;
    void gather_binding(storage::Tx& tx, Work& work) const;
    void credit(storage::Tx& tx, Work& work) const;
    void decline_self_referral(storage::Tx& tx, Work& work) const;
    Status find_rate(storage::Tx& tx, Work& work) const;
    Status build_facts(storage::Tx& tx, Work& work) const;
    Status evaluate(storage::Tx& tx, Work& work) const;
    std::vector<Commission> record(storage::Tx& tx, Work& work) const;
    std::vector<Commission> accrue_lines(storage::Tx& tx, Conversion const& conversion, programs::ProgramView const& view, std::vector<rules::Line> const& lines) const;
    void count_sale(storage::Tx& tx, Conversion const& conversion, programs::ProgramView const& view, std::optional<programs::FxRate> const& rate, int count) const;
    std::optional<programs::FxRate> rate_of_trace(storage::Tx& tx, Conversion const& conversion, programs::ProgramView const& view) const;
    Outcome outcome_of(storage::Tx& tx, Conversion const& conversion, programs::ProgramView const& view, std::vector<Commission> const& commissions) const;
    void remember_customer(storage::Tx& tx, Work const& work) const;
    void bind(storage::Tx& tx, Conversion const& conversion, programs::Terms const& terms) const;
    void publish(storage::Tx& tx, Conversion const& conversion, std::string_view type, Outcome const& outcome) const;
    Result<Outcome> adjust_or_refuse(storage::Tx& tx, Conversion& conversion, AdjustmentReport const& report) const;
    Status apply_change(storage::Tx& tx, Conversion const& conversion, Adjusting& adjusting) const;
    void settle(storage::Tx& tx, Conversion const& conversion, programs::ProgramView const& view, std::vector<rules::Line> const& lines, Adjusting const& adjusting) const;
    void decline(storage::Tx& tx, Conversion& conversion, std::string_view reason) const;
    Result<Outcome> review_or_refuse(storage::Tx& tx, Conversion& conversion, bool approve, std::string_view reason) const;
    Status evaluate_held(storage::Tx& tx, Conversion& conversion, std::shared_ptr<programs::ProgramView const> const& view) const;
    Status adjust_held(storage::Tx& tx, Conversion const& conversion, programs::ProgramView const& view) const;
    Earned earned_of(Conversion const& conversion, programs::ProgramView const& view) const;

    programs::Kernel const& kernel_;
    programs::ProgramViews& views_;
    struct OwnedAttributor {
        std::string plugin;
        Attributor find;
    };
    std::map<std::string, OwnedAttributor, std::less<>> attributors_;  // by source; constant while serving
    std::map<std::string, FactProvider, std::less<>> providers_;   // constant while serving
};

}  // namespace partnerd::tracking
