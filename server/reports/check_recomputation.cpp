// Judges every conversion again, from what was stored when it was recorded, and takes its adjustments again.
#include <algorithm>

#include "reports/checks.hpp"
#include "rules/core_facts.hpp"
#include "tracking/amount_facts.hpp"
#include "tracking/commission.hpp"
#include "tracking/replay.hpp"

namespace partnerd::reports {

using storage::arg;
using storage::Tx;
using tracking::Commission;
using tracking::Conversion;

namespace {

struct Case {
    Conversion conversion;
    tracking::ConversionTrace trace;
    std::vector<Commission> commissions;
    std::vector<tracking::StoredAdjustment> adjustments;
};

// What is due of each line by the stored facts, first and now.
struct Recomputed {
    std::vector<rules::Line> first, now;
};

std::string different_amounts(Case const& it, Currency const& payout, rules::FactSet const& snapshot) {
    auto const& c = it.conversion;
    rules::FactSet facts;
    auto const items = tracking::read_items(c.ordered_items, c.currency.exponent());
    if (auto status = tracking::set_amount_facts(facts, c, c.amounts, items, tracking::rate_of(it.trace), payout); !status) return status.error().message();
    for (auto const& [name, rows] : snapshot.all()) {
        if (!rules::changes_with_refunds(name)) continue;
        auto const* const now = facts.find(name);
        if (now == nullptr || !(*now == rows)) return "the fact '" + name + "' of the snapshot is not that of the order";
    }
    return {};
}

// The standing after all adjustments must be what the conversion says; what is due only moves until it was declined.
std::string take_all_again(Case const& it, rules::Plan const* plan, std::vector<rules::Line>& due) {
    auto const& c = it.conversion;
    tracking::Standing standing{c.amounts, c.amounts, tracking::read_items(c.ordered_items, c.currency.exponent())};
    auto trace = it.trace;
    bool live = plan != nullptr;
    for (auto const& adjustment : it.adjustments) {
        auto const remains = tracking::take_again(standing, adjustment);
        if (!remains) return "the adjustment " + format_id("adj", adjustment.id) + " cannot be taken again: " + remains.error().message();
        if (live) {
            trace.due = due;
            auto const after = tracking::due_after(*plan, c, trace, adjustment.type, *remains);
            if (!after) return "the adjustment " + format_id("adj", adjustment.id) + ": " + after.error().message();
            due = after->lines;
        }
        live = live && adjustment.type != tracking::AdjustmentType::status;
        standing = {remains->order, remains->left, remains->items};
    }
    auto const stored = tracking::standing_of(c);
    if (standing.order != stored.order || standing.left != stored.left || standing.items != stored.items) return "its adjustments leave another amount than is stored";
    return {};
}

std::int64_t amount_of(std::vector<rules::Line> const& lines, Commission const& commission, Id credited) {
    auto const found = std::find_if(lines.begin(), lines.end(), [&](rules::Line const& line) {
        return line.key == commission.line_key && (line.payee == 0 ? credited : line.payee) == commission.enrollment;
    });
    return found == lines.end() ? 0 : found->amount.minor;
}

std::string different_commission(Case const& it, Recomputed const& due) {
    for (auto const& commission : it.commissions) {
        auto const name = format_id("com", commission.id);
        auto const gross = amount_of(due.first, commission, it.conversion.enrollment);
        if (commission.gross_minor != gross) return name + " earned " + std::to_string(commission.gross_minor) + " minor units; recomputed it is " + std::to_string(gross);
        // Declined while it was held: nothing is due, whatever the rules say.
        auto const net = commission.state == "declined" ? 0 : amount_of(due.now, commission, it.conversion.enrollment);
        if (commission.net_minor != net) return name + " stands at " + std::to_string(commission.net_minor) + " minor units; recomputed it is " + std::to_string(net);
    }
    for (auto const* lines : {&due.first, &due.now})
        for (auto const& line : *lines) {
            auto const enrollment = line.payee == 0 ? it.conversion.enrollment : line.payee;
            bool const known = std::any_of(it.commissions.begin(), it.commissions.end(), [&](Commission const& c) { return c.line_key == line.key && c.enrollment == enrollment; });
            if (line.amount.minor != 0 && !known) return "the line '" + line.key + "' has no commission";
        }
    return {};
}

// Nobody was asked what it earns: unattributed, declined beforehand, or held for want of a rate.
std::string judge_without_snapshot(Case const& it) {
    if (!it.commissions.empty()) return "it has commissions but no snapshot of facts";
    if (it.conversion.state == "recorded") return "it is recorded but has no snapshot of facts";
    std::vector<rules::Line> none;
    return take_all_again(it, nullptr, none);
}

std::string judge(Case const& it, rules::Plan const* plan) {
    if (it.trace.snapshot.empty()) return judge_without_snapshot(it);
    if (plan == nullptr) return "it cannot be recomputed: the terms name a rule that no plugin offers, or are gone";
    auto const facts = rules::FactSet::from_json(it.trace.snapshot);
    if (!facts) return "its snapshot cannot be read: " + facts.error().message();
    if (auto different = different_amounts(it, plan->payout(), *facts); !different.empty()) return different;
    try {
        auto const evaluation = plan->evaluate(*facts);
        if (evaluation.winners != it.trace.winners) return "other rules win now than when it was recorded";
        Recomputed due{evaluation.lines, evaluation.lines};
        bool const declined = evaluation.outcome == rules::Outcome::decline;
        if (auto wrong = take_all_again(it, declined ? nullptr : plan, due.now); !wrong.empty()) return wrong;
        return different_commission(it, due);
    } catch (Refused const& refused) {
        return "its rules refuse: " + refused.error.message();
    }
}

// Why the conversion does not fit; empty if it does.
std::string judge_stored(Tx& tx, Books const& books, Id id) {
    auto conversion = tracking::find_conversion(tx, id);
    auto const* const program = conversion ? books.program(tx, conversion->program) : nullptr;
    if (program == nullptr) return "its program is not there";
    auto trace = tracking::find_trace(tx, program->id, id, program->currency);
    if (!trace) return "its trace is not there";
    auto const* const plan = books.plan(tx, program->id, conversion->terms);
    return judge({*conversion, *trace, tracking::commissions_of(tx, program->id, id), tracking::adjustments_of(tx, *conversion)}, plan);
}

}  // namespace

void check_recomputation(Books const& books, Check& check) {
    check_windows(books, check, {"conversion"}, [&](Tx& tx, Window const& window, Check& part) {
        std::vector<Id> ids;
        for (auto const& [id] : tx.query<std::int64_t>("select id from conversion where id > :after and id <= :last order by id", {arg("after", window.after), arg("last", window.last)})) ids.push_back(id);
        for (auto const id : ids) {
            std::string wrong;
            try {
                wrong = judge_stored(tx, books, id);
            } catch (storage::Failure const&) {
                throw;
            } catch (std::exception const& e) {
                wrong = std::string("what is stored of it cannot be read: ") + e.what();
            }
            if (!wrong.empty()) part.fail(format_id("cnv", id) + ": " + wrong);
        }
    });
}

}  // namespace partnerd::reports
