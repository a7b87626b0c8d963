// What a redemption earns.
//   coupons.per_redemption@1   a fixed amount for each redemption; a code's own payout goes before it
#pragma once

#include <partnerd/plugin.hpp>

namespace coupons {

// Registers the rule, the fact coupons.payout_minor and the attributor "coupon". [main]
void register_rules(partnerd::Host& host);

}  // namespace coupons
