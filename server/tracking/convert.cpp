#include <boost/json.hpp>

#include <algorithm>

#include "domain/calendar.hpp"
#include "domain/click_id.hpp"
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
    auto const version = Known::of(tx).program_version(tx, r.program);
    if (!version) return errc::unknown_program;
    work.view = views_.get(tx, r.program, *version);
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

std::vector<std::string> Tracker::claims_of(Work const& work) const {
    auto const& c = work.conversion;
    if (c.order_id.empty() || c.test || c.kind != "sale") return {};
    // The program's own claim too: it may join or leave a group later.
    std::vector<std::string> scopes{Known::program_scope(c.program)};
    if (auto const& group = work.view->program.exclusive_group; !group.empty()) scopes.push_back("group:" + group);
    return scopes;
}

Status Tracker::check_claims(storage::Tx& tx, Work const& work) const {
    auto const& c = work.conversion;
    for (auto const& scope : claims_of(work)) {
        if (!Known::of(tx).has_claim(tx, scope, c.order_id)) continue;
        auto const holder = tx.value<std::int64_t>("select conversion from order_claim where scope = :scope and order_id = :order_id", {arg("scope", scope), arg("order_id", c.order_id)});
        return Error(errc::order_claimed, "the order is recorded as " + format_id("cnv", holder.value_or(0)), "/order_id");
    }
    return {};
}

void Tracker::claim_order(storage::Tx& tx, Work const& work) const {
    constexpr auto text = storage::ColumnType::text;
    static storage::RowShape const rows("order_claim", {{"scope", text}, {"order_id", text}, {"conversion"}});
    auto const& c = work.conversion;
    for (auto const& scope : claims_of(work)) {
        tx.insert(rows, {scope, c.order_id, c.id});
        Known::of(tx).wrote_claim(scope, c.order_id);
    }
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
        if (line.payee != 0 && Known::of(tx).enrollment(tx, c.program, line.payee) == nullptr)
            return Error(errc::plugin_failed, "the rule of line '" + line.key + "' pays an enrollment that is not in this program");
    return {};
}

void Tracker::remember_customer(storage::Tx& tx, Work const& work) const {
    auto const& c = work.conversion;
    if (c.customer.empty() || c.test) return;
    constexpr auto text = storage::ColumnType::text;
    static storage::RowShape const persons("customer_person", {{"program"}, {"customer", text}, {"reference", text}}, storage::Twice::keep, 2);
    static storage::RowShape const customers("customer", {{"program"}, {"customer", text}, {"first_at_us"}});
    tx.insert(persons, {c.program, c.customer, work.report.customer});
    if (c.kind != "sale") return;
    auto& known = Known::of(tx);
    auto const first = known.first_at_us(tx, c.program, c.customer);
    if (!first) tx.insert(customers, {c.program, c.customer, c.at_us});
    else if (*first > c.at_us)
        tx.put("update customer set first_at_us = :at where program = :program and customer = :customer", {arg("at", c.at_us), arg("program", c.program), arg("customer", c.customer)});
    if (!first || *first > c.at_us) known.wrote_first_at_us(c.program, c.customer, c.at_us);
}

// Begins with the first attributed conversion; not lengthened by later ones, not taken over inside its window.
void Tracker::bind(storage::Tx& tx, Conversion const& c, programs::Terms const& terms) const {
    auto const days = terms.settings.binding_days;
    if (days == 0 || c.customer.empty() || c.test || c.enrollment == 0 || c.state != "recorded") return;
    auto const until_us = c.at_us + days * day_us;
    auto& known = Known::of(tx);
    auto const overlaps = [&] {
        return tx.value<std::int64_t>("select 1 from binding where program = :program and customer = :customer and from_us < :until and until_us > :at",
                                      {arg("program", c.program), arg("customer", c.customer), arg("until", until_us), arg("at", c.at_us)})
            .has_value();
    };
    if (known.has_binding(tx, c.program, c.customer) && overlaps()) return;
    static storage::RowShape const rows("binding", {{"program"}, {"customer", storage::ColumnType::text}, {"from_us"}, {"until_us"}, {"enrollment"}, {"conversion"}});
    tx.insert(rows, {c.program, c.customer, c.at_us, until_us, c.enrollment, c.id});
    known.wrote_binding(c.program, c.customer);
}

Earned Tracker::earned_of(Conversion const& c, programs::ProgramView const& view) const {
    auto const* const terms = view.of_version(c.terms);
    RollupKey const key{c.program, c.partner, day_in_zone(c.at_us, view.program.zone), c.link, c.source == "click" ? c.sub1 : "", c.kind};
    return {c, key, view.program.zone, terms != nullptr ? terms->settings.hold_days : 0};
}

std::vector<Commission> Tracker::record(storage::Tx& tx, Work& work) const {
    auto& c = work.conversion;
    insert_conversion(tx, c);
    Known::of(tx).wrote_conversion(c.program, c.test, c.kind, c.external_id);
    claim_order(tx, work);
    work.trace.trace = write_trace({work.candidates, work.attribution, work.terms->settings.precedence, work.terms->version, work.evaluation.trace, c.state, c.reason});
    insert_trace(tx, c, work.trace);
    if (c.enrollment == 0) return {};
    auto commissions = accrue_lines(tx, c, *work.view, work.trace.due);
    if (c.state == "recorded") count_sale(tx, c, *work.view, work.rate, 1);
    return commissions;
}

