#include "tracking/replay.hpp"

#include "domain/invariant.hpp"
#include "tracking/amount_facts.hpp"

namespace partnerd::tracking {

using storage::arg;

std::vector<StoredAdjustment> adjustments_of(storage::Tx& tx, Conversion const& c) {
    std::vector<StoredAdjustment> list;
    using I = std::int64_t;
    using T = std::string;
    for (auto const& [id, type, amount, base, items, reason, at] : tx.query<I, T, I, I, T, T, I>(
             "select id, type, amount_minor, base_minor, items, reason, at_us from adjustment where conversion = :conversion and program = :program order by id",
             {arg("conversion", c.id), arg("program", c.program)})) {
        auto const known = parse_adjustment_type(type);
        PARTNERD_INVARIANT(known.has_value());
        list.push_back({id, *known, amount, base, read_items(items, c.currency.exponent()), reason, at});
    }
    return list;
}

Result<Remains> take_again(Standing const& standing, StoredAdjustment const& adjustment) {
    AdjustmentReport report;
    report.type = adjustment.type;
    report.items = adjustment.items;
    bool const edit = adjustment.type == AdjustmentType::amend;
    report.amount_minor = edit ? standing.order.total_minor - adjustment.taken_minor : adjustment.taken_minor;
    report.base_minor = edit ? standing.order.base_minor - adjustment.taken_base_minor : adjustment.taken_base_minor;
    return take(standing, report);
}

bool leaves_nothing(AdjustmentType type, Remains const& remains) {
    return type == AdjustmentType::status || (type != AdjustmentType::amend && remains.left.total_minor == 0);
}

std::optional<programs::FxRate> rate_of(ConversionTrace const& trace) {
    if (trace.fx_rate.empty()) return std::nullopt;
    return programs::parse_fx_rate(trace.fx_rate).value();
}

Result<rules::Evaluation> due_after(rules::Plan const& plan, Conversion const& c, ConversionTrace const& trace, AdjustmentType type, Remains const& remains) {
    auto const original = rules::FactSet::from_json(trace.snapshot);
    if (!original) return original.error();
    rules::FactSet left;
    if (auto status = set_amount_facts(left, c, remains.left, remains.items, rate_of(trace), plan.payout()); !status) return status.error();
    auto const change = type == AdjustmentType::amend ? rules::Change::amend : rules::Change::refund;
    try {
        return plan.reevaluate({*original, left, trace.due, trace.winners, change, leaves_nothing(type, remains)});
    } catch (Refused const& refused) {
        return refused.error;
    }
}

}  // namespace partnerd::tracking
