#include <algorithm>

#include "domain/calendar.hpp"
#include "domain/invariant.hpp"
#include "domain/text.hpp"
#include "tracking/replay.hpp"
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
    if (trim(r.adjustment_id).empty()) return Error(errc::missing_field, "the merchant's own id of the adjustment is required", "/adjustment_id");
    if (r.adjustment_id.size() > 200 || has_control(r.adjustment_id) || !is_utf8(r.adjustment_id)) return Error(errc::invalid_field, "at most 200 characters, no control characters", "/adjustment_id");
    if (!r.currency.empty() && !(r.currency == c.currency))
        return Error(errc::currency_mismatch, "the order is in " + std::string(c.currency.code()) + ", the adjustment in " + std::string(r.currency.code()), "/amount/currency");
    if (r.at_us > now_us + future_us_max) return Error(errc::at_in_future, "the time of the adjustment is " + format_instant(r.at_us), "/at");
    if (r.type == AdjustmentType::status && r.new_status != "declined") return Error(errc::invalid_field, "the status a conversion may be set to is \"declined\"", "/status");
    if (r.type == AdjustmentType::amend && !r.amount_minor && r.items.empty()) return Error(errc::missing_field, "an edit names the new amount or the new items", "/amount");
    return {};
}

void insert_adjustment(storage::Tx& tx, Conversion const& c, Id id, AdjustmentReport const& r, Remains const& remains, std::int64_t at_us, std::int64_t now_us, std::string_view trace) {
    tx.put("insert into adjustment (id, program, conversion, adjustment_id, type, amount_minor, base_minor, items, reason, at_us, recorded_at_us, content_hash, trace) "
            "values (:id, :program, :conversion, :adjustment_id, :type, :amount, :base, :items, :reason, :at, :now, :hash, :trace)",
            {arg("id", id), arg("program", c.program), arg("conversion", c.id), arg("adjustment_id", r.adjustment_id), arg("type", type_name(r.type)), arg("amount", remains.taken_minor),
             arg("base", remains.taken_base_minor), arg("items", write_items(r.items, c.currency.exponent())), arg("reason", r.reason), arg("at", at_us), arg("now", now_us),
             arg("hash", content_hash(r)), arg("trace", trace)});
}

}  // namespace

struct Tracker::Adjusting {
    Id id = 0;
    AdjustmentType type = AdjustmentType::refund;
    std::int64_t at_us = 0;
    std::string reason;
    Remains remains;
    std::string trace;  // what the rules gave
};

void Tracker::settle(storage::Tx& tx, Conversion const& c, programs::ProgramView const& view, std::vector<rules::Line> const& lines, Adjusting const& adjusting) const {
    auto const earned = earned_of(c, view);
    auto commissions = commissions_of(tx, c.program, c.id);
    for (auto const& line : lines) {
        auto const enrollment = line.payee == 0 ? c.enrollment : line.payee;
        auto found = std::find_if(commissions.begin(), commissions.end(), [&](Commission const& known) { return known.line_key == line.key && known.enrollment == enrollment; });
        if (found == commissions.end()) {
            if (line.amount.minor == 0) continue;
            // The edit brought it: nothing was earned by the conversion as it came.
            auto const payee = programs::find_enrollment(tx, c.program, enrollment);
            if (!payee) throw Refused(Error(errc::plugin_failed, "the rule of line '" + line.key + "' pays an enrollment that is not in this program"));
            auto at_first = line;
            at_first.amount.minor = 0;
            commissions.push_back(accrue(tx, kernel_, earned, at_first, enrollment, payee->partner, c.state == "held"));
            found = std::prev(commissions.end());
        }
        change_due(tx, kernel_, earned, *found, line.amount.minor, adjusting.id, adjusting.at_us, adjusting.reason);
    }
}

Status Tracker::apply_change(storage::Tx& tx, Conversion const& c, Adjusting& adjusting) const {
    if (c.enrollment == 0 || c.state == "declined") return {};
    auto const view = views_.get(tx, c.program);
    auto const* const terms = view->of_version(c.terms);
    auto trace = find_trace(tx, c.program, c.id, view->program.currency);
    PARTNERD_INVARIANT(trace.has_value() && terms != nullptr);
    if (trace->snapshot.empty()) return {};  // held without a rate: judged with its adjustments when the rate comes
    if (!terms->plan) return Error(errc::unknown_rule, "the terms of this conversion name a rule that no loaded plugin offers");
    auto const due = due_after(*terms->plan, c, *trace, adjusting.type, adjusting.remains);
    if (!due) return due.error();
    settle(tx, c, *view, due->lines, adjusting);
    adjusting.trace = due->trace;
    trace->due = due->lines;
    update_trace(tx, c, *trace);
    return {};
}

