// Commissions against the ledger.
#include <tuple>

#include "ledger/entry.hpp"
#include "reports/checks.hpp"

namespace partnerd::reports {

using storage::arg;
using storage::Tx;

namespace {

struct Row {
    Id id = 0, program = 0, partner = 0;
    std::int64_t gross = 0, net = 0;
    std::string state;
    bool released = false;

    bool posted() const { return state != "held" && state != "declined" && state != "test"; }
};

std::vector<Row> rows_of(Tx& tx, Window const& window) {
    std::vector<Row> rows;
    using I = std::int64_t;
    for (auto const& [id, program, partner, gross, net, state, released] : tx.query<I, I, I, I, I, std::string, bool>(
             "select id, program, partner, gross_minor, net_minor, state, released from commission where id > :after and id <= :last order by id",
             {arg("after", window.after), arg("last", window.last)}))
        rows.push_back({id, program, partner, gross, net, state, released});
    return rows;
}

// What an entry moved on the accounts of the commission's partner.
struct Moved {
    bool found = false;
    std::int64_t pending = 0, payable = 0, expense = 0, elsewhere = 0;
};

Moved moved_by(Tx& tx, Row const& row, std::string const& key) {
    Moved moved;
    auto const pending = ledger::pending_account(row.partner), payable = ledger::payable_account(row.partner);
    for (auto const& [name, amount] : tx.query<std::string, std::int64_t>(
             "select a.name, p.amount_minor from entry e join posting p on p.program = e.program and p.entry = e.id join account a on a.program = p.program and a.id = p.account "
             "where e.program = :program and e.entry_key = :key",
             {arg("program", row.program), arg("key", key)})) {
        moved.found = true;
        (name == pending ? moved.pending : name == payable ? moved.payable : name == ledger::expense_account ? moved.expense : moved.elsewhere) += amount;
    }
    return moved;
}

struct Change {
    Id id;
    std::int64_t delta;
};

std::string judge(Tx& tx, Row const& row) {
    std::vector<Change> changes;
    std::int64_t changed = 0;
    for (auto const& [id, delta] : tx.query<std::int64_t, std::int64_t>("select id, delta_minor from commission_change where commission = :id order by id", {arg("id", row.id)})) {
        changes.push_back({id, delta});
        changed += delta;
    }
    if (row.net != (row.state == "declined" ? 0 : row.gross + changed)) return "its net is not its gross and its changes";
    auto const accrued = moved_by(tx, row, "accrue:" + std::to_string(row.id));
    auto const released = moved_by(tx, row, "release:" + std::to_string(row.id));
    bool const posted = row.posted();
    if (accrued.found != (posted && row.gross != 0)) return posted ? "its accrual is not in the ledger" : "it is " + row.state + ", but the ledger has its accrual";
    if (accrued.pending != (posted ? row.gross : 0) || accrued.expense != -accrued.pending) return "its accrual is not its gross";
    std::int64_t pending = accrued.pending + released.pending, payable = accrued.payable + released.payable;
    std::int64_t elsewhere = accrued.elsewhere + released.elsewhere;
    for (auto const& change : changes) {
        auto const moved = moved_by(tx, row, "change:" + std::to_string(change.id));
        if (moved.pending + moved.payable != (posted ? change.delta : 0)) return "the ledger has another amount for its change " + std::to_string(change.id);
        pending += moved.pending;
        payable += moved.payable;
        elsewhere += moved.elsewhere;
    }
    if (elsewhere != 0) return "an entry of it moves the account of somebody else";
    auto const due = posted ? row.net : 0;
    if (pending != (row.released ? 0 : due) || payable != (row.released ? due : 0))
        return "the ledger has " + std::to_string(pending) + " pending and " + std::to_string(payable) + " payable of it; it stands at " + std::to_string(due) + (row.released ? " payable" : " pending");
    return {};
}

}  // namespace

void check_commission_entries(Books const& books, Check& check) {
    check_windows(books, check, {"commission"}, [](Tx& tx, Window const& window, Check& part) {
        for (auto const& row : rows_of(tx, window))
            if (auto const wrong = judge(tx, row); !wrong.empty()) part.fail(format_id("com", row.id) + ": " + wrong);
    });
}

// What payouts and operators post to these accounts is not of commissions: it is left out by its key.
void check_partner_accounts(Books const& books, Check& check) {
    auto const key = [&](Id program, Id partner, std::string const& currency) { return books.name_of(program) + " " + format_id("ptn", partner) + " in " + currency; };
    compare_sums(
        books, check,
        [&](Sums& sums) {
            std::vector<std::tuple<Id, Id, std::string, bool, std::int64_t>> rows;
            for_each_window(
                books.storage, {"commission"}, books.options.slice_rows,
                [&](Tx& tx, Window const& window) {
                    rows.clear();
                    for (auto const& row : tx.query<std::int64_t, std::int64_t, std::string, bool, std::int64_t>(
                             "select program, partner, currency, released, cast(sum(net_minor) as bigint) from commission where id > :after and id <= :last and "
                             "state not in ('held', 'declined', 'test') group by program, partner, currency, released",
                             {arg("after", window.after), arg("last", window.last)}))
                        rows.push_back(row);
                },
                [&](Window const&) {
                    for (auto const& [program, partner, currency, released, net] : rows) sums[key(program, partner, currency)][released ? 1 : 0] += net;
                });
        },
        [&](Sums& sums) {
            std::vector<std::tuple<Id, Id, std::string, std::string, std::int64_t>> rows;
            for_each_window(
                books.storage, {"entry"}, books.options.slice_rows,
                [&](Tx& tx, Window const& window) {
                    rows.clear();
                    for (auto const& row : tx.query<std::int64_t, std::int64_t, std::string, std::string, std::int64_t>(
                             "select a.program, a.partner, a.name, a.currency, cast(sum(p.amount_minor) as bigint) from entry e join posting p on p.program = e.program and p.entry = e.id "
                             "join account a on a.program = p.program and a.id = p.account where e.id > :after and e.id <= :last and a.partner <> 0 and "
                             "(e.entry_key like 'accrue:%' or e.entry_key like 'change:%' or e.entry_key like 'release:%') group by a.program, a.partner, a.name, a.currency",
                             {arg("after", window.after), arg("last", window.last)}))
                        rows.push_back(row);
                },
                [&](Window const&) {
                    for (auto const& [program, partner, name, currency, sum] : rows) {
                        if (name != ledger::pending_account(partner) && name != ledger::payable_account(partner)) continue;
                        sums[key(program, partner, currency)][name == ledger::payable_account(partner) ? 1 : 0] += sum;
                    }
                });
        });
}

}  // namespace partnerd::reports
