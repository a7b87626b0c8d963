#include "ledger/entry.hpp"

#include <algorithm>
#include <map>

#include "domain/invariant.hpp"
#include "ledger/outside_name.hpp"

namespace partnerd::ledger {

using storage::arg;

namespace {

Status check_balanced(std::span<Leg const> legs) {
    if (legs.size() < 2 || legs.size() > 64) return Error(errc::legs_unbalanced, "an entry has 2 to 64 legs");
    std::map<std::string_view, std::int64_t> sums;
    for (auto const& leg : legs) {
        if (leg.amount_minor > amount_minor_max || leg.amount_minor < -amount_minor_max)
            return Error(errc::amount_overflow, "a leg is worth at most " + std::to_string(amount_minor_max) + " minor units");
        auto sum = add_checked(sums[leg.account.currency.code()], leg.amount_minor);
        if (!sum) return sum.error();
        sums[leg.account.currency.code()] = *sum;
    }
    for (auto const& [unit, sum] : sums)
        if (sum != 0) return Error(errc::legs_unbalanced, "the legs in " + std::string(unit) + " sum to " + std::to_string(sum) + " minor units, not to zero");
    return {};
}

bool same_legs(std::span<StoredLeg const> stored, std::span<Leg const> legs) {
    return std::equal(stored.begin(), stored.end(), legs.begin(), legs.end(),
                      [](StoredLeg const& a, Leg const& b) { return a.account == b.account.id && a.amount_minor == b.amount_minor; });
}

Error cannot_hold_more(Account const& account) { return Error(errc::amount_overflow, "the account '" + outside_name(account.name) + "' cannot hold more"); }

// False when the account's balance cannot hold more.
bool write_leg(storage::Tx& tx, Id program, Id entry, std::int64_t number, Leg const& leg) {
    tx.put("insert into posting (program, entry, leg, account, amount_minor) values (:program, :entry, :leg, :account, :amount)",
            {arg("program", program), arg("entry", entry), arg("leg", number), arg("account", leg.account.id), arg("amount", leg.amount_minor)});
    if (!leg.account.kept || leg.amount_minor == 0) return true;
    auto const lowest = INT64_MIN - std::min<std::int64_t>(leg.amount_minor, 0);
    auto const highest = INT64_MAX - std::max<std::int64_t>(leg.amount_minor, 0);
    return tx.exec("update account set balance_minor = balance_minor + :amount where program = :program and id = :id and balance_minor >= :lowest and balance_minor <= :highest",
                   {arg("amount", leg.amount_minor), arg("program", program), arg("id", leg.account.id), arg("lowest", lowest), arg("highest", highest)}) == 1;
}

}  // namespace

Result<Id> post_new(storage::Tx& tx, IdMint& mint, Clock const& clock, EntryHead const& head, std::span<Standing const> accounts, std::span<std::int64_t const> amounts) {
    using storage::ColumnType;
    using storage::Twice;
    static storage::RowShape const entry("entry", {{"id"}, {"program"}, {"entry_key", ColumnType::text}, {"kind", ColumnType::text}, {"memo", ColumnType::text}, {"conversion"}, {"at_us"}, {"recorded_at_us"}});
    static storage::RowShape const posting("posting", {{"program"}, {"entry"}, {"leg"}, {"account"}, {"amount_minor"}});
    static storage::RowShape const kept("account", {{"program"}, {"id"}, {"balance_minor"}}, Twice::only, 2);
    PARTNERD_INVARIANT(accounts.size() == amounts.size());
    std::vector<Leg> legs;
    for (std::size_t i = 0; i < accounts.size(); ++i) legs.push_back({accounts[i].account, amounts[i]});
    if (auto balanced = check_balanced(legs); !balanced) return balanced.error();
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        auto const& account = accounts[i].account;
        PARTNERD_INVARIANT(account.program == head.program && account.id != 0);
        if (account.kept && !add_checked(accounts[i].balance_minor, amounts[i])) return cannot_hold_more(account);
    }
    Id const id = mint.mint();
    tx.insert(entry, {id, head.program, head.key, head.kind, head.memo, head.conversion, head.at_us, clock.now_us()});
    for (std::size_t i = 0; i < legs.size(); ++i) {
        tx.insert(posting, {head.program, id, static_cast<std::int64_t>(i), legs[i].account.id, legs[i].amount_minor});
        if (legs[i].account.kept && legs[i].amount_minor != 0) tx.insert(kept, {head.program, legs[i].account.id, legs[i].amount_minor});
    }
    return id;
}

std::vector<StoredLeg> legs_of(storage::Tx& tx, Id program, Id entry) {
    std::vector<StoredLeg> legs;
    for (auto const& [leg, account, amount] : tx.query<std::int64_t, std::int64_t, std::int64_t>(
             "select leg, account, amount_minor from posting where program = :program and entry = :entry order by leg", {arg("program", program), arg("entry", entry)}))
        legs.push_back({leg, account, amount});
    return legs;
}

Result<Posted> post(storage::Tx& tx, IdMint& mint, Clock const& clock, EntryHead const& head, std::span<Leg const> legs) {
    if (auto balanced = check_balanced(legs); !balanced) return balanced.error();
    for (auto const& leg : legs) PARTNERD_INVARIANT(leg.account.program == head.program && leg.account.id != 0);
    Id const id = mint.mint();
    auto const inserted = tx.exec(
        "insert into entry (id, program, entry_key, kind, memo, conversion, at_us, recorded_at_us) "
        "values (:id, :program, :key, :kind, :memo, :conversion, :at, :now) on conflict (program, entry_key) do nothing",
        {arg("id", id), arg("program", head.program), arg("key", head.key), arg("kind", head.kind), arg("memo", head.memo),
         arg("conversion", head.conversion), arg("at", head.at_us), arg("now", clock.now_us())});
    if (inserted == 0) {
        auto const earlier = tx.value<std::int64_t>("select id from entry where program = :program and entry_key = :key", {arg("program", head.program), arg("key", head.key)});
        PARTNERD_INVARIANT(earlier.has_value());
        if (!same_legs(legs_of(tx, head.program, *earlier), legs)) return Error(errc::entry_differs, "the key '" + outside_name(head.key) + "' was posted with other legs");
        return Posted{*earlier, true};
    }
    std::int64_t number = 0;
    for (auto const& leg : legs)
        if (!write_leg(tx, head.program, id, number++, leg)) return cannot_hold_more(leg.account);
    return Posted{id, false};
}

Result<Posted> reverse(storage::Tx& tx, IdMint& mint, Clock const& clock, Id program, std::string const& key, Id entry, std::string const& reason) {
    auto const found = tx.row<std::int64_t, std::int64_t>("select conversion, at_us from entry where program = :program and id = :id", {arg("program", program), arg("id", entry)});
    if (!found) return Error(errc::not_found, "there is no such entry in this program");
    std::vector<Leg> legs;
    for (auto const& stored : legs_of(tx, program, entry)) {
        auto account = find_account(tx, program, stored.account);
        PARTNERD_INVARIANT(account.has_value());
        legs.push_back({*account, -stored.amount_minor});
    }
    return post(tx, mint, clock, {program, key, "reverse", reason, std::get<0>(*found), clock.now_us()}, legs);
}

}  // namespace partnerd::ledger
