#include "domain/invariant.hpp"
#include "tracking/work.hpp"

namespace partnerd::tracking {

Result<Outcome> Tracker::review(storage::Tx& tx, Id program, Id id, bool approve, std::string_view reason) {
    auto c = find_conversion(tx, program, id);
    if (!c) return errc::unknown_conversion;
    if (c->state != "held") return Error(errc::invalid_state, "the conversion is " + c->state + ", not held");
    auto const view = views_.get(tx, program);
    auto const earned = earned_of(tx, *c, *view);
    bool const rate_missing = c->reason == "fx_rate_missing";
    if (approve && rate_missing) {
        if (auto status = evaluate_held(tx, *c, *view); !status) return status.error();
    } else {
        for (auto& commission : commissions_of(tx, program, id)) decide_held(tx, kernel_, earned, commission, approve, reason);
        c->state = approve ? "recorded" : "declined";
        c->reason = approve ? std::string() : std::string(reason.empty() ? "declined" : reason);
    }
    update_state(tx, *c);
    if (c->state == "recorded" && !c->test) {
        auto const trace = find_trace(tx, program, id, view->program.currency);
        auto const rate = trace->fx_rate.empty() ? std::nullopt : std::optional(programs::parse_fx_rate(trace->fx_rate).value());
        auto const revenue = rate ? programs::convert(c->amounts.base_minor, c->currency, *rate, view->program.currency).value() : c->amounts.base_minor;
        roll_up_sale(tx, earned.rollup, 1, revenue);
        publish(tx, *c, "conversion.recorded", outcome_of(tx, *c));
    }
    return outcome_of(tx, *c);
}

// The rate was missing when the conversion came; everything else about it is as it was then.
Status Tracker::evaluate_held(storage::Tx& tx, Conversion& c, programs::ProgramView const& view) const {
    ConversionReport report;
    report.program = c.program, report.kind = c.kind, report.external_id = c.external_id, report.order_id = c.order_id, report.code = c.code;
    report.currency = c.currency, report.at_us = c.at_us, report.test = c.test;
    Work work{report, std::make_shared<programs::ProgramView>(view), view.of_version(c.terms), c, {}, {}, {}, {}, {}, {}, false, {}, false, {}, {}, {}};
    PARTNERD_INVARIANT(work.terms != nullptr);
    if (auto status = find_rate(tx, work); !status) return status;
    if (work.rate_missing) return Error(errc::fx_rate_missing, "there is no rate for " + std::string(c.currency.code()) + " on the day of the order; add it first");
    work.partner = programs::find_partner(tx, c.partner);
    work.enrollment = programs::find_enrollment(tx, c.program, c.enrollment);
    if (c.link != 0) work.link = programs::find_link(tx, c.link);
    PARTNERD_INVARIANT(work.partner && work.enrollment);
    work.candidates.push_back({c.source, c.enrollment, 0, "chosen when the conversion was recorded", "", c.click, c.link, ""});
    work.attribution.chosen = 0;
    work.customer_is_new = tx.value<std::int64_t>("select 1 from customer where program = :program and customer = :customer and first_at_us = :at",
                                                  {storage::arg("program", c.program), storage::arg("customer", c.customer), storage::arg("at", c.at_us)})
                               .has_value();
    // Refunds may have come while it was held: the rules see what is left.
    work.conversion.amounts = c.left;
    work.conversion.state = "recorded";
    if (auto status = evaluate(tx, work); !status) return status;
    auto stored = find_trace(tx, c.program, c.id, view.program.currency);
    PARTNERD_INVARIANT(stored.has_value());
    work.trace.trace = stored->trace;
    update_trace(tx, c, work.trace);
    c.state = work.conversion.state;
    c.reason = work.conversion.reason;
    auto const earned = earned_of(tx, c, view);
    for (auto const& line : work.trace.due) accrue(tx, kernel_, earned, line, line.payee == 0 ? c.enrollment : line.payee, c.partner, c.state == "held");
    return {};
}

}  // namespace partnerd::tracking
