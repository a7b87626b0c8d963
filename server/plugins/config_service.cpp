#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"
#include "plugins/services.hpp"

namespace partnerd::plugins {
namespace {

partnerd_str json(partnerd_host* host) noexcept {
    auto const* const instance = instance_of(host);
    return instance == nullptr ? str("{}") : str(instance->config);
}

partnerd_status program_json(partnerd_tx* tx, partnerd_id program, partnerd_str* out, std::int64_t* version, partnerd_error* e) noexcept {
    if (out == nullptr) return fail(e, PARTNERD_E_INVALID, "json is NULL");
    return in_tx(tx, false, e, [&](Frame& frame) -> partnerd_status {
        auto config = frame.instance.services->program_config(*frame.tx, program, frame.instance.id);
        if (!config) return fail(e, config.error());
        if (version != nullptr) *version = config->version;
        *out = frame.keep(std::move(config->json));
        return PARTNERD_OK;
    });
}

}  // namespace

partnerd_config_api const config_service = {sizeof(partnerd_config_api), 0, &json, &program_json};

}  // namespace partnerd::plugins
