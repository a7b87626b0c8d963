// Plugins: which are loaded, and what a program makes of them.
#include <boost/json.hpp>

#include "api/audited.hpp"
#include "api/nouns.hpp"
#include "api/offer.hpp"
#include "api/plugin_setting.hpp"
#include "domain/text.hpp"
#include "routing/body.hpp"
#include "routing/json_writer.hpp"

namespace partnerd::api {

using routing::JsonWriter;
using routing::Request;
using routing::Response;

namespace {

std::string setting_json(std::string_view plugin, programs::PluginSetting const& setting) {
    std::string out;
    JsonWriter(out)
        .begin_object()
        .member("plugin", plugin)
        .member("enabled", setting.enabled)
        .key("config")
        .raw(setting.config)
        .end_object();
    return out;
}

Status show_settings(storage::Tx& tx, Request const& request, Response& response) {
    if (auto status = only_params(request); !status) return status;
    JsonWriter json(response.body);
    json.begin_object().key("data").begin_array();
    for (auto const& [plugin, setting] : programs::plugins_of(tx, request.program)) json.raw(setting_json(plugin, setting));
    json.end_array().member("has_more", false).key("next_cursor").null().end_object();
    return {};
}

programs::PluginSetting read_setting(routing::BodyReader& in) {
    return {in.boolean("enabled"), in.json("config", 16 * 1024, R"({"type":"object"})"), 0};
}

Status put(Api const& api, storage::Tx& tx, Request const& request, Response& response, programs::PluginSetting const& wanted) {
    std::string const plugin(path_param(request, "plugin"));
    auto changed = set_plugin(api, tx, request.program, plugin, wanted);
    if (!changed)
        return Error(changed.error().code, changed.error().detail, changed.error().field.empty() ? "" : "/config" + changed.error().field);
    if (!changed->empty())
        write_audit(api, tx, request, "configure " + plugin, "program", request.program, changed->before_json(), changed->after_json());
    return answer(response, 200, setting_json(plugin, programs::plugins_of(tx, request.program)[plugin]));
}

}  // namespace

Result<Difference> set_plugin(Api const& api, storage::Tx& tx, Id program, std::string const& plugin, programs::PluginSetting wanted) {
    if (!is_handle(plugin) || !api.check_plugin) return Error(errc::unknown_plugin, "'" + plugin.substr(0, 64) + "' is not loaded");
    auto const settings = programs::plugins_of(tx, program);
    auto const known = settings.find(plugin);
    auto const before = known == settings.end() ? programs::PluginSetting{} : known->second;
    // Switching off without a configuration keeps what was configured.
    if (wanted.config.empty()) wanted.config = !wanted.enabled && !before.config.empty() ? before.config : "{}";
    if (!boost::json::parse(wanted.config).is_object()) return Error(errc::invalid_field, "a configuration is an object");
    if (auto status = api.check_plugin(tx, program, plugin, wanted.config); !status) return status.error();
    Difference difference;
    difference.truth("enabled", before.enabled, wanted.enabled);
    difference.json("config", before.config, wanted.config);
    if (!difference.empty()) programs::set_plugin(tx, api.kernel, program, plugin, wanted.enabled, wanted.config);
    return difference;
}

void add_plugin_routes(Api const& api, std::vector<routing::Route>& routes) {
    routes.push_back(answering(get("/v1/plugins", operators, "The plugins that are loaded",
                                   [&api](storage::Tx&, Request& request, Response& response) -> Status {
                                       if (auto status = only_params(request); !status) return status;
                                       auto const loaded = api.list_plugins ? api.list_plugins() : std::string("[]");
                                       JsonWriter(response.body)
                                           .begin_object()
                                           .key("data")
                                           .raw(loaded)
                                           .member("has_more", false)
                                           .key("next_cursor")
                                           .null()
                                           .end_object();
                                       return {};
                                   }),
                               {200}, "LoadedPlugins"));
    routes.push_back(
        answering(get("/v1/programs/{program}/plugins", operators, "The plugins of a program", show_settings), {200}, "PluginSettings"));
    routes.push_back(answering(change("PUT", "/v1/programs/{program}/plugins/{plugin}", operators,
                                      "Enable and configure a plugin on a program", Body{"PluginWish", read_setting}, bound(api, put)),
                               {200}, "PluginSetting"));
}

}  // namespace partnerd::api
