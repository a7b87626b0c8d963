// Accounts of the ledger. A positive amount credits: a partner's account above zero is what the house owes.
#pragma once

#include "domain/id.hpp"
#include "domain/money.hpp"
#include "storage/tx.hpp"

namespace partnerd::ledger {

struct Account {
    Id id = 0;
    Id program = 0;
    std::string name;  // "expense", "clearing", "partner:<id>:pending", "partner:<id>:payable", "<plugin>_..."
    Id partner = 0;
    Currency currency;
    bool kept = false;  // its balance is kept with each posting
};

// An account of that name as it is once it has the id.
Account named_account(Id id, Id program, std::string_view name, Id partner, Currency currency);

// An account and what it stands at. Of one whose balance is not kept: 0.
struct Standing {
    Account account;
    std::int64_t balance_minor = 0;
};

// The names of the core's accounts.
std::string pending_account(Id partner);
std::string payable_account(Id partner);
inline constexpr std::string_view expense_account = "expense";

// Finds or opens an account. `partner` 0 and a core name make a house account, whose balance is not kept. [write]
Account open_account(storage::Tx& tx, IdMint& mint, Id program, std::string_view name, Id partner, Currency currency);
// The account of this name, if it is there. `partner` as at its opening. [read] [write]
std::optional<Standing> find_standing(storage::Tx& tx, Id program, std::string_view name, Id partner, Currency currency);
// The account of this id, if it is there. [read] [write]
std::optional<Account> find_account(storage::Tx& tx, Id program, Id account);
// Kept: one row; a house account: the sum of its postings. [read] [write]
Money balance(storage::Tx& tx, Account const& account);
// The balance of an account by name; zero when it was never opened. [read] [write]
std::int64_t balance_minor(storage::Tx& tx, Id program, std::string_view name, std::string_view currency);

}  // namespace partnerd::ledger
