#include "plugins/inspect.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <sstream>

#include "domain/text.hpp"

namespace partnerd::plugins {
namespace {

namespace json = boost::json;

json::value parse_or_null(std::string const& text) {
    if (text.empty()) return nullptr;
    boost::system::error_code failure;
    auto value = json::parse(text, failure);
    return failure ? json::value(nullptr) : value;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

std::vector<std::string> documented_paths(std::string const& openapi) {
    std::vector<std::string> all;
    auto const value = parse_or_null(openapi);
    auto const* const object = value.if_object();
    auto const* const paths = object == nullptr ? nullptr : object->if_contains("paths");
    if (paths == nullptr || !paths->is_object()) return all;
    for (auto const& [path, operations] : paths->get_object()) {
        if (!operations.is_object()) continue;
        for (auto const& [method, operation] : operations.get_object()) {
            if (method == "get" || method == "post" || method == "put" || method == "patch" || method == "delete")
                all.push_back(upper(method) + " " + std::string(path));
        }
    }
    std::ranges::sort(all);
    return all;
}

json::array needs_json(std::vector<Need> const& needs) {
    json::array all;
    for (auto const& need : needs)
        all.push_back(json::object{{"service", need.service},
                                   {"min_size", need.min_size},
                                   {"optional", need.optional},
                                   {"host_size", need.host_size},
                                   {"met", need.met()}});
    return all;
}

json::object to_json(Inspected const& plugin) {
    if (!plugin.descriptor) {
        auto const& error = plugin.descriptor.error();
        return {{"path", plugin.path}, {"loadable", false}, {"code", error.name()}, {"error", error.detail}};
    }
    auto const& d = *plugin.descriptor;
    json::array migrations;
    for (auto const& step : d.migrations)
        migrations.push_back(json::object{
            {"version", step.version}, {"name", step.name}, {"sqlite", step.sqlite.size()}, {"postgresql", step.postgresql.size()}});
    json::array paths;
    for (auto const& path : plugin.paths) paths.push_back(json::value(path));
    json::object out{{"path", plugin.path},
                     {"id", d.id},
                     {"name", d.name},
                     {"version", d.version},
                     {"vendor", d.vendor},
                     {"license", d.license},
                     {"homepage", d.homepage},
                     {"abi", std::to_string(d.abi_major) + "." + std::to_string(d.abi_minor)},
                     {"loadable", plugin.loadable.has_value()},
                     {"needs", needs_json(d.needs)},
                     {"paths", std::move(paths)},
                     {"migrations", std::move(migrations)},
                     {"config_schema", parse_or_null(d.config_schema)},
                     {"program_schema", parse_or_null(d.program_schema)}};
    if (plugin.loadable) return out;
    out["code"] = plugin.loadable.error().name();
    out["error"] = plugin.loadable.error().detail;
    return out;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

}  // namespace

Inspected inspect_file(std::string const& path) {
    Inspected plugin;
    plugin.path = path;
    plugin.descriptor = describe_file(path);
    if (!plugin.descriptor) {
        plugin.loadable = plugin.descriptor.error();
        return plugin;
    }
    plugin.paths = documented_paths(plugin.descriptor->openapi);
    if (auto const status = check_needs(*plugin.descriptor); !status) plugin.loadable = named(plugin.descriptor->id, path, status.error());
    return plugin;
}

Result<std::vector<Inspected>> inspect_folder(std::string const& folder) {
    std::error_code failure;
    std::vector<std::string> files;
    for (auto const& file : std::filesystem::directory_iterator(folder, failure))
        if (file.path().extension() == ".so") files.push_back(file.path().string());
    if (failure) return Error(errc::not_found, "the plugin folder " + folder + ": " + failure.message());
    std::ranges::sort(files);
    std::vector<Inspected> all;
    for (auto const& file : files) all.push_back(inspect_file(file));
    return all;
}

std::string list_text(std::vector<Inspected> const& all) {
    std::size_t id_width = 2, version_width = 7;
    for (auto const& plugin : all) {
        if (!plugin.descriptor) continue;
        id_width = std::max(id_width, plugin.descriptor->id.size());
        version_width = std::max(version_width, plugin.descriptor->version.size());
    }
    auto out = padded("ID", id_width) + "  " + padded("VERSION", version_width) + "  NAME\n";
    for (auto const& plugin : all) {
        if (!plugin.descriptor) continue;
        auto const& d = *plugin.descriptor;
        out += padded(d.id, id_width) + "  " + padded(d.version, version_width) + "  " + d.name + "\n";
    }
    for (auto const& plugin : all)
        if (!plugin.loadable) out += "cannot be loaded: " + plugin.loadable.error().detail + "\n";
    return out;
}

std::string list_json(std::vector<Inspected> const& all) {
    json::array plugins;
    for (auto const& plugin : all) plugins.push_back(to_json(plugin));
    return json::serialize(json::object{{"plugins", std::move(plugins)}});
}

std::string info_text(Inspected const& plugin) {
    if (!plugin.descriptor) return "cannot be loaded: " + plugin.descriptor.error().detail + "\n";
    auto const& d = *plugin.descriptor;
    std::ostringstream out;
    out << d.id << " " << d.version << "  " << d.name << "\n";
    out << "file      " << plugin.path << "\n";
    if (!d.vendor.empty()) out << "vendor    " << d.vendor << "\n";
    if (!d.license.empty()) out << "license   " << d.license << "\n";
    if (!d.homepage.empty()) out << "homepage  " << d.homepage << "\n";
    out << "abi       " << d.abi_major << "." << d.abi_minor << "\n";
    for (auto const& need : d.needs)
        out << "needs     " << need.service << " >= " << need.min_size << " bytes, host has "
            << (need.host_size == 0 ? "none" : std::to_string(need.host_size)) << (need.optional ? " (optional)" : "") << "\n";
    for (auto const& step : d.migrations) out << "migration " << step.version << " " << step.name << "\n";
    for (auto const& path : plugin.paths) out << "path      " << path << "\n";
    if (!d.config_schema.empty()) out << "config    " << d.config_schema << "\n";
    if (!d.program_schema.empty()) out << "program   " << d.program_schema << "\n";
    if (!plugin.loadable) out << "cannot be loaded: " << plugin.loadable.error().detail << "\n";
    return out.str();
}

std::string info_json(Inspected const& plugin) { return json::serialize(to_json(plugin)); }

}  // namespace partnerd::plugins
