// A plugin on a program.
#pragma once

#include "api/api.hpp"
#include "api/difference.hpp"

namespace partnerd::api {

// [write] Checks and stores; what it changed. unknown_plugin, or the plugin's refusal with a pointer into the configuration.
Result<Difference> set_plugin(Api const& api, storage::Tx& tx, Id program, std::string const& plugin, programs::PluginSetting wanted);

}  // namespace partnerd::api
