#include "tracking/commission.hpp"

#include <algorithm>

#include "domain/calendar.hpp"
#include "domain/invariant.hpp"
#include "tracking/known.hpp"

namespace partnerd::tracking {

using storage::arg;
using programs::Kernel;

namespace {

// Moves `amount` from one account of the program to another; the expense account is debited to credit a partner.
void move(storage::Tx& tx, Kernel const& kernel, Commission const& c, std::string const& key, std::string_view kind, std::string_view from, std::string_view to, std::int64_t amount_minor,
          std::int64_t at_us, std::string_view memo) {
    auto const open = [&](std::string_view name) {
        return ledger::open_account(tx, kernel.mint, c.program, name, name == ledger::expense_account ? 0 : c.partner, c.currency);
    };
    ledger::Leg const legs[] = {{open(from), -amount_minor}, {open(to), amount_minor}};
    auto const posted = ledger::post(tx, kernel.mint, kernel.clock, {c.program, key, std::string(kind), std::string(memo), c.conversion, at_us}, legs);
    if (!posted) throw Refused(posted.error());
}

void insert(storage::Tx& tx, Commission const& c) {
    constexpr auto text = storage::ColumnType::text;
    static storage::RowShape const rows("commission", {{"id"}, {"program"}, {"conversion"}, {"enrollment"}, {"partner"}, {"line_key", text}, {"rule", text}, {"kind", text}, {"currency", text},
                                                       {"exponent"}, {"gross_minor"}, {"net_minor"}, {"state", text}, {"released"}, {"at_us"}, {"payable_at_us"}, {"reason", text}});
    tx.insert(rows, {c.id, c.program, c.conversion, c.enrollment, c.partner, c.line_key, c.rule, c.kind, c.currency.code(), c.currency.exponent(), c.gross_minor, c.net_minor, c.state, c.released,
                     c.at_us, c.payable_at_us, c.reason});
}

void update(storage::Tx& tx, Commission const& c) {
    tx.put("update commission set gross_minor = :gross, net_minor = :net, state = :state, released = :released, reason = :reason where program = :program and id = :id",
            {arg("gross", c.gross_minor), arg("net", c.net_minor), arg("state", c.state), arg("released", c.released), arg("reason", c.reason), arg("program", c.program), arg("id", c.id)});
}

// The middle of "<lane>/<rule name>/<the rule's key>".
std::string rule_name(std::string_view line_key) {
    auto const first = line_key.find('/');
    auto const second = line_key.find('/', first + 1);
    return std::string(line_key.substr(first + 1, second - first - 1));
}

// released is 1 for what never waits: held, declined, test.
bool is_posted(Commission const& c) { return c.state != "held" && c.state != "declined" && c.state != "test"; }

void post_accrual(storage::Tx& tx, Kernel const& kernel, Earned const& earned, Commission const& c) {
    if (c.gross_minor == 0) return;
    auto& known = Known::of(tx);
    ledger::Standing const accounts[] = {known.account(tx, kernel.mint, c.program, std::string(ledger::expense_account), 0, c.currency),
                                         known.account(tx, kernel.mint, c.program, ledger::pending_account(c.partner), c.partner, c.currency)};
    std::int64_t const amounts_minor[] = {-c.gross_minor, c.gross_minor};
    auto const posted = ledger::post_new(tx, kernel.mint, kernel.clock, {c.program, "accrue:" + std::to_string(c.id), "accrue", c.line_key, c.conversion, c.at_us}, accounts, amounts_minor);
    if (!posted) throw Refused(posted.error());
    known.wrote_posting(accounts[1].account, c.gross_minor);
    auto key = earned.rollup;
    key.partner = c.partner;
    roll_up_commission(tx, key, key.day, day_in_zone(c.payable_at_us, earned.zone), c.gross_minor, 0);
}

void post_change(storage::Tx& tx, Kernel const& kernel, Earned const& earned, Commission const& c, Id change, std::int64_t delta, std::int64_t at_us, std::string_view reason) {
    auto const account = c.released ? ledger::payable_account(c.partner) : ledger::pending_account(c.partner);
    auto const key = "change:" + std::to_string(change);
    if (delta < 0) move(tx, kernel, c, key, c.released ? "clawback" : "reverse", account, ledger::expense_account, -delta, at_us, reason);
    else move(tx, kernel, c, key, "amend", ledger::expense_account, account, delta, at_us, reason);
    auto rollup = earned.rollup;
    rollup.partner = c.partner;
    auto const event_day = std::max(day_in_zone(at_us, earned.zone), rollup.day);
    roll_up_commission(tx, rollup, event_day, day_in_zone(c.payable_at_us, earned.zone), std::max<std::int64_t>(delta, 0), std::max<std::int64_t>(-delta, 0));
}

void post_changes_while_held(storage::Tx& tx, Kernel const& kernel, Earned const& earned, Commission const& c) {
    std::vector<std::tuple<std::int64_t, std::int64_t, std::int64_t>> changes;
    for (auto const& change : tx.query<std::int64_t, std::int64_t, std::int64_t>("select id, delta_minor, at_us from commission_change where commission = :commission order by id", {arg("commission", c.id)}))
        changes.push_back(change);
    for (auto const& [id, delta, at_us] : changes) post_change(tx, kernel, earned, c, id, delta, at_us, "changed while held");
}

}  // namespace

Commission accrue(storage::Tx& tx, Kernel const& kernel, Earned const& earned, rules::Line const& line, Id enrollment, Id partner, bool held) {
    auto const& conversion = earned.conversion;
    Commission c{kernel.mint.mint(), conversion.program, conversion.id, enrollment, partner, line.key, rule_name(line.key), line.kind, line.amount.currency, line.amount.minor, line.amount.minor, "pending", false,
                 conversion.at_us, conversion.at_us + earned.hold_days * day_us, ""};
    if (held) c.state = "held";
    if (conversion.test) c.state = "test";
    c.released = !is_posted(c);
    insert(tx, c);
    if (is_posted(c)) post_accrual(tx, kernel, earned, c);
    return c;
}

std::int64_t change_due(storage::Tx& tx, Kernel const& kernel, Earned const& earned, Commission& c, std::int64_t due_minor, Id adjustment, std::int64_t at_us, std::string_view reason) {
    PARTNERD_INVARIANT(due_minor >= 0);
    auto const delta = due_minor - c.net_minor;
    if (delta == 0) return 0;
    c.net_minor = due_minor;
    Id const change = kernel.mint.mint();
    tx.put("insert into commission_change (id, program, commission, conversion, adjustment, delta_minor, at_us) values (:id, :program, :commission, :conversion, :adjustment, :delta, :at)",
            {arg("id", change), arg("program", c.program), arg("commission", c.id), arg("conversion", c.conversion), arg("adjustment", adjustment), arg("delta", delta), arg("at", at_us)});
    c.reason = reason;
    if (is_posted(c)) {
        post_change(tx, kernel, earned, c, change, delta, at_us, reason);
        c.state = due_minor == 0 ? "reversed" : c.released ? "approved" : "pending";
    }
    update(tx, c);
    return delta;
}

void decide_held(storage::Tx& tx, Kernel const& kernel, Earned const& earned, Commission& c, bool approve, std::string_view reason) {
    PARTNERD_INVARIANT(c.state == "held");
    c.reason = reason;
    if (approve) {
        c.state = c.net_minor == 0 ? "reversed" : "pending";
        c.released = false;
        post_accrual(tx, kernel, earned, c);
        post_changes_while_held(tx, kernel, earned, c);
    } else {
        c.state = "declined";
        c.net_minor = 0;
    }
    update(tx, c);
}

std::vector<Commission> commissions_of(storage::Tx& tx, Id program, Id conversion) {
    std::vector<Commission> list;
    using I = std::int64_t;
    using T = std::string;
    for (auto const& [id, enrollment, partner, key, rule, kind, currency, exponent, gross, net, state, released, at, payable, reason] : tx.query<I, I, I, T, T, T, T, I, I, I, T, bool, I, I, T>(
             "select id, enrollment, partner, line_key, rule, kind, currency, exponent, gross_minor, net_minor, state, released, at_us, payable_at_us, reason "
             "from commission where conversion = :conversion and program = :program order by line_key, enrollment",
             {arg("conversion", conversion), arg("program", program)}))
        list.push_back({id, program, conversion, enrollment, partner, key, rule, kind, Currency(currency, static_cast<int>(exponent)), gross, net, state, released, at, payable, reason});
    return list;
}

int release_due(storage::Tx& tx, Kernel const& kernel, std::int64_t now_us, int most) {
    std::vector<Commission> due;
    using I = std::int64_t;
    for (auto const& [id, program, conversion, partner, currency, exponent, net, state] : tx.query<I, I, I, I, std::string, I, I, std::string>(
             "select id, program, conversion, partner, currency, exponent, net_minor, state from commission where released = 0 and payable_at_us <= :now order by payable_at_us limit :most",
             {arg("now", now_us), arg("most", most)})) {
        Commission c;
        c.id = id, c.program = program, c.conversion = conversion, c.partner = partner;
        c.currency = Currency(currency, static_cast<int>(exponent));
        c.net_minor = net, c.state = state;
        due.push_back(c);
    }
    for (auto const& c : due) {
        if (c.net_minor > 0)
            move(tx, kernel, c, "release:" + std::to_string(c.id), "release", ledger::pending_account(c.partner), ledger::payable_account(c.partner), c.net_minor, now_us, "hold is over");
        tx.put("update commission set released = 1, state = :state where program = :program and id = :id",
                {arg("state", c.net_minor > 0 ? "approved" : c.state), arg("program", c.program), arg("id", c.id)});
    }
    return static_cast<int>(due.size());
}

}  // namespace partnerd::tracking
