#include "config/file_layer.hpp"

#include <algorithm>
#include <set>

#include "config/bounded_text.hpp"
#include "config/check.hpp"
#include "config/document.hpp"
#include "config/suggest.hpp"

namespace partnerd::config {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t secret_bytes_max = 16 * 1024;
constexpr std::string_view file_suffix = "_file";

bool is_section(std::string_view key) {
    auto const all = options();
    return std::any_of(all.begin(), all.end(), [&](Option const& option) { return option.key.starts_with(std::string(key) + '.'); });
}

Value value_of_node(toml::node const& node, bool& representable) {
    representable = true;
    if (auto const* found = node.as_string()) return found->get();
    if (auto const* found = node.as_integer()) return found->get();
    if (auto const* found = node.as_boolean()) return found->get();
    if (auto const* found = node.as_floating_point()) return found->get();
    std::vector<std::string> items;
    auto const* list = node.as_array();
    representable = list != nullptr && std::all_of(list->begin(), list->end(), [](toml::node const& item) { return item.is_string(); });
    if (representable)
        for (auto const& item : *list) items.push_back(item.as_string()->get());
    return items;
}

class FileLayer {
  public:
    FileLayer(std::string file, Config& config, Problems& problems)
        : file_(std::move(file)), base_(fs::absolute(file_).parent_path()), config_(config), problems_(problems) {}

    void read() {
        auto text = read_file(file_);
        if (auto* wrong = std::get_if<Problem>(&text)) return problems_.push_back(*wrong);
        auto parsed = parse_document(std::get<std::string>(text), file_);
        if (auto* wrong = std::get_if<Problem>(&parsed)) return problems_.push_back(*wrong);
        section(std::get<toml::table>(parsed), "");
    }

  private:
    Problem at(toml::source_region const& region, std::string key) const {
        return Problem{file_, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column), std::move(key), {}, {}};
    }

    void add(Problem problem, std::string what, std::string way_out) {
        problem.what = std::move(what);
        problem.way_out = std::move(way_out);
        problems_.push_back(std::move(problem));
    }

    void section(toml::table const& table, std::string const& prefix) {
        for (auto const& [name, node] : table) {
            auto const key = prefix.empty() ? std::string(name.str()) : prefix + '.' + std::string(name.str());
            entry(key, node, at(name.source(), key), table);
        }
    }

    void entry(std::string const& key, toml::node const& node, Problem const& place, toml::table const& parent) {
        if (auto const* option = find_option(key)) return assign_node(*option, node, place);
        if (auto const* option = option_of_secret_file(key)) return assign_secret(*option, node, place, parent);
        if (key == "plugin") return plugins(node, place);
        if (!is_section(key)) return problems_.push_back(unknown_key(place, key));
        if (auto const* table = node.as_table()) return section(*table, key);
        add(place, "this is a section", "Write [" + key + "] on a line of its own");
    }

    void assign_node(Option const& option, toml::node const& node, Problem place) {
        bool representable = false;
        auto const value = value_of_node(node, representable);
        if (!representable) return add(place, "the value is of the wrong kind", "For example: " + toml_value(option, Config{}));
        if (!assign(option, config_, value, base_, place)) problems_.push_back(std::move(place));
    }

    void assign_secret(Option const& option, toml::node const& node, Problem const& place, toml::table const& parent) {
        auto const plain = option.key.substr(option.key.rfind('.') + 1);
        if (parent.contains(plain)) return add(place, "both " + std::string(option.key) + " and its _file are set", "Keep one of them");
        auto const* name = node.as_string();
        if (name == nullptr) return add(place, "expected the name of a file in quotes", "For example: \"/run/secrets/storage_url\"");
        assign_from_file(option, config_, name->get(), base_, place, problems_);
    }

    void plugins(toml::node const& node, Problem const& place) {
        auto const* list = node.as_array();
        bool const tables =
            list != nullptr && std::all_of(list->begin(), list->end(), [](toml::node const& item) { return item.is_table(); });
        if (!tables) return add(place, "plugins are a list of tables", "Write [[plugin]] with two brackets for each");
        for (std::size_t i = 0; i < list->size(); ++i) plugin(*(*list)[i].as_table(), "plugin[" + std::to_string(i) + "]");
    }

