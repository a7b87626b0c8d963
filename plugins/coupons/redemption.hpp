// Redemptions: the limits are taken and the commission is reported in one unit, so that a code with 100 uses left grants exactly 100.
#pragma once

#include "code.hpp"

namespace coupons {

struct RedeemOrder {
    Id program = 0;
    std::string redemption_id;  // the shop's id; the same again is answered the same
    std::string code;
    std::optional<std::string> campaign;
    std::string customer, order_id;
    std::int64_t at_us = 0;
    std::int64_t day = 0;
    bool test = false;
};

struct Redemption {
    Id id = 0;
    std::string redemption_id;
    Code code;
    std::string campaign, discount;
    std::string customer, order_id, state;  // redeemed, rolled_back
    std::int64_t at_us = 0;
    Id conversion = 0;
    bool duplicate = false;
    std::optional<partnerd::Outcome> outcome;  // of the conversion that this redemption is, when it names no order
};

// A redemption whose conversion is being made: its row is written behind it, with the conversion's id.
struct UnderWay {
    Id program;
    std::string_view redemption_id;
    Code const& code;
    std::int64_t at_us;
};
// The one that is under way on this thread, if it is this one. [write]
UnderWay const* under_way(Id program, std::string_view redemption_id);

class Redemptions {
  public:
    Redemptions(partnerd::Core core, partnerd::Tracking tracking) : core_(core), tracking_(tracking) {}

    // [write] Refuses with 404/409/422: unknown_code, ambiguous_code, not_started, expired, limit_reached, already_redeemed,
    // customer_limit_reached, customer_required, redemption_differs. The caller has locked the code.
    Redemption redeem(Tx& tx, RedeemOrder const& order) const;
    // [write] Frees the use and reverses the commission. The second time answers the same as a duplicate. not_found.
    Redemption roll_back(Tx& tx, Id program, std::string_view redemption_id, std::string const& reason) const;
    // Why it would be refused now, without doing it; empty: it would go. [read]
    std::string would_refuse(Tx& tx, RedeemOrder const& order, Choice& choice) const;
    std::optional<Redemption> find(Tx& tx, Id program, std::string_view redemption_id) const;
    // [read] The counters of up to a thousand codes behind `after` against their redemptions; the last code looked at, 0 at the end.
    static Id verify_counters(Tx& tx, Id program, Id after, partnerd::Findings& findings);

  private:
    void take_use(Tx& tx, Choice const& choice, std::string const& customer) const;
    void earn(Tx& tx, RedeemOrder const& order, Redemption& redemption) const;

    partnerd::Core core_;
    partnerd::Tracking tracking_;
};

}  // namespace coupons
