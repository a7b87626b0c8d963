// The ledger by itself: entries, balances, seal.
#include "ledger/outside_name.hpp"
#include "ledger/seal.hpp"
#include "reports/checks.hpp"

namespace partnerd::reports {

using storage::arg;
using storage::Tx;

namespace {
constexpr int sealed_slice = 5000;
}

void check_entries(Books const& books, Check& check) {
    check_windows(books, check, {"entry"}, [](Tx& tx, Window const& window, Check& part) {
        for (auto const& [entry, sum] : tx.query<std::int64_t, std::int64_t>(
                 "select e.id, cast(sum(p.amount_minor) as bigint) from entry e join posting p on p.program = e.program and p.entry = e.id "
                 "left join account a on a.program = p.program and a.id = p.account where e.id > :after and e.id <= :last "
                 "group by e.id, a.currency having sum(p.amount_minor) <> 0 or a.currency is null",
                 {arg("after", window.after), arg("last", window.last)}))
            part.fail(format_id("ent", entry) + " has legs that sum to " + std::to_string(sum) + ", or to an account that is not there");
        for (auto const& [entry, legs] : tx.query<std::int64_t, std::int64_t>(
                 "select e.id, count(p.leg) from entry e left join posting p on p.program = e.program and p.entry = e.id where e.id > :after and e.id <= :last group by e.id having count(p.leg) < 2",
                 {arg("after", window.after), arg("last", window.last)}))
            part.fail(format_id("ent", entry) + " has " + std::to_string(legs) + " legs");
    });
}

namespace {

// Postings by entry, not by way of the entries, so that a posting without one is seen.
void for_each_posting_sum(Books const& books, std::function<void(Id program, std::string const& account, std::string const& currency, bool kept, std::int64_t sum)> const& use) {
    struct Row {
        Id program;
        std::string account, currency;
        bool kept;
        std::int64_t sum;
    };
    std::vector<Row> rows;
    for_each_window(
        books.storage, {"entry"}, books.options.slice_rows,
        [&](Tx& tx, Window const& window) {
            rows.clear();
            for (auto const& [program, unused] : books.programs)
                for (auto const& [account, currency, kept, sum] : tx.query<std::string, std::string, bool, std::int64_t>(
                         "select a.name, a.currency, a.kept, cast(sum(p.amount_minor) as bigint) from posting p join account a on a.program = p.program and a.id = p.account "
                         "where p.program = :program and p.entry > :after and p.entry <= :last group by a.id, a.name, a.currency, a.kept",
                         {arg("program", program), arg("after", window.after), arg("last", window.last)}))
                    rows.push_back({program, account, currency, kept, sum});
        },
        [&](Window const&) {
            for (auto const& row : rows) use(row.program, row.account, row.currency, row.kept, row.sum);
        });
}

}  // namespace

void check_totals(Books const& books, Check& check) {
    Sums totals;
    for_each_posting_sum(books, [&](Id program, std::string const&, std::string const& currency, bool, std::int64_t sum) { totals[books.name_of(program) + " in " + currency][0] += sum; });
    check.checked = static_cast<std::int64_t>(totals.size());
    for (auto const& [key, sum] : totals)
        if (sum[0] != 0) check.fail(key + ": all postings sum to " + std::to_string(sum[0]));
}

void check_balances(Books const& books, Check& check) {
    auto const key = [&](Id program, std::string const& account, std::string const& currency) { return books.name_of(program) + " " + ledger::outside_name(account) + " in " + currency; };
    compare_sums(
        books, check,
        [&](Sums& sums) {
            for_each_posting_sum(books, [&](Id program, std::string const& account, std::string const& currency, bool kept, std::int64_t sum) {
                if (kept) sums[key(program, account, currency)][0] += sum;
            });
        },
        [&](Sums& sums) {
            books.storage.read([&](Tx& tx) {
                sums.clear();
                for (auto const& [program, account, currency, balance] : tx.query<std::int64_t, std::string, std::string, std::int64_t>(
                         "select program, name, currency, balance_minor from account where kept = 1"))
                    sums[key(program, account, currency)][0] = balance;
            });
        });
}

void check_seals(Books const& books, Check& check) {
    std::int64_t unsealed = 0;
    for (auto const& [program, unused] : books.programs) {
        ledger::SealCheck seal;
        for (bool more = true; more;) {
            books.storage.read([&](Tx& tx) { more = ledger::check_more_of_seal(tx, program, seal, sealed_slice); });
            books.progress(check);
        }
        check.checked += seal.entries;
        unsealed += seal.unsealed;
        if (!seal.broken.empty()) check.fail(books.name_of(program) + ": " + seal.broken);
    }
    if (unsealed > 0) check.note = std::to_string(unsealed) + " entries are not sealed yet";
}

}  // namespace partnerd::reports
