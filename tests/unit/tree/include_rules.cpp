#include <algorithm>
#include <regex>

#include "unit/tree/lines.hpp"
#include "unit/tree/rules.hpp"

namespace partnerd::tree {

namespace {

struct Include {
    int line = 0;
    bool angled = false;
    std::string target;  // "http/guard.hpp"
};

std::vector<Include> includes(std::string_view text) {
    static std::regex const pattern(R"re(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)re");
    std::vector<Include> found;
    for_each_line(text, [&](int number, std::string_view line) {
        std::cmatch match;
        if (line.find("include") == std::string_view::npos) return;
        if (std::regex_match(line.data(), line.data() + line.size(), match, pattern))
            found.push_back({number, match.str(1) == "<", match.str(2)});
    });
    return found;
}

std::string folder_of(std::string_view path, std::string_view root) {  // "server/http/guard.cpp" in "server/" -> "http"
    if (!path.starts_with(root)) return {};
    path.remove_prefix(root.size());
    auto const slash = path.find('/');
    return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

struct Library {
    char const* folder;
    char const* name;
    char const* pattern;  // of the include's target
};
constexpr Library libraries[] = {
    {"storage", "SOCI", R"(soci([/-].*|\.h))"},
    {"storage", "SQLite", R"(sqlite3(ext)?\.h)"},
    {"storage", "libpq", R"((postgresql/)?(libpq-fe|libpq-events|pg_config.*)\.h|libpq/.*)"},
    {"plugins", "Boost.DLL", R"(boost/dll([./].*))"},
    {"http", "Beast", R"(boost/beast([./].*))"},
    {"http", "Asio", R"(boost/asio([./].*))"},
    {"config", "toml++", R"(toml(\+\+)?/.*|toml\.hpp)"},
    {"logging", "spdlog", R"(spdlog/.*)"},
};

constexpr std::string_view c_headers[] = {"assert.h",  "ctype.h",  "errno.h",  "inttypes.h", "limits.h", "math.h",   "stdarg.h",
                                          "stdbool.h", "stddef.h", "stdint.h", "stdio.h",    "stdlib.h", "string.h", "time.h"};

bool is_standard(std::string_view target) {
    if (target.find('/') != std::string_view::npos) return false;
    if (target.find('.') == std::string_view::npos) return true;
    return std::find(std::begin(c_headers), std::end(c_headers), target) != std::end(c_headers);
}

bool plugin_may_include(Include const& include) {
    auto const& target = include.target;
    if (!include.angled) return target.find("..") == std::string::npos && target.find('/') == std::string::npos;
    return target.starts_with("partnerd/") || target.starts_with("boost/json/") || target == "boost/json.hpp" || is_standard(target);
}

}  // namespace

std::vector<std::string> read_layers(std::string_view layers_txt) {
    std::vector<std::string> layers;
    for_each_line(layers_txt, [&](int, std::string_view line) {
        if (!line.empty() && line[0] != '#') layers.emplace_back(line);
    });
    return layers;
}

Violations check_layers(File const& file, std::vector<std::string> const& layers) {
    Violations found;
    auto const own = folder_of(file.path, "server/");
    if (own.empty() || !is_cpp(file.path)) return found;  // main.cpp composes everything
    auto const own_layer = std::find(layers.begin(), layers.end(), own);
    if (own_layer == layers.end()) return {violation(file.path, 1, "the folder " + own + " is not in server/layers.txt")};
    for (auto const& include : includes(file.text)) {
        if (include.angled) continue;
        auto const folder = include.target.substr(0, include.target.find('/'));
        auto const layer = std::find(layers.begin(), layers.end(), folder);
        auto const shown = "includes \"" + include.target + "\": ";
        if (include.target.find("..") != std::string::npos || layer == layers.end())
            found.push_back(violation(file.path, include.line, shown + "includes name a folder of server/layers.txt and a file"));
        else if (layer > own_layer)
            found.push_back(
                violation(file.path, include.line,
                          shown + own + " is below " + folder + " in server/layers.txt, and includes only itself and what is lower"));
    }
    return found;
}

Violations check_libraries(File const& file) {
    Violations found;
    auto const own = folder_of(file.path, "server/");
    if (!file.path.starts_with("server/") || !is_cpp(file.path)) return found;
    for (auto const& include : includes(file.text))
        for (auto const& library : libraries)
            if (own != library.folder && std::regex_match(include.target, std::regex(library.pattern)))
                found.push_back(violation(file.path, include.line,
                                          "includes " + include.target + ": only server/" + library.folder + "/ uses " + library.name));
    return found;
}

Violations check_plugin_includes(File const& file) {
    Violations found;
    if (!file.path.starts_with("plugins/") || !is_cpp(file.path)) return found;
    for (auto const& include : includes(file.text))
        if (!plugin_may_include(include))
            found.push_back(
                violation(file.path, include.line,
                          "includes " + include.target +
                              ": a plugin sees <partnerd/...>, the standard library, Boost.JSON and headers of its own folder"));
    return found;
}

}  // namespace partnerd::tree
