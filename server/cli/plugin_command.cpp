#include <ostream>

#include "cli/commands.hpp"
#include "cli/configuration.hpp"
#include "plugins/inspect.hpp"

namespace partnerd::cli {

namespace {

namespace po = boost::program_options;

int run_list(Invocation& invocation) {
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    auto const all = plugins::inspect_folder(config->plugins.directory);
    if (!all) {
        invocation.err << "partnerd: " << all.error().message() << '\n';
        return exit_failed;
    }
    invocation.out << (invocation.has("json") ? plugins::list_json(*all) + "\n" : plugins::list_text(*all));
    return exit_ok;
}

// A name of a plugin of the folder, or a path.
std::string file_of(config::Config const& config, std::string const& named) {
    if (named.find('/') != std::string::npos) return named;
    for (auto const& plugin : config.plugin)
        if (plugin.id == named) return plugin.file;
    return config.plugins.directory + "/" + named + ".so";
}

int run_info(Invocation& invocation) {
    auto const config = load_config(invocation);
    if (!config) return exit_failed;
    auto const plugin = plugins::inspect_file(file_of(*config, invocation.arguments.at(0)));
    invocation.out << (invocation.has("json") ? plugins::info_json(plugin) + "\n" : plugins::info_text(plugin));
    return plugin.descriptor && plugin.loadable ? exit_ok : exit_failed;
}

void options(po::options_description& options) { options.add_options()("json", "as a JSON object"); }

}  // namespace

Command const plugin_list_command{
    .name = "plugin list",
    .summary = "list the plugins of the plugin folder",
    .synopsis = "partnerd plugin list [--json]",
    .description = "Shows every library of [plugins] directory: its id, version and what it is for, or why it is no\n"
                   "plugin that this server can load. Runs nothing of a plugin but its entry.",
    .examples = "$ partnerd plugin list",
    .configured = true,
    .options = options,
    .run = run_list,
};

Command const plugin_info_command{
    .name = "plugin info",
    .summary = "show what one plugin offers and needs",
    .synopsis = "partnerd plugin info ID|FILE.so [--json]",
    .description = "Shows id, version, vendor, licence, the services it needs and whether this server has them, its\n"
                   "migrations and the schemas of its configuration.",
    .examples = "$ partnerd plugin info coupons",
    .arguments_min = 1,
    .arguments_max = 1,
    .configured = true,
    .options = options,
    .run = run_info,
};

}  // namespace partnerd::cli