void Tracker::decline(storage::Tx& tx, Conversion& c, std::string_view reason) const {
    auto const view = views_.get(tx, c.program);
    if (c.state == "recorded") count_sale(tx, c, *view, rate_of_trace(tx, c, *view), -1);
    auto const earned = earned_of(c, *view);
    for (auto& commission : commissions_of(tx, c.program, c.id))
        if (commission.state == "held") decide_held(tx, kernel_, earned, commission, false, reason);
    c.state = "declined";
    c.reason = reason.empty() ? "declined" : reason;
    update_state(tx, c);
}

// Held without a rate: now that the first evaluation is there, what came meanwhile is applied to it.
Status Tracker::adjust_held(storage::Tx& tx, Conversion const& c, programs::ProgramView const& view) const {
    if (c.state == "declined") return {};
    auto const* const terms = view.of_version(c.terms);
    Standing standing{c.amounts, c.amounts, read_items(c.ordered_items, c.currency.exponent())};
    for (auto const& adjustment : adjustments_of(tx, c)) {
        auto remains = take_again(standing, adjustment);
        PARTNERD_INVARIANT(remains.has_value());
        auto trace = find_trace(tx, c.program, c.id, view.program.currency);
        auto const due = due_after(*terms->plan, c, *trace, adjustment.type, *remains);
        if (!due) return due.error();
        auto const reason = adjustment.reason.empty() ? std::string(type_name(adjustment.type)) : adjustment.reason;
        settle(tx, c, view, due->lines, {adjustment.id, adjustment.type, adjustment.at_us, reason, *remains, {}});
        tx.put("update adjustment set trace = :trace where program = :program and id = :id", {arg("trace", due->trace), arg("program", c.program), arg("id", adjustment.id)});
        trace->due = due->lines;
        update_trace(tx, c, *trace);
        standing = {remains->order, remains->left, remains->items};
    }
    return {};
}

Result<Outcome> Tracker::adjust_or_refuse(storage::Tx& tx, Conversion& c, AdjustmentReport const& r) const {
    auto const now_us = kernel_.clock.now_us();
    if (auto status = check(r, c, now_us); !status) return status.error();
    if (auto const earlier = find_adjustment(tx, c.id, r.adjustment_id)) {
        if (earlier->content_hash != content_hash(r)) return Error(errc::adjustment_differs, "'" + r.adjustment_id + "' is recorded with other content; use another id");
        auto outcome = outcome_of(tx, c);
        outcome.state = OutcomeState::duplicate;
        return outcome;
    }
    auto remains = take(standing_of(c), r);
    if (!remains) return remains.error();
    auto const reason = r.reason.empty() ? std::string(type_name(r.type)) : r.reason;
    Adjusting adjusting{kernel_.mint.mint(), r.type, r.at_us == 0 ? now_us : r.at_us, reason, std::move(*remains), {}};
    set_standing(c, adjusting.remains);
    update_left(tx, c);
    if (auto status = apply_change(tx, c, adjusting); !status) return status.error();
    insert_adjustment(tx, c, adjusting.id, r, adjusting.remains, adjusting.at_us, now_us, adjusting.trace);
    if (r.type == AdjustmentType::status) decline(tx, c, r.reason);
    auto const outcome = outcome_of(tx, c);
    if (!c.test) publish(tx, c, "conversion.adjusted", outcome);
    return outcome;
}

Result<Outcome> Tracker::adjust(storage::Tx& tx, Id program, bool test, std::string_view kind, std::string_view external_id, AdjustmentReport const& r) {
    auto c = find_conversion(tx, program, test, kind, external_id);
    if (!c) return Error(errc::unknown_order, "no " + std::string(kind.substr(0, 64)) + " '" + std::string(external_id.substr(0, 64)) + "' was recorded in this program", "/external_id");
    try {
        return adjust_or_refuse(tx, *c, r);
    } catch (Refused const& refused) {
        return refused.error;
    }
}

}  // namespace partnerd::tracking
