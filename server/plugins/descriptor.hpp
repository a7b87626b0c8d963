// A plugin's descriptor, read and checked: what can be known before any of its code but the entry has run.
#pragma once

#include <partnerd/plugin.h>

#include <string>
#include <vector>

#include "domain/result.hpp"
#include "storage/storage.hpp"

namespace partnerd::plugins {

struct Need {
    std::string service;
    std::uint32_t min_size = 0;
    bool optional = false;
    std::uint32_t host_size = 0;  // 0: the host has none
    bool met() const noexcept { return optional || host_size >= min_size; }
};

struct Descriptor {
    std::string path;
    std::string id, name, version, vendor, license, homepage, config_schema, program_schema, openapi;
    std::uint32_t abi_major = 0, abi_minor = 0;
    std::vector<Need> needs;
    std::vector<storage::Migration> migrations;
    partnerd_plugin functions{};  // zero beyond what the plugin's own had
};

// not_a_plugin: too short, a bad id, no create or destroy, arrays without stride, migrations that do not ascend. wrong_abi: another major.
Result<Descriptor> read_descriptor(std::string const& path, partnerd_plugin const* plugin);
// missing_service: "needs partnerd.mail/1 >= 24 bytes, host has 16".
Status check_needs(Descriptor const& descriptor);
// Opens the library and reads it. Errors name the plugin and its file: "plugin x (path): ..."; without an id, x is the file's name. [main]
Result<Descriptor> describe_file(std::string const& path, std::string const& id = {});
// "plugin coupons (/usr/lib/.../coupons.so): why"
Error named(std::string_view id, std::string const& path, Error error);

}  // namespace partnerd::plugins
