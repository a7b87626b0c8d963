// Accounts of the plugin: budgets, escrow, points.
#pragma once

#include <partnerd/cpp/storage.hpp>

#include <span>

namespace partnerd::inline v1 {

struct Leg {
    Id account = 0;
    Money money;  // positive credits the account
};

class Ledger {
  public:
    explicit Ledger(Services const& services) : services_(&services) {}

    // [write] Opened if need be.
    Id open_account(Tx& tx, Id program, std::string_view name, char const* unit, int exponent) const {
        Id account = 0;
        detail::call(services_->ledger->open_account, tx.raw(), program, str(name), unit, exponent, &account);
        return account;
    }
    // [write] Legs sum to zero for each unit. The same key again gives the first entry.
    Id post(Tx& tx, Id program, std::string_view key, std::span<Leg const> legs, std::string_view memo) const {
        std::vector<partnerd_leg> c;
        c.reserve(legs.size());
        for (auto const& leg : legs) c.push_back({sizeof(partnerd_leg), 0, leg.account, leg.money.c()});
        Id entry = 0;
        detail::call(services_->ledger->post, tx.raw(), program, str(key), static_cast<partnerd_leg const*>(c.data()), c.size(),
                     sizeof(partnerd_leg), str(memo), &entry);
        return entry;
    }
    Id post(Tx& tx, Id program, std::string_view key, std::initializer_list<Leg> legs, std::string_view memo) const {
        return post(tx, program, key, std::span<Leg const>(legs.begin(), legs.size()), memo);
    }
    Id reverse(Tx& tx, Id program, std::string_view key, Id entry, std::string_view reason) const {
        Id reversal = 0;
        detail::call(services_->ledger->reverse, tx.raw(), program, str(key), entry, str(reason), &reversal);
        return reversal;
    }
    Money balance(Tx& tx, Id account) const {
        partnerd_money money{};
        detail::call(services_->ledger->balance, tx.raw(), account, &money);
        return money;
    }

  private:
    Services const* services_;
};

}  // namespace partnerd::inline v1
