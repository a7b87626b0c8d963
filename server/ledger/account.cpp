#include "ledger/account.hpp"

namespace partnerd::ledger {

using storage::arg;

std::string pending_account(Id partner) { return "partner:" + std::to_string(partner) + ":pending"; }
std::string payable_account(Id partner) { return "partner:" + std::to_string(partner) + ":payable"; }

Account named_account(Id id, Id program, std::string_view name, Id partner, Currency currency) {
    return {id, program, std::string(name), partner, currency, name != expense_account && name != "clearing"};
}

std::optional<Standing> find_standing(storage::Tx& tx, Id program, std::string_view name, Id partner, Currency currency) {
    auto const row = tx.row<std::int64_t, std::int64_t>("select id, balance_minor from account where program = :program and name = :name and currency = :currency",
                                                        {arg("program", program), arg("name", name), arg("currency", currency.code())});
    if (!row) return std::nullopt;
    return Standing{named_account(std::get<0>(*row), program, name, partner, currency), std::get<1>(*row)};
}

Account open_account(storage::Tx& tx, IdMint& mint, Id program, std::string_view name, Id partner, Currency currency) {
    auto account = named_account(0, program, name, partner, currency);
    auto const find = [&] {
        return tx.value<std::int64_t>("select id from account where program = :program and name = :name and currency = :currency",
                                      {arg("program", program), arg("name", name), arg("currency", currency.code())});
    };
    if (auto id = find()) {
        account.id = *id;
        return account;
    }
    account.id = mint.mint();
    tx.exec("insert into account (id, program, name, partner, currency, exponent, kept, balance_minor) "
            "values (:id, :program, :name, :partner, :currency, :exponent, :kept, 0)",
            {arg("id", account.id), arg("program", program), arg("name", name), arg("partner", partner), arg("currency", currency.code()),
             arg("exponent", currency.exponent()), arg("kept", account.kept)});
    return account;
}

std::optional<Account> find_account(storage::Tx& tx, Id program, Id id) {
    auto row = tx.row<std::string, std::int64_t, std::string, std::int64_t, bool>(
        "select name, partner, currency, exponent, kept from account where program = :program and id = :id", {arg("program", program), arg("id", id)});
    if (!row) return std::nullopt;
    auto const& [name, partner, currency, exponent, kept] = *row;
    return Account{id, program, name, partner, Currency(currency, static_cast<int>(exponent)), kept};
}

Money balance(storage::Tx& tx, Account const& account) {
    auto const* const sql = account.kept ? "select balance_minor from account where program = :program and id = :id"
                                         : "select cast(coalesce(sum(amount_minor), 0) as bigint) from posting where program = :program and account = :id";
    auto const minor = tx.value<std::int64_t>(sql, {arg("program", account.program), arg("id", account.id)});
    return {minor.value_or(0), account.currency};
}

std::int64_t balance_minor(storage::Tx& tx, Id program, std::string_view name, std::string_view currency) {
    return tx.value<std::int64_t>("select balance_minor from account where program = :program and name = :name and currency = :currency",
                                  {arg("program", program), arg("name", name), arg("currency", currency)})
        .value_or(0);
}

}  // namespace partnerd::ledger
