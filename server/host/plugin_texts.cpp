#include "host/plugin_texts.hpp"

#include <boost/json.hpp>

namespace partnerd::host {

namespace json = boost::json;

namespace {
json::array list_of(std::vector<std::string> const& texts) {
    json::array array;
    for (auto const& text : texts) array.emplace_back(text);
    return array;
}
}  // namespace

std::string plugins_json_of(std::vector<plugins::LoadedPlugin> const& loaded) {
    json::array array;
    for (auto const& plugin : loaded) {
        auto const& d = plugin.descriptor;
        array.emplace_back(json::object{{"id", d.id},
                                        {"name", d.name},
                                        {"version", d.version},
                                        {"vendor", d.vendor},
                                        {"license", d.license},
                                        {"routes", list_of(plugin.routes)},
                                        {"rules", list_of(plugin.rules)},
                                        {"facts", list_of(plugin.facts)},
                                        {"attributors", list_of(plugin.attributors)},
                                        {"jobs", list_of(plugin.jobs)}});
    }
    return json::serialize(array);
}

std::vector<routing::OpenapiFragment> openapi_fragments_of(plugins::Loader const& loader) {
    std::vector<routing::OpenapiFragment> fragments;
    for (auto const& plugin : loader.loaded())
        if (!plugin.descriptor.openapi.empty()) fragments.push_back({plugin.descriptor.id, plugin.descriptor.openapi});
    return fragments;
}

}  // namespace partnerd::host
