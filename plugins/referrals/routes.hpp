// The HTTP side of the plugin: GET /r/{code} (redirect.hpp), and below /v1/programs/{program}/referrals: POST /sale  POST /signup
// GET /signups
#pragma once

#include <partnerd/plugin.hpp>

#include "redirect.hpp"

namespace referrals {

class Routes {
  public:
    explicit Routes(partnerd::Host& host);

  private:
    void sale(partnerd::Tx& tx, partnerd::Request& request, partnerd::Response& response);
    void signup(partnerd::Tx& tx, partnerd::Request& request, partnerd::Response& response);
    void list_signups(partnerd::Tx& tx, partnerd::Request& request, partnerd::Response& response);

    partnerd::Core core_;
    partnerd::Tracking tracking_;
    Redirect redirect_;
};

}  // namespace referrals
