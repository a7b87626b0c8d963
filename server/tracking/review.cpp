// An operator decides what was held.
#include "domain/invariant.hpp"
#include "tracking/replay.hpp"
#include "tracking/trace.hpp"
#include "tracking/work.hpp"

namespace partnerd::tracking {

using storage::arg;

Result<Outcome> Tracker::review(storage::Tx& tx, Id program, Id id, bool approve, std::string_view reason) {
    auto c = find_conversion(tx, program, id);
    if (!c) return errc::unknown_conversion;
    if (c->state != "held") return Error(errc::invalid_state, "the conversion is " + c->state + ", not held");
    try {
        return review_or_refuse(tx, *c, approve, reason);
    } catch (Refused const& refused) {
        return refused.error;
    }
}

Result<Outcome> Tracker::review_or_refuse(storage::Tx& tx, Conversion& c, bool approve, std::string_view reason) const {
    if (!approve) {
        decline(tx, c, reason);
        return outcome_of(tx, c);
    }
    auto const view = views_.get(tx, c.program);
    if (c.reason == "fx_rate_missing") {
        if (auto status = evaluate_held(tx, c, view); !status) return status.error();
    } else {
        auto const earned = earned_of(c, *view);
        for (auto& commission : commissions_of(tx, c.program, c.id))
            if (commission.state == "held") decide_held(tx, kernel_, earned, commission, true, reason);
        c.state = "recorded";
        c.reason.clear();
    }
    update_state(tx, c);
    auto const outcome = outcome_of(tx, c);
    if (c.state != "recorded") return outcome;
    count_sale(tx, c, *view, rate_of_trace(tx, c, *view), 1);
    bind(tx, c, *view->of_version(c.terms));
    if (!c.test) publish(tx, c, "conversion.recorded", outcome);
    return outcome;
}

// The rate was missing when the conversion came; everything else about it is as it was then, the amounts before refunds too.
Status Tracker::evaluate_held(storage::Tx& tx, Conversion& c, std::shared_ptr<programs::ProgramView const> const& view) const {
    ConversionReport report;
    report.program = c.program, report.kind = c.kind, report.external_id = c.external_id, report.order_id = c.order_id, report.code = c.code;
    report.currency = c.currency, report.at_us = c.at_us, report.test = c.test, report.plugin = c.plugin;
    report.customer = tx.value<std::string>("select reference from customer_person where program = :program and customer = :customer",
                                            {arg("program", c.program), arg("customer", c.customer)})
                          .value_or("");
    Work work{report, view, view->of_version(c.terms), c, {}, {}, {}, {}, {}, {}, {}, false, {}, {}, {}};
    PARTNERD_INVARIANT(work.terms != nullptr);
    if (auto status = find_rate(tx, work); !status) return status;
    if (work.rate_missing) return Error(errc::fx_rate_missing, "there is no rate for " + std::string(c.currency.code()) + " on the day of the order; add it first");
    auto& known = Known::of(tx);
    work.partner = known.partner(tx, c.partner);
    work.enrollment = known.enrollment(tx, c.program, c.enrollment);
    if (c.link != 0) work.link = known.link(tx, c.link);
    PARTNERD_INVARIANT(work.partner && work.enrollment);
    work.candidates.push_back({c.source, c.enrollment, 0, "", "", c.click, c.link, earned_of(c, *view).rollup.sub1});
    work.attribution.chosen = 0;
    work.conversion.items = c.ordered_items;
    work.conversion.state = "recorded";
    work.conversion.reason.clear();
    if (auto status = evaluate(tx, work); !status) return status;
    c.state = work.conversion.state;
    c.reason = work.conversion.reason;
    auto const stored = find_trace(tx, c.program, c.id, view->program.currency);
    PARTNERD_INVARIANT(stored.has_value());
    work.trace.trace = judged_later(stored->trace, work.evaluation.trace, c.state, c.reason);
    update_trace(tx, c, work.trace);
    accrue_lines(tx, c, *view, work.trace.due);
    return adjust_held(tx, c, *view);
}

}  // namespace partnerd::tracking
