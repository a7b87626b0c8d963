// The core's routes: programs, partners, conversions and all else that the kernel knows, for operators, merchants, partners and
// the public. Plugins add their own beside them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/key_ring.hpp"
#include "programs/terms.hpp"
#include "routing/route.hpp"
#include "storage/storage.hpp"
#include "tracking/tracker.hpp"

namespace partnerd::api {

// [write] May this plugin be enabled on the program with this configuration? unknown_plugin, invalid_field with a pointer into
// the configuration.
using PluginCheck = std::function<Status(storage::Tx&, Id program, std::string_view plugin, std::string_view config_json)>;
// [any] The loaded plugins as a JSON array.
using PluginList = std::function<std::string()>;

// What the routes work with. It and what it names outlive them.
struct Api {
    programs::Kernel const& kernel;
    programs::ProgramViews& views;
    tracking::Tracker& tracker;
    auth::KeyRing& keys;
    storage::Storage& storage;
    std::string public_url;    // "https://partners.shop.example", without a slash at the end
    PluginCheck check_plugin;  // empty: no plugin is known
    PluginList list_plugins;   // empty: none is loaded
};

// [main]
std::vector<routing::Route> core_routes(Api const& api);

}  // namespace partnerd::api
