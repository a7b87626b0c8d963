#include "plugins/descriptor.hpp"

#include <filesystem>

#include "domain/text.hpp"
#include "plugins/c_text.hpp"
#include "plugins/library.hpp"
#include "plugins/names.hpp"
#include "plugins/services.hpp"

namespace partnerd::plugins {
namespace {

constexpr std::size_t list_max = 1000;

Error not_a_plugin(std::string why) { return Error(errc::not_a_plugin, std::move(why)); }

std::string text(char const* given) { return std::string(sv_or_empty(given)); }

Result<std::vector<Need>> read_needs(partnerd_plugin const& p) {
    std::vector<Need> needs;
    if (p.n_needs == 0) return needs;
    if (p.needs == nullptr || p.n_needs > list_max || p.need_stride < PARTNERD_SIZE_TO(partnerd_need, optional))
        return not_a_plugin("its needs have no address or no stride");
    for (std::size_t i = 0; i < p.n_needs; ++i) {
        auto const& c = *element(p.needs, p.need_stride, i);
        if (c.service == nullptr) return not_a_plugin("need " + std::to_string(i) + " names no service");
        auto const* const service = find_service(c.service);
        needs.push_back({c.service, c.min_size, c.optional != 0, service == nullptr ? 0 : service->size});
    }
    return needs;
}

std::vector<std::string> statements(char const* const* list) {
    std::vector<std::string> all;
    for (; list != nullptr && *list != nullptr; ++list) all.emplace_back(*list);
    return all;
}

Result<std::vector<storage::Migration>> read_migrations(partnerd_plugin const& p) {
    std::vector<storage::Migration> migrations;
    if (p.n_migrations == 0) return migrations;
    if (p.migrations == nullptr || p.n_migrations > list_max || p.migration_stride < PARTNERD_SIZE_TO(partnerd_migration, postgresql))
        return not_a_plugin("its migrations have no address or no stride");
    for (std::size_t i = 0; i < p.n_migrations; ++i) {
        auto const& c = *element(p.migrations, p.migration_stride, i);
        if (c.version != i + 1) return not_a_plugin("its migrations are not numbered 1, 2, 3, ...");
        migrations.push_back({c.version, text(c.name), statements(c.sqlite), statements(c.postgresql)});
    }
    return migrations;
}

Status check(partnerd_plugin const& p) {
    if (!is_plugin_id(sv_or_empty(p.id)))
        return not_a_plugin("its id \"" + (is_utf8(sv_or_empty(p.id)) ? text(p.id) : "") + "\" is not [a-z][a-z0-9_]{1,30}, or reserved");
    if (p.create == nullptr || p.destroy == nullptr) return not_a_plugin("it has no create or no destroy function");
    for (auto const* const given : {p.name, p.version, p.vendor, p.license, p.homepage, p.config_schema, p.program_schema, p.openapi})
        if (!is_utf8(sv_or_empty(given))) return not_a_plugin("a text of its descriptor is not UTF-8");
    return {};
}

}  // namespace

Result<Descriptor> read_descriptor(std::string const& path, partnerd_plugin const* plugin) {
    // The first two members are where they are for ever; the rest is read once the major is known.
    auto const size = plugin->struct_size;
    if (size < PARTNERD_SIZE_TO(partnerd_plugin, abi_minor)) return not_a_plugin("its descriptor has " + std::to_string(size) + " bytes");
    if (plugin->abi_major != PARTNERD_ABI_MAJOR)
        return Error(errc::wrong_abi, "it was built for ABI " + std::to_string(plugin->abi_major) + ", this server has ABI " +
                                          std::to_string(PARTNERD_ABI_MAJOR) + "; get a build of the plugin for this server");
    if (size < PARTNERD_SIZE_TO(partnerd_plugin, get_extension))
        return not_a_plugin("its descriptor has " + std::to_string(size) + " bytes, ABI 1.0 has " +
                            std::to_string(PARTNERD_SIZE_TO(partnerd_plugin, get_extension)));
    auto const p = whole(plugin);
    if (auto const status = check(p); !status) return status.error();
    auto needs = read_needs(p);
    if (!needs) return needs.error();
    auto migrations = read_migrations(p);
    if (!migrations) return migrations.error();
    return Descriptor{path,
                      text(p.id),
                      text(p.name),
                      text(p.version),
                      text(p.vendor),
                      text(p.license),
                      text(p.homepage),
                      text(p.config_schema),
                      text(p.program_schema),
                      text(p.openapi),
                      p.abi_major,
                      p.abi_minor,
                      std::move(*needs),
                      std::move(*migrations),
                      p};
}

Status check_needs(Descriptor const& descriptor) {
    for (auto const& need : descriptor.needs) {
        if (need.met()) continue;
        auto const has = need.host_size == 0 ? "none" : std::to_string(need.host_size);
        return Error(errc::missing_service, "needs " + need.service + " >= " + std::to_string(need.min_size) + " bytes, host has " + has);
    }
    return {};
}

Error named(std::string_view id, std::string const& path, Error error) {
    error.detail = "plugin " + std::string(id) + " (" + path + "): " + error.detail;
    return error;
}

Result<Descriptor> describe_file(std::string const& path, std::string const& id) {
    auto const name = id.empty() ? std::filesystem::path(path).stem().string() : id;
    auto const plugin = open_plugin(path);
    if (!plugin) return named(name, path, plugin.error());
    auto descriptor = read_descriptor(path, *plugin);
    if (!descriptor) return named(name, path, descriptor.error());
    return descriptor;
}

}  // namespace partnerd::plugins
