// The rules of the source tree, as pure functions from a file's path and text to what breaks them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace partnerd::tree {

struct File {
    std::string path;  // from the root, with '/': "server/http/guard.cpp"
    std::string text;
};

// One line each: "server/http/guard.cpp:12: what is wrong (the rule)".
using Violations = std::vector<std::string>;

std::vector<std::string> read_layers(std::string_view layers_txt);  // lowest first

Violations check_layers(File const& file, std::vector<std::string> const& layers);  // a folder of server/ includes itself and lower ones
Violations check_libraries(File const& file);        // each library has one folder of server/ that may include it
Violations check_plugin_includes(File const& file);  // plugins/: the plugin API, the standard library, Boost.JSON, its own headers
Violations check_coroutines(File const& file);
Violations check_name(File const& file);
Violations check_words(File const& file);   // what unfinished work leaves behind
Violations check_length(File const& file);  // functions of 70 lines, files of 400
Violations check_paths(File const& file);   // paths of somebody's machine

}  // namespace partnerd::tree
