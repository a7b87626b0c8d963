// `partnerd plugin list | info`: what plugin files say of themselves. Nothing of a plugin runs but its entry, which is pure.
#pragma once

#include <string>
#include <vector>

#include "plugins/descriptor.hpp"

namespace partnerd::plugins {

struct Inspected {
    std::string path;
    Result<Descriptor> descriptor = Error(errc::not_a_plugin);  // or why it is none
    std::vector<std::string> paths;                             // "POST /redeem", from its OpenAPI part
    // needs are met; what it would fail with otherwise
    Status loadable = {};
};

// Every *.so of the folder, by name. not_found: there is no such folder. [main]
Result<std::vector<Inspected>> inspect_folder(std::string const& folder);
Inspected inspect_file(std::string const& path);

std::string list_text(std::vector<Inspected> const& all);  // a table for people
std::string list_json(std::vector<Inspected> const& all);  // {"plugins": [...]}
std::string info_text(Inspected const& plugin);
std::string info_json(Inspected const& plugin);

}  // namespace partnerd::plugins