    void plugin(toml::table const& table, std::string const& prefix) {
        Plugin plugin;
        plugin.line = static_cast<int>(table.source().begin.line);
        for (auto const& [name, node] : table) {
            auto const key = prefix + '.' + std::string(name.str());
            plugin_entry(plugin, name.str(), node, at(name.source(), key));
        }
        auto const place = at(table.source(), prefix + ".id");
        if (!table.contains("id")) add(place, "the plugin has no id", "Add: id = \"coupons\"");
        if (!plugin.id.empty() && !ids_.insert(plugin.id).second)
            add(place, "the plugin " + plugin.id + " is configured twice", "Remove one of them");
        config_.plugin.push_back(std::move(plugin));
    }

    void plugin_entry(Plugin& plugin, std::string_view name, toml::node const& node, Problem const& place) {
        if (name == "id") return plugin_id(plugin, node, place);
        if (name == "file") return plugin_file(plugin, node, place);
        if (name == "optional") return flag(plugin.optional, node, place);
        if (name == "root_routes") return flag(plugin.root_routes, node, place);
        if (name == "config") return plugin_config(plugin, node, place);
        std::string const known[] = {"id", "file", "optional", "root_routes", "config"};
        auto const meant = nearest(name, known);
        add(place, "this key is not known",
            meant.empty() ? "What the plugin itself takes belongs into [plugin.config]" : "Did you mean " + meant + "?");
    }

    void plugin_id(Plugin& plugin, toml::node const& node, Problem const& place) {
        auto const* id = node.as_string();
        auto const wrong = id == nullptr ? "expected a text in quotes" : check_plugin_id(id->get());
        if (!wrong.empty()) return add(place, wrong, "For example: id = \"coupons\"");
        plugin.id = id->get();
    }

    void plugin_file(Plugin& plugin, toml::node const& node, Problem const& place) {
        auto const* file = node.as_string();
        if (file == nullptr || file->get().empty())
            return add(place, "expected the name of a file in quotes", "Leave it out for <plugins.directory>/<id>.so");
        plugin.file = (base_ / file->get()).lexically_normal().string();
    }

    void flag(bool& slot, toml::node const& node, Problem const& place) {
        if (auto const* value = node.as_boolean()) slot = value->get();
        else add(place, "expected true or false", "Write it without quotes");
    }

    void plugin_config(Plugin& plugin, toml::node const& node, Problem const& place) {
        auto const* table = node.as_table();
        if (table == nullptr) return add(place, "this is a section", "Write [plugin.config] below the [[plugin]] it belongs to");
        auto converted = to_json(*table, file_);
        if (converted.problem.what.empty()) return void(plugin.config = std::move(converted.json));
        converted.problem.key = place.key + converted.problem.key;
        problems_.push_back(std::move(converted.problem));
    }

    std::string file_;
    fs::path base_;
    Config& config_;
    Problems& problems_;
    std::set<std::string> ids_;
};

}  // namespace

void read_file_layer(std::string const& file, Config& config, Problems& problems) { FileLayer(file, config, problems).read(); }

Option const* option_of_secret_file(std::string_view key) {
    if (!key.ends_with(file_suffix)) return nullptr;
    auto const* option = find_option(key.substr(0, key.size() - file_suffix.size()));
    return option != nullptr && option->secret ? option : nullptr;
}

void assign_from_file(Option const& option, Config& config, std::string const& file, fs::path const& base, Problem at, Problems& problems) {
    auto text = read_file((base / file).lexically_normal().string(), secret_bytes_max);
    if (auto* wrong = std::get_if<Problem>(&text)) {
        at.what = wrong->source + ": " + wrong->what;
        at.way_out = wrong->way_out;
        return problems.push_back(std::move(at));
    }
    auto& value = std::get<std::string>(text);
    while (value.ends_with('\n') || value.ends_with('\r')) value.pop_back();
    if (!assign(option, config, value_of_text(option, value), base, at)) problems.push_back(std::move(at));
}

Problem unknown_key(Problem at, std::string_view name) {
    auto keys = option_keys();
    for (auto const* section : {"server", "server.limits", "storage", "log", "node", "plugins", "plugin"}) keys.emplace_back(section);
    auto const meant = nearest(name, keys);
    at.what = "this key is not known";
    at.way_out = meant.empty() ? "Remove it; etc/partnerd.toml lists every key" : "Did you mean " + meant + "?";
    return at;
}

}  // namespace partnerd::config
