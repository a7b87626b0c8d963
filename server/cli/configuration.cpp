#include "cli/configuration.hpp"

#include <ostream>

#include "logging/log.hpp"

namespace partnerd::cli {

config::Sources config_sources(Invocation const& invocation) {
    config::Sources sources;
    sources.file = invocation.has("config") ? invocation.text("config") : config::find_file().value_or("");
    sources.environment = config::environment_of_process();
    if (!invocation.has("set")) return sources;
    for (auto const& pair : invocation.options["set"].as<std::vector<std::string>>()) {
        auto const equals = pair.find('=');
        if (equals == std::string::npos || equals == 0)
            throw UsageError{"--set takes KEY=VALUE, for example --set server.listen=127.0.0.1:8081"};
        sources.flags.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    return sources;
}

std::optional<config::Config> load_config(Invocation const& invocation) {
    auto loaded = config::load(config_sources(invocation));
    if (!loaded.problems.empty()) {
        invocation.err << config::list(loaded.problems);
        return std::nullopt;
    }
    logging::start({loaded.config.log.level, loaded.config.log.format, nullptr});
    return std::move(loaded.config);
}

}  // namespace partnerd::cli
