// referrals: links that bring visitors, and what becomes of them. This file only registers; the nouns have files of their own.
#include "openapi.hpp"
#include "routes.hpp"
#include "rules.hpp"
#include "settings.hpp"
#include "storage.hpp"

namespace referrals {

class Plugin {
  public:
    explicit Plugin(partnerd::Host& host) : routes_(host) { register_rules(host); }

  private:
    Routes routes_;
};

constexpr partnerd::Need needs[] = {partnerd::need<partnerd_core_api>(),     partnerd::need<partnerd_config_api>(),   partnerd::need<partnerd_cache_api>(), partnerd::need<partnerd_http_api>(),
                                    partnerd::need<partnerd_storage_api>(),  partnerd::need<partnerd_tracking_api>(), partnerd::need<partnerd_rules_api>()};

}  // namespace referrals

PARTNERD_PLUGIN(referrals::Plugin, {.id = "referrals",
                                    .name = "Referrals",
                                    .version = "1.0.0",
                                    .vendor = "partnerd",
                                    .license = "Apache-2.0",
                                    .config_schema = R"({"type":"object","additionalProperties":false})",
                                    .program_schema = referrals::program_schema,
                                    .openapi = referrals::openapi,
                                    .needs = referrals::needs,
                                    .migrations = referrals::migrations})
