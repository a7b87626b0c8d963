#include <boost/json.hpp>

#include "domain/calendar.hpp"
#include "domain/invariant.hpp"
#include "domain/text.hpp"
#include "tracking/replay.hpp"
#include "tracking/trace.hpp"
#include "tracking/work.hpp"

namespace partnerd::tracking {

using storage::arg;

namespace {

constexpr std::int64_t future_us_max = 5 * minute_us;

std::string accepted_currencies(programs::Program const& program) {
    std::string text(program.currency.code());
    for (auto const& code : program.order_currencies)
        if (code != program.currency.code()) text += ", " + code;
    return text;
}

Status check_names(ConversionReport const& r) {
    if (!is_handle(r.kind)) return Error(errc::invalid_field, "a kind is a word such as \"sale\"", "/kind");
    if (trim(r.external_id).empty()) return Error(errc::missing_field, "the merchant's own id of the conversion is required", "/external_id");
    std::pair<std::string const&, char const*> const texts[] = {
        {r.external_id, "/external_id"}, {r.order_id, "/order_id"}, {r.customer, "/customer"}, {r.code, "/code"}, {r.assigned_partner, "/assigned_partner"}};
    for (auto const& [text, pointer] : texts)
        if (text.size() > 200 || has_control(text) || !is_utf8(text)) return Error(errc::invalid_field, "at most 200 characters, no control characters", pointer);
    return {};
}

}  // namespace

Status Tracker::check_program(Work const& work) const {
    auto const& r = work.report;
    auto const& program = work.view->program;
    if (work.view->terms.empty() || (program.status == "draft" && !r.test))
        return Error(errc::invalid_state, "the program is a draft; it records test conversions only, until its status is pilot or live");
    if (work.conversion.at_us > kernel_.clock.now_us() + future_us_max) return Error(errc::at_in_future, "the time of the conversion is " + format_instant(work.conversion.at_us), "/at");
    if (!program.accepts(work.conversion.currency.code()))
        return Error(errc::currency_not_accepted, "the program accepts " + accepted_currencies(program) + ", not " + std::string(work.conversion.currency.code()), "/amount/currency");
    return {};
}

Status Tracker::prepare(storage::Tx& tx, Work& work) const {
    auto const& r = work.report;
    auto& c = work.conversion;
    work.view = views_.get(tx, r.program);
    if (!work.view) return errc::unknown_program;
    if (auto status = check_names(r); !status) return status;
    c.program = r.program, c.kind = r.kind, c.external_id = r.external_id, c.test = r.test, c.order_id = r.order_id;
    c.currency = r.currency.empty() ? work.view->program.currency : r.currency;
    c.recorded_at_us = kernel_.clock.now_us();
    c.at_us = r.at_us == 0 ? c.recorded_at_us : r.at_us;
    auto amounts = amounts_of(r);
    if (!amounts) return amounts.error();
    c.amounts = c.order = c.left = *amounts;
    c.items = c.ordered_items = write_items(net_items(r), c.currency.exponent());
    if (r.breakdown) c.breakdown = write_breakdown(*r.breakdown, c.currency.exponent());
    c.code = r.code, c.link = r.link, c.plugin = r.plugin, c.content_hash = content_hash(r, c.currency);
    if (!r.customer.empty()) c.customer = programs::customer_hash(kernel_, r.program, r.customer);
    if (!r.customer_email.empty()) {
        auto email = normalise_email(r.customer_email);
        if (!email) return Error(errc::invalid_field, email.error().detail, "/customer_email");
        work.email_hash = programs::email_hash(kernel_, *email);
    }
    return {};
}

Status Tracker::claim_order(storage::Tx& tx, Work const& work) const {
    auto const& c = work.conversion;
    if (c.order_id.empty() || c.test || c.kind != "sale") return {};
    // The program's own claim too: it may join or leave a group later.
    std::vector<std::string> scopes{"program:" + std::to_string(c.program)};
    if (auto const& group = work.view->program.exclusive_group; !group.empty()) scopes.push_back("group:" + group);
    for (auto const& scope : scopes) {
        auto const claimed = tx.exec("insert into order_claim (scope, order_id, conversion) values (:scope, :order_id, :conversion) on conflict (scope, order_id) do nothing",
                                     {arg("scope", scope), arg("order_id", c.order_id), arg("conversion", c.id)});
        if (claimed == 1) continue;
        auto const holder = tx.value<std::int64_t>("select conversion from order_claim where scope = :scope and order_id = :order_id", {arg("scope", scope), arg("order_id", c.order_id)});
        return Error(errc::order_claimed, "the order is recorded as " + format_id("cnv", holder.value_or(0)), "/order_id");
    }
    return {};
}

Status Tracker::find_rate(storage::Tx& tx, Work& work) const {
    auto const& c = work.conversion;
    auto const& program = work.view->program;
    if (c.currency == program.currency) return {};
    work.rate = programs::find_fx_rate(tx, program.id, c.currency.code(), day_in_zone(c.at_us, program.zone));
    work.rate_missing = !work.rate;
    if (work.rate) work.trace.fx_rate = work.rate->text;
    return {};
}

Status Tracker::evaluate(storage::Tx& tx, Work& work) const {
    auto& c = work.conversion;
    if (c.state != "recorded") return {};
    if (work.rate_missing) {
        c.state = "held";
        c.reason = "fx_rate_missing";
        return {};
    }
    if (!work.terms->plan) return Error(errc::unknown_rule, "the terms in force name a rule that no loaded plugin offers");
    if (auto status = build_facts(tx, work); !status) return status;
    try {
        work.evaluation = work.terms->plan->evaluate(work.facts);
    } catch (Refused const& refused) {
        return refused.error;
    }
    work.trace.snapshot = work.facts.to_json();
    work.trace.winners = work.evaluation.winners;
    work.trace.due = work.evaluation.lines;
    if (work.evaluation.outcome == rules::Outcome::review) c.state = "held";
    if (work.evaluation.outcome == rules::Outcome::decline) c.state = "declined";
    if (work.evaluation.outcome != rules::Outcome::pay) c.reason = work.evaluation.reason_code;
    // A plugin's rule names the payee; it may be wrong.
    for (auto const& line : work.trace.due)
        if (line.payee != 0 && !programs::find_enrollment(tx, c.program, line.payee))
            return Error(errc::plugin_failed, "the rule of line '" + line.key + "' pays an enrollment that is not in this program");
    return {};
}

void Tracker::remember_customer(storage::Tx& tx, Work const& work) const {
    auto const& c = work.conversion;
    if (c.customer.empty() || c.test) return;
    tx.put("insert into customer_person (program, customer, reference) values (:program, :customer, :reference) on conflict (program, customer) do nothing",
            {arg("program", c.program), arg("customer", c.customer), arg("reference", work.report.customer)});
    if (c.kind != "sale") return;
    tx.put("insert into customer (program, customer, first_at_us) values (:program, :customer, :at) "
            "on conflict (program, customer) do update set first_at_us = excluded.first_at_us where customer.first_at_us > excluded.first_at_us",
            {arg("program", c.program), arg("customer", c.customer), arg("at", c.at_us)});
}

// Begins with the first attributed conversion; not lengthened by later ones, not taken over inside its window.
void Tracker::bind(storage::Tx& tx, Conversion const& c, programs::Terms const& terms) const {
    auto const days = terms.settings.binding_days;
    if (days == 0 || c.customer.empty() || c.test || c.enrollment == 0 || c.state != "recorded") return;
    auto const until_us = c.at_us + days * day_us;
    auto const overlaps = tx.value<std::int64_t>("select 1 from binding where program = :program and customer = :customer and from_us < :until and until_us > :at",
                                                 {arg("program", c.program), arg("customer", c.customer), arg("until", until_us), arg("at", c.at_us)});
    if (overlaps) return;
    tx.put("insert into binding (program, customer, from_us, until_us, enrollment, conversion) values (:program, :customer, :at, :until, :enrollment, :conversion)",
            {arg("program", c.program), arg("customer", c.customer), arg("at", c.at_us), arg("until", until_us), arg("enrollment", c.enrollment), arg("conversion", c.id)});
}

Earned Tracker::earned_of(Conversion const& c, programs::ProgramView const& view) const {
    auto const* const terms = view.of_version(c.terms);
    RollupKey const key{c.program, c.partner, day_in_zone(c.at_us, view.program.zone), c.link, c.source == "click" ? c.sub1 : "", c.kind};
    return {c, key, view.program.zone, terms != nullptr ? terms->settings.hold_days : 0};
}

void Tracker::record(storage::Tx& tx, Work& work) const {
    auto& c = work.conversion;
    insert_conversion(tx, c);
    work.trace.trace = write_trace({work.candidates, work.attribution, work.terms->settings.precedence, work.terms->version, work.evaluation.trace, c.state, c.reason});
    insert_trace(tx, c, work.trace);
    if (c.enrollment == 0) return;
    accrue_lines(tx, c, *work.view, work.trace.due);
    if (c.state == "recorded") count_sale(tx, c, *work.view, 1);
}

void Tracker::accrue_lines(storage::Tx& tx, Conversion const& c, programs::ProgramView const& view, std::vector<rules::Line> const& lines) const {
    auto const earned = earned_of(c, view);
    for (auto const& line : lines) {
        auto const payee = programs::find_enrollment(tx, c.program, line.payee == 0 ? c.enrollment : line.payee);
        PARTNERD_INVARIANT(payee.has_value());
        accrue(tx, kernel_, earned, line, payee->id, payee->partner, c.state == "held");
    }
}

// Once (1) when it is recorded, and taken back (-1) when it is declined after that.
void Tracker::count_sale(storage::Tx& tx, Conversion const& c, programs::ProgramView const& view, int count) const {
    if (c.test || c.enrollment == 0) return;
    auto const& payout = view.program.currency;
    auto const trace = find_trace(tx, c.program, c.id, payout);
    PARTNERD_INVARIANT(trace.has_value());
    auto const rate = rate_of(*trace);
    auto const revenue = rate ? programs::convert(c.amounts.base_minor, c.currency, *rate, payout).value() : c.amounts.base_minor;
    roll_up_sale(tx, earned_of(c, view).rollup, count, count * revenue);
}

Result<Outcome> Tracker::convert(storage::Tx& tx, ConversionReport const& report) {
    try {
        return convert_or_refuse(tx, report);
    } catch (Refused const& refused) {
        return refused.error;
    }
}

Result<Outcome> Tracker::convert_or_refuse(storage::Tx& tx, ConversionReport const& report) const {
    Work work{report, {}, nullptr, {}, {}, {}, {}, {}, {}, {}, {}, false, {}, {}, {}};
    if (auto status = prepare(tx, work); !status) return status.error();
    auto& c = work.conversion;
    if (auto const earlier = find_conversion(tx, c.program, c.test, c.kind, c.external_id)) {
        if (earlier->content_hash != c.content_hash)
            return Error(errc::conversion_differs, "'" + c.external_id + "' is recorded as " + format_id("cnv", earlier->id) + " with other content; report an adjustment");
        auto outcome = outcome_of(tx, *earlier);
        outcome.state = OutcomeState::duplicate;
        return outcome;
    }
    if (auto status = check_program(work); !status) return status.error();
    work.terms = work.view->in_force(c.at_us);
    c.terms = work.terms->id;
    c.id = kernel_.mint.mint();
    if (auto status = claim_order(tx, work); !status) return status.error();
    if (auto status = gather(tx, work); !status) return status.error();
    credit(tx, work);
    if (auto status = find_rate(tx, work); !status) return status.error();
    auto const first = c.customer.empty() ? std::nullopt
                                          : tx.value<std::int64_t>("select first_at_us from customer where program = :program and customer = :customer",
                                                                   {arg("program", c.program), arg("customer", c.customer)});
    c.customer_is_new = report.customer_is_new.value_or(!c.customer.empty() && (!first || *first > c.at_us));
    if (auto status = evaluate(tx, work); !status) return status.error();
    record(tx, work);
    remember_customer(tx, work);
    bind(tx, c, *work.terms);
    auto const outcome = outcome_of(tx, c);
    if (!c.test) publish(tx, c, "conversion.recorded", outcome);
    return outcome;
}

Outcome Tracker::outcome_of(storage::Tx& tx, Conversion const& c) const {
    Outcome outcome;
    outcome.conversion = c.id;
    outcome.partner = c.partner;
    outcome.reason = c.reason;
    outcome.state = c.state == "unattributed" ? OutcomeState::unattributed
                    : c.state == "held"       ? OutcomeState::held
                    : c.state == "declined"   ? OutcomeState::declined
                                              : OutcomeState::recorded;
    outcome.first_state = outcome.state;
    if (c.enrollment == 0) return outcome;
    for (auto const& line : commissions_of(tx, c.program, c.id))
        outcome.lines.push_back({line.id, line.enrollment, line.partner, line.line_key, line.kind, {line.net_minor, line.currency}, line.payable_at_us, line.state});
    return outcome;
}

void Tracker::publish(storage::Tx& tx, Conversion const& c, std::string_view type, Outcome const& outcome) const {
    if (!kernel_.outbox.wants(type)) return;
    boost::json::array lines;
    for (auto const& line : outcome.lines)
        lines.emplace_back(boost::json::object{{"id", format_id("com", line.commission)}, {"partner", format_id("ptn", line.partner)}, {"kind", line.kind},
                                               {"amount", {{"amount", format_amount(line.amount.minor, line.amount.currency.exponent())}, {"currency", line.amount.currency.code()}}}});
    boost::json::object const data{{"id", format_id("cnv", c.id)}, {"kind", c.kind}, {"external_id", c.external_id}, {"state", c.state}, {"reason", c.reason}, {"at", format_instant(c.at_us)},
                                   {"commissions", lines}};
    kernel_.outbox.publish(tx, c.program, type, format_id("cnv", c.id), boost::json::serialize(data));
}

}  // namespace partnerd::tracking
