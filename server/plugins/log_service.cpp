#include <array>
#include <vector>

#include "logging/log.hpp"
#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"
#include "plugins/services.hpp"

namespace partnerd::plugins {
namespace {

logging::Level level_of(std::int32_t level) noexcept {
    if (level < PARTNERD_LOG_INFO) return logging::Level::debug;
    if (level < PARTNERD_LOG_WARNING) return logging::Level::info;
    return level < PARTNERD_LOG_ERROR ? logging::Level::warn : logging::Level::error;
}

std::int32_t min_level(partnerd_host*) noexcept {
    for (auto const level : {PARTNERD_LOG_DEBUG, PARTNERD_LOG_INFO, PARTNERD_LOG_WARNING})
        if (logging::enabled(level_of(level))) return level;
    return PARTNERD_LOG_ERROR;
}

void write(partnerd_host* host, std::int32_t level, partnerd_str message, partnerd_kv const* fields, std::size_t n) noexcept {
    auto const* const instance = instance_of(host);
    if (instance == nullptr || !logging::enabled(level_of(level))) return;
    barrier(nullptr, [&] {
        std::vector<logging::Field> all;
        all.reserve(n + 2);
        all.emplace_back("plugin", std::string_view(instance->id));
        if (auto const* const frame = Frame::top(); frame != nullptr && frame->request != nullptr)
            all.emplace_back(logging::request_id, std::string_view(frame->request->request_id));
        for (std::size_t i = 0; fields != nullptr && i < n; ++i) all.emplace_back(sv(fields[i].key), sv(fields[i].value));
        logging::write(level_of(level), sv(message), all);
        return PARTNERD_OK;
    });
}

}  // namespace

partnerd_log_api const log_service = {sizeof(partnerd_log_api), 0, &min_level, &write};

}  // namespace partnerd::plugins
