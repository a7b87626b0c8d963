#include "config/difference.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "config/option.hpp"

namespace partnerd::config {
namespace {

bool same_value(Option const& option, Config& before, Config& after) {
    return std::visit(
        [&]<class Value>(Value* value) { return *value == *std::get<Value*>(option.slot(after)); }, option.slot(before));
}

// The line says nothing of the plugin.
auto meaning_of(Plugin const& plugin) { return std::tie(plugin.id, plugin.file, plugin.optional, plugin.root_routes, plugin.config); }

Plugin const* find_plugin(Config const& config, std::string const& id) {
    auto const found = std::find_if(config.plugin.begin(), config.plugin.end(), [&](Plugin const& plugin) { return plugin.id == id; });
    return found == config.plugin.end() ? nullptr : &*found;
}

std::set<std::string> differing_plugins(Config const& before, Config const& after) {
    std::set<std::string> ids;
    for (auto const* config : {&before, &after})
        for (auto const& plugin : config->plugin) {
            auto const *old = find_plugin(before, plugin.id), *now = find_plugin(after, plugin.id);
            if (old == nullptr || now == nullptr || meaning_of(*old) != meaning_of(*now)) ids.insert(plugin.id);
        }
    return ids;
}

bool same_order(Config const& before, Config const& after) {
    return std::equal(before.plugin.begin(), before.plugin.end(), after.plugin.begin(), after.plugin.end(),
                      [](Plugin const& a, Plugin const& b) { return a.id == b.id; });
}

}  // namespace

std::vector<std::string> differing_keys(Config const& before, Config const& after) {
    auto old = before, now = after;  // slots are of changeable ones
    std::vector<std::string> keys;
    for (auto const& option : options())
        if (!same_value(option, old, now)) keys.emplace_back(option.key);
    auto const plugins = differing_plugins(before, after);
    for (auto const& id : plugins) keys.push_back("plugin." + id);
    if (plugins.empty() && !same_order(before, after)) keys.emplace_back("plugin");
    return keys;
}

}  // namespace partnerd::config
