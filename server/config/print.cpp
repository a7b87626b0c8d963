#include "config/print.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "config/option.hpp"
#include "logging/scrub.hpp"

namespace partnerd::config {

namespace json = boost::json;

namespace {

void mask(json::value& value);

void mask(json::object& object) {
    for (auto& member : object) {
        if (logging::names_a_secret(std::string_view(member.key().data(), member.key().size()))) member.value() = "***";
        else mask(member.value());
    }
}

void mask(json::value& value) {
    if (value.is_object()) return mask(value.get_object());
    if (value.is_array())
        for (auto& item : value.get_array()) mask(item);
    if (value.is_string()) value = json::string(logging::scrub(std::string_view(value.get_string().data(), value.get_string().size())));
}

json::value masked_config(Plugin const& plugin) {
    auto value = json::parse(plugin.config);
    mask(value);
    return value;
}

// A JSON value as an inline TOML value. It came from TOML, so that it has no null.
std::string inline_toml(json::value const& value) {
    if (value.is_string()) return toml_text(std::string_view(value.get_string().data(), value.get_string().size()));
    if (value.is_array()) {
        std::string out;
        for (auto const& item : value.get_array()) out += (out.empty() ? "" : ", ") + inline_toml(item);
        return '[' + out + ']';
    }
    if (!value.is_object()) return json::serialize(value);
    std::string out;
    for (auto const& member : value.get_object())
        out += (out.empty() ? " " : ", ") + toml_text(std::string_view(member.key().data(), member.key().size())) + " = " +
               inline_toml(member.value());
    return '{' + out + (out.empty() ? "}" : " }");
}

std::string plugin_toml(Plugin const& plugin) {
    std::string out = "\n[[plugin]]\nid = " + toml_text(plugin.id) + "\nfile = " + toml_text(plugin.file);
    out +=
        std::string("\noptional = ") + (plugin.optional ? "true" : "false") + "\nroot_routes = " + (plugin.root_routes ? "true" : "false");
    auto const config = masked_config(plugin);
    if (config.get_object().empty()) return out + '\n';
    out += "\n[plugin.config]\n";
    for (auto const& member : config.get_object())
        out += toml_text(std::string_view(member.key().data(), member.key().size())) + " = " + inline_toml(member.value()) + '\n';
    return out;
}

json::value json_of(Slot const& slot, bool secret) {
    auto const text = [&](std::string const& value) { return json::value(json::string(secret ? logging::scrub(value) : value)); };
    if (auto* const* value = std::get_if<std::string*>(&slot)) return text(**value);
    if (auto* const* value = std::get_if<std::int64_t*>(&slot)) return json::value(**value);
    if (auto* const* value = std::get_if<logging::Level*>(&slot)) return text(std::string(logging::level_name(**value)));
    if (auto* const* value = std::get_if<logging::Format*>(&slot)) return text(std::string(logging::format_name(**value)));
    json::array items;
    for (auto const& item : *std::get<std::vector<std::string>*>(slot)) items.push_back(text(item));
    return items;
}

json::object& object_at(json::object& root, std::string_view section) {
    auto* object = &root;
    while (!section.empty()) {
        auto const dot = std::min(section.find('.'), section.size());
        auto& value = (*object)[section.substr(0, dot)];
        if (!value.is_object()) value.emplace_object();
        object = &value.get_object();
        section.remove_prefix(std::min(dot + 1, section.size()));
    }
    return *object;
}

}  // namespace

std::string print_toml(Config const& config) {
    std::string out;
    std::string_view section;
    for (auto const& option : options()) {
        auto const dot = option.key.rfind('.');
        if (option.key.substr(0, dot) != section) {
            section = option.key.substr(0, dot);
            out += (out.empty() ? "[" : "\n[") + std::string(section) + "]\n";
        }
        out += std::string(option.key.substr(dot + 1)) + " = " + toml_value(option, config) + '\n';
    }
    for (auto const& plugin : config.plugin) out += plugin_toml(plugin);
    return out;
}

std::string print_json(Config const& config) {
    auto copy = config;
    json::object root;
    for (auto const& option : options()) {
        auto const dot = option.key.rfind('.');
        object_at(root, option.key.substr(0, dot))[option.key.substr(dot + 1)] = json_of(option.slot(copy), option.secret);
    }
    json::array plugins;
    for (auto const& plugin : config.plugin)
        plugins.push_back({{"id", plugin.id},
                           {"file", plugin.file},
                           {"optional", plugin.optional},
                           {"root_routes", plugin.root_routes},
                           {"config", masked_config(plugin)}});
    root["plugin"] = std::move(plugins);
    return json::serialize(root);
}

}  // namespace partnerd::config