std::vector<Commission> Tracker::accrue_lines(storage::Tx& tx, Conversion const& c, programs::ProgramView const& view, std::vector<rules::Line> const& lines) const {
    auto const earned = earned_of(c, view);
    std::vector<Commission> commissions;
    for (auto const& line : lines) {
        auto const payee = Known::of(tx).enrollment(tx, c.program, line.payee == 0 ? c.enrollment : line.payee);
        PARTNERD_INVARIANT(payee != nullptr);
        commissions.push_back(accrue(tx, kernel_, earned, line, payee->id, payee->partner, c.state == "held"));
    }
    return commissions;
}

std::optional<programs::FxRate> Tracker::rate_of_trace(storage::Tx& tx, Conversion const& c, programs::ProgramView const& view) const {
    auto const trace = find_trace(tx, c.program, c.id, view.program.currency);
    PARTNERD_INVARIANT(trace.has_value());
    return rate_of(*trace);
}

// Once (1) when it is recorded, and taken back (-1) when it is declined after that.
void Tracker::count_sale(storage::Tx& tx, Conversion const& c, programs::ProgramView const& view, std::optional<programs::FxRate> const& rate, int count) const {
    if (c.test || c.enrollment == 0) return;
    auto const& payout = view.program.currency;
    auto const revenue = rate ? programs::convert(c.amounts.base_minor, c.currency, *rate, payout).value() : c.amounts.base_minor;
    roll_up_sale(tx, earned_of(c, view).rollup, count, count * revenue);
}

// What the report tells of itself; what is wrong with it is convert()'s to say.
void Tracker::expect(storage::Tx& tx, ConversionReport const& r) const {
    Known::Wish wish{r.program, r.test, r.kind, r.external_id, r.order_id, {}, 0, {}};
    if (!r.customer.empty()) wish.customer = programs::customer_hash(kernel_, r.program, r.customer);
    if (auto const email = normalise_email(r.customer_email); !r.customer_email.empty() && email) wish.email_hash = programs::email_hash(kernel_, *email);
    if (auto const click = verify_click_id(kernel_.secrets.click_key, r.program, r.click_id)) wish.click = *click;
    Known::of(tx).expect(tx, std::move(wish));
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
    auto& known = Known::of(tx);
    if (known.has_conversion(tx, c.program, c.test, c.kind, c.external_id)) {
        auto const earlier = find_conversion(tx, c.program, c.test, c.kind, c.external_id);
        PARTNERD_INVARIANT(earlier.has_value());
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
    if (auto status = check_claims(tx, work); !status) return status.error();
    if (auto status = gather(tx, work); !status) return status.error();
    credit(tx, work);
    if (auto status = find_rate(tx, work); !status) return status.error();
    auto const first = c.customer.empty() ? std::nullopt : known.first_at_us(tx, c.program, c.customer);
    c.customer_is_new = report.customer_is_new.value_or(!c.customer.empty() && (!first || *first > c.at_us));
    if (auto status = evaluate(tx, work); !status) return status.error();
    auto commissions = record(tx, work);
    remember_customer(tx, work);
    bind(tx, c, *work.terms);
    auto const by_line = [](Commission const& a, Commission const& b) { return std::tie(a.line_key, a.enrollment) < std::tie(b.line_key, b.enrollment); };
    std::sort(commissions.begin(), commissions.end(), by_line);
    auto const outcome = outcome_of(tx, c, *work.view, commissions);
    if (!c.test) publish(tx, c, "conversion.recorded", outcome);
    return outcome;
}

Outcome Tracker::outcome_of(storage::Tx& tx, Conversion const& c) const {
    auto const view = views_.get(tx, c.program);
    PARTNERD_INVARIANT(view != nullptr);
    return outcome_of(tx, c, *view, c.enrollment == 0 ? std::vector<Commission>() : commissions_of(tx, c.program, c.id));
}

Outcome Tracker::outcome_of(storage::Tx& tx, Conversion const& c, programs::ProgramView const& view, std::vector<Commission> const& commissions) const {
    auto const handle_of = [&](Id partner) {
        auto const found = partner == 0 ? nullptr : Known::of(tx).partner(tx, partner);
        return found == nullptr ? std::string() : found->handle;
    };
    Outcome outcome;
    outcome.zone = view.program.zone;
    outcome.partner_handle = handle_of(c.partner);
    outcome.conversion = c.id;
    outcome.partner = c.partner;
    outcome.reason = c.reason;
    outcome.state = c.state == "unattributed" ? OutcomeState::unattributed
                    : c.state == "held"       ? OutcomeState::held
                    : c.state == "declined"   ? OutcomeState::declined
                                              : OutcomeState::recorded;
    outcome.first_state = outcome.state;
    for (auto const& line : commissions)
        outcome.lines.push_back({line.id, line.enrollment, line.partner, handle_of(line.partner), line.line_key, line.kind, {line.net_minor, line.currency}, line.payable_at_us, line.state});
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
