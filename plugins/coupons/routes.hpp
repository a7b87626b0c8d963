// The HTTP side of the plugin, below /v1/programs/{program}/coupons:
//   POST /campaigns  POST /codes  GET /campaigns  GET /codes  POST /validate  POST /redeem  GET /redemptions
//   POST /redemptions/{redemption_id}/rollback        and for partners  GET /v1/me/programs/{program}/codes
#pragma once

#include <partnerd/plugin.hpp>

#include "redemption.hpp"

namespace coupons {

class Routes {
  public:
    explicit Routes(partnerd::Host& host);

  private:
    void put_campaign_route(Tx& tx, partnerd::Request& request, partnerd::Response& response);
    void put_code_route(Tx& tx, partnerd::Request& request, partnerd::Response& response);
    void validate(Tx& tx, partnerd::Request& request, partnerd::Response& response);
    void redeem(Tx& tx, partnerd::Request& request, partnerd::Response& response);
    void roll_back(Tx& tx, partnerd::Request& request, partnerd::Response& response);
    void list_campaigns(Tx& tx, partnerd::Request& request, partnerd::Response& response);
    void list_codes(Tx& tx, partnerd::Request& request, partnerd::Response& response);
    void list_redemptions(Tx& tx, partnerd::Request& request, partnerd::Response& response);
    void list_own_codes(Tx& tx, partnerd::Request& request, partnerd::Response& response);
    Id find_enrollment(Tx& tx, Id program, std::string const& partner) const;
    RedeemOrder read_order(Tx& tx, partnerd::Request& request, bool with_id) const;
    std::string write_redemption(Tx& tx, Redemption const& redemption) const;

    partnerd::Core core_;
    Redemptions redemptions_;
};

}  // namespace coupons
