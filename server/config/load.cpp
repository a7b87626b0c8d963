#include "config/load.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "config/file_layer.hpp"
#include "config/option.hpp"
#include "domain/text.hpp"

namespace partnerd::config {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view prefix = "PARTNERD__";

// PARTNERD__SERVER__LISTEN -> server.listen
std::string key_of_variable(std::string_view name) {
    auto key = lower_ascii(name.substr(prefix.size()));
    for (auto at = key.find("__"); at != std::string::npos; at = key.find("__", at + 1)) key.replace(at, 2, ".");
    return key;
}

std::string variable_of_key(std::string_view key) {
    std::string name(prefix);
    for (char const c : key) {
        if (c == '.') name += "__";
        else name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return name;
}

class TextLayer {
  public:
    TextLayer(std::string source, Config& config, Problems& problems) : source_(std::move(source)), config_(config), problems_(problems) {}

    // `shown` is how the person wrote the key.
    void set(std::string const& key, std::string const& text, std::string const& shown) {
        Problem place{source_, 0, 0, shown, {}, {}};
        if (auto const* option = find_option(key)) return assign_text(*option, text, std::move(place));
        if (auto const* option = option_of_secret_file(key))
            return assign_from_file(*option, config_, text, fs::current_path(), std::move(place), problems_);
        problems_.push_back(unknown_key(std::move(place), key));
    }

  private:
    void assign_text(Option const& option, std::string const& text, Problem place) {
        if (!assign(option, config_, value_of_text(option, text), fs::current_path(), place)) problems_.push_back(std::move(place));
    }

    std::string source_;
    Config& config_;
    Problems& problems_;
};

void read_environment(Pairs const& environment, Config& config, Problems& problems) {
    TextLayer layer("environment", config, problems);
    for (auto const& [name, value] : environment) {
        layer.set(key_of_variable(name), value, name);
        if (problems.empty() || problems.back().key != name || problems.back().what != "this key is not known") continue;
        auto& out = problems.back().way_out;
        constexpr std::string_view question = "Did you mean ";
        if (out.starts_with(question))
            out = std::string(question) + variable_of_key(out.substr(question.size(), out.size() - question.size() - 1)) + '?';
        else if (name.starts_with("PARTNERD__PLUGIN__")) out = "Plugins are configured in the file only: [[plugin]] and [plugin.config]";
    }
    for (auto const& [name, value] : environment) {
        auto const* option = option_of_secret_file(key_of_variable(name));
        if (option == nullptr) continue;
        for (auto const& [other, ignored] : environment)
            if (key_of_variable(other) == option->key)
                problems.push_back({"environment", 0, 0, name, "both " + other + " and its _FILE are set", "Keep one of them"});
    }
}

void finish(Config& config, Problems& problems) {
    for (auto& plugin : config.plugin)
        if (plugin.file.empty()) plugin.file = (fs::path(config.plugins.directory) / (plugin.id + ".so")).string();
    auto const& server = config.server;
    if (server.listen == server.metrics_listen && !server.listen.ends_with(":0"))
        problems.push_back({config.file.empty() ? "configuration" : config.file, 0, 0, "server.metrics_listen",
                            "it is the same address as server.listen", "Choose another port, or \"\" for no metrics listener"});
}

}  // namespace

Pairs environment_of_process() {
    Pairs pairs;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        std::string_view const text(*entry);
        auto const equals = text.find('=');
        if (!text.starts_with(prefix) || equals == std::string_view::npos) continue;
        pairs.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return pairs;
}

Loaded load(Sources const& sources) {
    Loaded loaded;
    auto& [config, problems] = loaded;
    if (!sources.file.empty()) {
        config.file = fs::absolute(sources.file).lexically_normal().string();
        read_file_layer(sources.file, config, problems);
    }
    read_environment(sources.environment, config, problems);
    TextLayer flags("command line", config, problems);
    for (auto const& [key, value] : sources.flags) flags.set(key, value, key);
    finish(config, problems);
    return loaded;
}

std::string public_url(Config const& config) {
    auto const& server = config.server;
    if (!server.public_url.empty()) return server.public_url;
    auto const colon = server.listen.rfind(':');
    auto const host = server.listen.substr(0, colon);
    bool const everywhere = host == "0.0.0.0" || host == "[::]";
    return "http://" + (everywhere ? "127.0.0.1" : host) + server.listen.substr(colon);
}

Problems check_files(Config const& config) {
    Problems problems;
    for (auto const& plugin : config.plugin) {
        std::error_code error;
        if (plugin.optional || fs::is_regular_file(plugin.file, error)) continue;
        problems.push_back({config.file, plugin.line, 1, "plugin " + plugin.id, "there is no file " + plugin.file,
                            "Install the plugin, correct file or plugins.directory, or set optional = true"});
    }
    return problems;
}

std::optional<std::string> find_file() {
    if (char const* named = std::getenv("PARTNERD_CONFIG"); named != nullptr && *named != '\0') return std::string(named);
    for (auto const* candidate : {"partnerd.toml", "/etc/partnerd/partnerd.toml"})
        if (::access(candidate, F_OK) == 0) return std::string(candidate);
    return std::nullopt;
}

}  // namespace partnerd::config
