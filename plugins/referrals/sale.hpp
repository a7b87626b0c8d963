// A sale or a sign-up as the shop's server reports it, with the click id it got from the landing page or the cookie.
#pragma once

#include <partnerd/plugin.hpp>

namespace referrals {

// Reads {"order_id", "customer", "customer_email", "customer_is_new", "click_id", "amount", "at"}.
partnerd::Conversion read_sale(partnerd::Tx& tx, partnerd::Core const& core, partnerd::Request& request);
// Reads {"customer", "customer_email", "click_id", "at"}: a lead; the customer is bound to the partner if the terms say so.
partnerd::Conversion read_signup(partnerd::Core const& core, partnerd::Request& request);
std::string write_outcome(partnerd::Tx& tx, partnerd::Core const& core, partnerd::Outcome const& outcome);

}  // namespace referrals
