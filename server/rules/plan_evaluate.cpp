#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "domain/id.hpp"
#include "domain/json_text.hpp"
#include "rules/core_facts.hpp"
#include "rules/fact_json.hpp"
#include "rules/plan_impl.hpp"
#include "rules/share.hpp"

namespace partnerd::rules {

namespace json = boost::json;

namespace {

// One rule as it was judged on one conversion.
struct Judged {
    PlanRule const* rule = nullptr;
    bool for_kind = false;
    bool condition = false;
    json::value condition_trace;
    Decision decision;
    std::int64_t total = 0;
    std::string result;  // for the trace: won, lost, ...

    bool spoke() const { return for_kind && condition; }
    bool is_candidate() const { return spoke() && (decision.verdict() == Verdict::pay || decision.verdict() == Verdict::review); }
};

void check_type(FactDeclaration const& fact, FactRows const& rows, Currency const& payout) {
    bool const typed =
        std::all_of(rows.values.begin(), rows.values.end(), [&](FactValue const& value) { return type_of(value) == fact.type; });
    if (rows.list != fact.list || !typed)
        throw Refused(Error(errc::invalid_field,
                            "the fact '" + fact.name + "' must be " + std::string(type_name(fact.type)) + (fact.list ? " list" : ""),
                            fact.name));
    if (!fact.name.starts_with("order.") && !fact.name.starts_with("item.")) return;
    for (auto const& value : rows.values)
        if (auto const* money = std::get_if<Money>(&value); money != nullptr && money->currency != payout)
            throw Refused(Error(errc::currency_mismatch, "the fact '" + fact.name + "' is not in the payout currency", fact.name));
}

void check_facts(Plan::Impl const& plan, FactSet const& facts) {
    for (auto const& fact : plan.needed) {
        auto const* rows = facts.find(fact.name);
        if (rows != nullptr) check_type(fact, *rows, plan.payout);
        else if (!fact.optional) throw Refused(Error(errc::missing_field, "the fact '" + fact.name + "' is missing", fact.name));
    }
}

std::int64_t base_minor(FactSet const& facts) { return std::get<Money>(*facts.scalar("order.base")).minor; }

[[noreturn]] void rule_failed(PlanRule const& rule, Error const& error) {
    auto const code = error.code == errc::amount_overflow || error.code == errc::currency_mismatch ? error.code : errc::plugin_failed;
    throw Refused(Error(code, "the rule '" + rule.name + "' (" + full_name(*rule.rule) + "): " + error.detail));
}

void run(PlanRule const& rule, FactSet const& facts, Currency const& payout, Judged& out) {
    try {
        rule.compiled->evaluate(facts.restricted_to(rule.rule->facts()), out.decision);
        for (auto const& line : out.decision.lines()) {
            if (line.amount.currency != payout)
                throw Refused(Error(errc::currency_mismatch, "the line '" + line.key + "' is not in the payout currency"));
            out.total = sum(out.total, line.amount.minor);
        }
    } catch (Refused const& refused) {
        rule_failed(rule, refused.error);
    }
}

Judged judge(PlanRule const& rule, FactSet const& condition_facts, FactSet const& facts, Currency const& payout) {
    Judged out;
    out.rule = &rule;
    auto const& kind = std::get<std::string>(*facts.scalar("conversion.kind"));
    out.for_kind = std::binary_search(rule.kinds.begin(), rule.kinds.end(), kind);
    if (!out.for_kind) return out;
    out.condition = rule.when == nullptr || rule.when->judge(condition_facts, out.condition_trace);
    if (out.condition) run(rule, facts, payout, out);
    return out;
}

std::string line_key(PlanRule const& rule, Line const& line) { return rule.lane + "/" + rule.name + "/" + line.key; }

JsonText& write_money(JsonText& out, Money const& money) {
    return out.open('{').key("amount").text(format_amount(money.minor, money.currency.exponent())).key("currency").text(money.currency.code()).close('}');
}

void write_line(JsonText& out, Line const& line) {
    out.open('{').key("key").text(line.key).key("kind").text(line.kind).key("amount");
    write_money(out, line.amount);
    if (line.payee != 0) out.key("payee").text(format_id("enr", line.payee));
    out.close('}');
}

void write_reason(JsonText& out, Reason const& reason) {
    json::object values;  // a later one of the same name replaces an earlier one
    for (auto const& [key, value] : reason.values) values.insert_or_assign(key, value);
    out.open('{').key("code").text(reason.code).key("text").text(reason.text).key("values").raw(json::serialize(values)).close('}');
}

void write_judged(JsonText& out, Judged const& judged, Currency const& payout) {
    out.open('{').key("name").text(judged.rule->name).key("rule").text(full_name(*judged.rule->rule)).key("result").text(judged.result);
    if (judged.for_kind && judged.rule->when != nullptr) out.key("when").raw(json::serialize(judged.condition_trace));
    if (judged.spoke()) {
        out.key("verdict").text(verdict_name(judged.decision.verdict()));
        if (!judged.decision.reason_code().empty()) out.key("reason_code").text(judged.decision.reason_code());
        out.key("pays");
        write_money(out, {judged.total, payout}).key("lines").open('[');
        for (auto const& line : judged.decision.lines()) write_line(out, line);
        out.close(']').key("reasons").open('[');
        for (auto const& reason : judged.decision.reasons()) write_reason(out, reason);
        out.close(']');
    }
    out.close('}');
}

// The rules of one lane, by name.
struct Lane {
    std::vector<Judged*> rules;
    Judged const* winner = nullptr;
    bool tie = false;
};

std::map<std::string, Lane> compete(std::vector<Judged>& all) {
    std::map<std::string, Lane> lanes;
    for (auto& judged : all) {
        auto& lane = lanes[judged.rule->lane];
        lane.rules.push_back(&judged);
        if (!judged.is_candidate()) continue;
        lane.tie = lane.winner != nullptr && (judged.total == lane.winner->total || (lane.tie && judged.total < lane.winner->total));
        if (lane.winner == nullptr || judged.total > lane.winner->total) lane.winner = &judged;
    }
    for (auto& [name, lane] : lanes)
        for (auto* judged : lane.rules)
            judged->result = !judged->for_kind        ? "other_kind"
                             : !judged->condition     ? "conditions_not_met"
                             : judged == lane.winner  ? "won"
                             : judged->is_candidate() ? "lost"
                                                      : std::string(verdict_name(judged->decision.verdict()));
    return lanes;
}

Judged const* first_with(std::vector<Judged> const& all, Verdict verdict) {
    auto const found =
        std::find_if(all.begin(), all.end(), [&](Judged const& judged) { return judged.spoke() && judged.decision.verdict() == verdict; });
    return found == all.end() ? nullptr : &*found;
}

std::string why_nothing(std::vector<Judged> const& all) {
    auto const any = [&](auto test) { return std::any_of(all.begin(), all.end(), test); };
    if (!any([](Judged const& judged) { return judged.for_kind; })) return "no_rule";
    if (!any([](Judged const& judged) { return judged.spoke(); })) return "conditions_not_met";
    for (auto const& judged : all)
        if (judged.spoke() && !judged.decision.reason_code().empty()) return judged.decision.reason_code();
    return "nothing_to_pay";
}

std::string or_default(std::string const& code, char const* otherwise) { return code.empty() ? otherwise : code; }

void decide(std::vector<Judged> const& all, Evaluation& out) {
    if (auto const* declined = first_with(all, Verdict::decline)) {
        out.outcome = Outcome::decline;
        out.reason_code = or_default(declined->decision.reason_code(), "declined");
        out.lines.clear();
        out.winners.clear();
    } else if (auto const* review = first_with(all, Verdict::review)) {
        out.outcome = Outcome::review;
        out.reason_code = or_default(review->decision.reason_code(), "review");
    } else if (!out.lines.empty()) {
        out.outcome = Outcome::pay;
    } else {
        out.outcome = Outcome::nothing;
        out.reason_code = why_nothing(all);
    }
}

void write_lane(JsonText& out, std::string const& name, Lane const& lane, Currency const& payout) {
    out.open('{').key("lane").text(name).key("winner");
    if (lane.winner == nullptr) out.raw("null");
    else out.text(lane.winner->rule->name);
    write_money(out.key("pays"), {lane.winner == nullptr ? 0 : lane.winner->total, payout});
    if (lane.tie) out.key("tie_break").text("lower name");
    out.key("rules").open('[');
    for (auto const* judged : lane.rules) write_judged(out, *judged, payout);
    out.close(']').close('}');
}

void sort_by_key(std::vector<Line>& lines) {
    std::sort(lines.begin(), lines.end(), [](Line const& a, Line const& b) { return a.key < b.key; });
}

std::int64_t checked_total(std::vector<Line> const& lines) {
    std::int64_t total = 0;
    for (auto const& line : lines) total = sum(total, line.amount.minor);
    return total;
}

// The frozen facts, with the amounts and items that are left.
FactSet on_what_is_left(FactSet const& original, FactSet const& left) {
    FactSet out;
    for (auto const& [name, rows] : original.all())
        if (!changes_with_refunds(name)) rows.list ? out.set_list(name, rows.values) : out.set(name, rows.values.front());
    for (auto const& [name, rows] : left.all())
        if (changes_with_refunds(name)) rows.list ? out.set_list(name, rows.values) : out.set(name, rows.values.front());
    return out;
}

// What the winners give on what is left, by full key.
struct Rest {
    std::map<std::string, Line> lines;
    std::string trace = "[]";
};

Rest judge_winners(Plan::Impl const& plan, Revision const& revision, FactSet const& left) {
    Rest out;
    JsonText trace;
    trace.open('[');
    for (auto const& rule : plan.rules) {
        if (std::find(revision.winners.begin(), revision.winners.end(), rule.name) == revision.winners.end()) continue;
        auto judged = judge(rule, rule.minimum_on_original ? revision.original : left, left, plan.payout);
        judged.result = judged.is_candidate() ? "gives" : judged.condition ? "gives_nothing" : "conditions_not_met";
        if (judged.is_candidate())
            for (auto const& line : judged.decision.lines()) {
                auto const key = line_key(rule, line);
                out.lines.emplace(key, Line{key, line.payee, line.kind, line.amount});
            }
        write_judged(trace, judged, plan.payout);
    }
    out.trace = trace.close(']').take();
    return out;
}

void check_winners(Plan::Impl const& plan, std::vector<std::string> const& winners) {
    for (auto const& name : winners)
        if (std::none_of(plan.rules.begin(), plan.rules.end(), [&](PlanRule const& rule) { return rule.name == name; }))
            throw Refused(Error(errc::invalid_field, "the plan has no rule '" + name + "', which won before", "winners"));
}

}  // namespace

Evaluation Plan::evaluate(FactSet const& facts) const {
    check_facts(*impl_, facts);
    std::vector<Judged> all;
    all.reserve(impl_->rules.size());
    for (auto const& rule : impl_->rules) all.push_back(judge(rule, facts, facts, impl_->payout));
    auto const lanes = compete(all);

    Evaluation out;
    JsonText traced;
    traced.open('[');
    for (auto const& [name, lane] : lanes) {
        write_lane(traced, name, lane, impl_->payout);
        if (lane.winner == nullptr) continue;
        out.winners.push_back(lane.winner->rule->name);
        for (auto const& line : lane.winner->decision.lines())
            if (line.amount.minor > 0) out.lines.push_back({line_key(*lane.winner->rule, line), line.payee, line.kind, line.amount});
    }
    decide(all, out);
    checked_total(out.lines);
    sort_by_key(out.lines);
    std::sort(out.winners.begin(), out.winners.end());
    JsonText trace;
    trace.open('{').key("kind").text(std::get<std::string>(*facts.scalar("conversion.kind"))).key("outcome").text(outcome_name(out.outcome));
    if (!out.reason_code.empty()) trace.key("reason_code").text(out.reason_code);
    out.trace = trace.key("lanes").raw(traced.close(']').take()).close('}').take();
    return out;
}

Evaluation Plan::reevaluate(Revision const& revision) const {
    check_facts(*impl_, revision.original);
    auto const left = on_what_is_left(revision.original, revision.left);
    check_facts(*impl_, left);
    check_winners(*impl_, revision.winners);
    bool const amend = revision.change == Change::amend;
    bool const nothing_left = revision.nothing_left || (base_minor(revision.original) > 0 && base_minor(left) <= 0);
    auto rest = nothing_left ? Rest{} : judge_winners(*impl_, revision, left);

    Evaluation out;
    JsonText lines;
    lines.open('[');
    auto settle = [&](Line line, std::int64_t was, std::int64_t gives) {
        line.amount.minor = amend ? gives : std::min(was, gives);
        write_money(lines.open('{').key("key").text(line.key).key("was"), {was, impl_->payout});
        write_money(lines.key("rule_gives"), {gives, impl_->payout});
        write_money(lines.key("due"), line.amount).close('}');
        out.lines.push_back(std::move(line));
    };
    for (auto const& due : revision.due) {
        auto const found = rest.lines.find(due.key);
        settle(due, due.amount.minor, found == rest.lines.end() ? 0 : found->second.amount.minor);
        if (found != rest.lines.end()) rest.lines.erase(found);
    }
    for (auto const& [key, line] : rest.lines)
        if (amend && line.amount.minor > 0) settle(line, 0, line.amount.minor);
    sort_by_key(out.lines);
    out.winners = revision.winners;
    out.outcome = checked_total(out.lines) > 0 ? Outcome::pay : Outcome::nothing;
    if (out.outcome == Outcome::nothing) out.reason_code = nothing_left ? "nothing_left" : "nothing_to_pay";
    JsonText trace;
    trace.open('{').key("change").text(amend ? "amend" : "refund").key("nothing_left").truth(nothing_left).key("rules").raw(rest.trace);
    out.trace = trace.key("lines").raw(lines.close(']').take()).close('}').take();
    return out;
}

}  // namespace partnerd::rules
