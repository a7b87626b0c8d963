#include "domain/calendar.hpp"
#include "domain/invariant.hpp"
#include "domain/text.hpp"
#include "tracking/work.hpp"

namespace partnerd::tracking {

using storage::arg;

namespace {

constexpr std::int64_t future_us_max = 5 * minute_us;

struct Stored {
    Id id = 0;
    std::string content_hash;
};

std::optional<Stored> find_adjustment(storage::Tx& tx, Id conversion, std::string_view adjustment_id) {
    auto const row = tx.row<std::int64_t, std::string>("select id, content_hash from adjustment where conversion = :conversion and adjustment_id = :id",
                                                       {arg("conversion", conversion), arg("id", adjustment_id)});
    if (!row) return std::nullopt;
    return Stored{std::get<0>(*row), std::get<1>(*row)};
}

Status check(AdjustmentReport const& r, Conversion const& c, std::int64_t now_us) {
    if (r.adjustment_id.empty()) return Error(errc::missing_field, "the merchant's own id of the adjustment is required", "/adjustment_id");
    if (r.adjustment_id.size() > 200 || has_control(r.adjustment_id)) return Error(errc::invalid_field, "at most 200 characters, no control characters", "/adjustment_id");
    if (!r.currency.empty() && !(r.currency == c.currency))
        return Error(errc::currency_mismatch, "the order is in " + std::string(c.currency.code()) + ", the adjustment in " + std::string(r.currency.code()), "/amount/currency");
    if (r.at_us > now_us + future_us_max) return Error(errc::at_in_future, "the time of the adjustment is " + format_instant(r.at_us), "/at");
    if (r.type == AdjustmentType::status && r.new_status != "declined") return Error(errc::invalid_field, "the status a conversion may be set to is \"declined\"", "/status");
    if (r.type == AdjustmentType::amend && !r.amount_minor && r.items.empty()) return Error(errc::missing_field, "an edit names the new amount or the new items", "/amount");
    return {};
}

// An edit replaces amounts and items; what refunds took before stays taken.
Result<Remains> take_edit(Conversion const& c, std::vector<Item> const& left_items, AdjustmentReport const& r) {
    ConversionReport edited;
    edited.amount_minor = r.amount_minor;
    edited.items = r.items;
    auto amounts = amounts_of(edited);
    if (!amounts) return amounts.error();
    auto const refunded = c.amounts.total_minor - c.left.total_minor;
    if (refunded > amounts->total_minor) return Error(errc::refund_exceeds_order, "more was refunded before than the edited order is worth", "/amount");
    Remains remains{{amounts->total_minor - refunded, 0}, r.items.empty() ? left_items : r.items, c.left.total_minor - (amounts->total_minor - refunded), 0};
    remains.left.base_minor = r.base_minor.value_or(remains.left.total_minor);
    if (remains.left.base_minor < 0 || remains.left.base_minor > remains.left.total_minor) return Error(errc::invalid_field, "the base is larger than the order", "/base");
    remains.taken_base_minor = c.left.base_minor - remains.left.base_minor;
    return remains;
}

void insert_adjustment(storage::Tx& tx, Conversion const& c, Id id, AdjustmentReport const& r, Remains const& remains, std::int64_t at_us, std::int64_t now_us) {
    tx.exec("insert into adjustment (id, program, conversion, adjustment_id, type, amount_minor, base_minor, items, reason, at_us, recorded_at_us, content_hash, answer) "
            "values (:id, :program, :conversion, :adjustment_id, :type, :amount, :base, :items, :reason, :at, :now, :hash, '')",
            {arg("id", id), arg("program", c.program), arg("conversion", c.id), arg("adjustment_id", r.adjustment_id), arg("type", type_name(r.type)), arg("amount", remains.taken_minor),
             arg("base", remains.taken_base_minor), arg("items", write_items(r.items, c.currency.exponent())), arg("reason", r.reason), arg("at", at_us), arg("now", now_us),
             arg("hash", content_hash(r))});
}

}  // namespace

Result<Outcome> Tracker::apply_change(storage::Tx& tx, Conversion& c, AdjustmentReport const& r, Id adjustment, Remains const& remains, bool nothing_left) {
    auto const view = views_.get(tx, c.program);
    auto const* const terms = view->of_version(c.terms);
    auto const& payout = view->program.currency;
    c.left = remains.left;
    c.items = write_items(remains.items, c.currency.exponent());
    update_left(tx, c);
    if (c.enrollment == 0 || c.state == "declined") return outcome_of(tx, c);
    auto trace = find_trace(tx, c.program, c.id, payout);
    PARTNERD_INVARIANT(trace.has_value() && terms != nullptr);
    if (trace->snapshot.empty()) return outcome_of(tx, c);  // held without a rate: judged on what is left when the rate comes
    if (!terms->plan) return Error(errc::unknown_rule, "the terms of this conversion name a rule that no loaded plugin offers");
    auto const original = rules::FactSet::from_json(trace->snapshot).value();
    auto const rate = trace->fx_rate.empty() ? std::nullopt : std::optional(programs::parse_fx_rate(trace->fx_rate).value());
    rules::FactSet left;
    if (auto status = set_amount_facts(left, c, c.left, remains.items, rate, payout); !status) return status.error();
    auto const change = r.type == AdjustmentType::amend ? rules::Change::amend : rules::Change::refund;
    rules::Evaluation evaluation;
    try {
        evaluation = terms->plan->reevaluate({original, left, trace->due, trace->winners, change, nothing_left});
    } catch (Refused const& refused) {
        return refused.error;
    }
    auto const at_us = r.at_us == 0 ? kernel_.clock.now_us() : r.at_us;
    auto const earned = earned_of(tx, c, *view);
    auto commissions = commissions_of(tx, c.program, c.id);
    for (auto const& line : evaluation.lines) {
        auto const enrollment = line.payee == 0 ? c.enrollment : line.payee;
        auto const found = std::find_if(commissions.begin(), commissions.end(), [&](Commission const& known) { return known.line_key == line.key && known.enrollment == enrollment; });
        auto const reason = r.reason.empty() ? std::string(type_name(r.type)) : r.reason;
        if (found != commissions.end()) {
            change_due(tx, kernel_, earned, *found, line.amount.minor, adjustment, at_us, reason);
        } else if (line.amount.minor > 0) {
            auto const payee = programs::find_enrollment(tx, c.program, enrollment);
            PARTNERD_INVARIANT(payee.has_value());
            accrue(tx, kernel_, earned, line, enrollment, payee->partner, c.state == "held");
        }
    }
    trace->due = evaluation.lines;
    update_trace(tx, c, *trace);
    return outcome_of(tx, c);
}

Result<Outcome> Tracker::adjust(storage::Tx& tx, Id program, bool test, std::string_view kind, std::string_view external_id, AdjustmentReport const& r) {
    auto c = find_conversion(tx, program, test, kind, external_id);
    if (!c) return Error(errc::unknown_order, "no " + std::string(kind.substr(0, 64)) + " '" + std::string(external_id.substr(0, 64)) + "' was recorded in this program", "/external_id");
    auto const now_us = kernel_.clock.now_us();
    if (auto status = check(r, *c, now_us); !status) return status.error();
    if (auto const earlier = find_adjustment(tx, c->id, r.adjustment_id)) {
        if (earlier->content_hash != content_hash(r)) return Error(errc::adjustment_differs, "'" + r.adjustment_id + "' is recorded with other content; use another id");
        auto outcome = outcome_of(tx, *c);
        outcome.state = OutcomeState::duplicate;
        return outcome;
    }
    auto const items = read_items(c->items, c->currency.exponent());
    bool const all = r.type == AdjustmentType::status;
    auto remains = r.type == AdjustmentType::amend ? take_edit(*c, items, r) : all ? take_refund(c->amounts, c->left, items, {}) : take_refund(c->amounts, c->left, items, r);
    if (!remains) return remains.error();
    Id const id = kernel_.mint.mint();
    insert_adjustment(tx, *c, id, r, *remains, r.at_us == 0 ? now_us : r.at_us, now_us);
    bool const nothing_left = all || (remains->left.total_minor == 0 && r.type != AdjustmentType::amend);
    auto outcome = apply_change(tx, *c, r, id, *remains, nothing_left);
    if (!outcome) return outcome;
    if (all) {
        c->state = "declined";
        c->reason = r.reason.empty() ? "declined" : r.reason;
        update_state(tx, *c);
        outcome = outcome_of(tx, *c);
    }
    if (!c->test) publish(tx, *c, "conversion.adjusted", *outcome);
    return outcome;
}

}  // namespace partnerd::tracking
