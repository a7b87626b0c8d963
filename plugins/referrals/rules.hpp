// What a referral earns.
//   referrals.reward@1   a fixed amount for the first order of a new customer, from a minimum on
#pragma once

#include <partnerd/plugin.hpp>

namespace referrals {

void register_rules(partnerd::Host& host);  // [main]

}  // namespace referrals
