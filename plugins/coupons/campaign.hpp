// Coupon campaigns: when codes may be redeemed, how often by one customer, what they give.
#pragma once

#include <partnerd/plugin.hpp>

#include <optional>
#include <string>

namespace coupons {

using partnerd::Id;
using partnerd::Tx;

struct Campaign {
    Id id = 0;
    Id program = 0;
    std::string campaign;             // its name in the program
    std::string type;
    std::int64_t starts_day = 0, ends_day = 0;  // civil days, both included; 0: open on that side
    std::int64_t customer_limit = 1;  // redemptions of one code by one customer; 0: any number
    std::string discount = "{}";      // JSON, handed to the shop as it is

    bool runs_on(std::int64_t day) const noexcept { return (starts_day == 0 || day >= starts_day) && (ends_day == 0 || day <= ends_day); }
    friend bool operator==(Campaign const&, Campaign const&) = default;
};

enum class Upsert { created, changed, same };

// [write] By (program, campaign). Sets id.
Upsert put_campaign(Tx& tx, partnerd::Core const& core, Campaign& campaign);
std::optional<Campaign> find_campaign(Tx& tx, Id program, std::string_view campaign);
std::optional<Campaign> find_campaign(Tx& tx, Id program, Id campaign);

}  // namespace coupons
