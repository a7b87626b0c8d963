// coupons: codes that customers redeem. This file only registers; the nouns have files of their own.
#include "openapi.hpp"
#include "routes.hpp"
#include "rules.hpp"
#include "storage.hpp"

namespace coupons {

class Plugin {
  public:
    explicit Plugin(partnerd::Host& host) : routes_(host) { register_rules(host); }

    static constexpr char const* verify_title = "the counters of codes agree with their redemptions";
    Id verify(Tx& tx, Id program, Id after, partnerd::Findings& findings) { return Redemptions::verify_counters(tx, program, after, findings); }

  private:
    Routes routes_;
};

constexpr partnerd::Need needs[] = {partnerd::need<partnerd_core_api>(), partnerd::need<partnerd_http_api>(), partnerd::need<partnerd_storage_api>(),
                                    partnerd::need<partnerd_tracking_api>(), partnerd::need<partnerd_rules_api>()};

}  // namespace coupons

PARTNERD_PLUGIN(coupons::Plugin, {.id = "coupons",
                                  .name = "Coupons",
                                  .version = "1.0.0",
                                  .vendor = "partnerd",
                                  .license = "Apache-2.0",
                                  .config_schema = R"({"type":"object","additionalProperties":false})",
                                  .program_schema = R"({"type":"object","additionalProperties":false})",
                                  .openapi = coupons::openapi,
                                  .needs = coupons::needs,
                                  .migrations = coupons::migrations})
