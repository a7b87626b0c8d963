// Loads the plugins of the configuration, keeps them, ends them. [main]
//
//   query and check all -> configuration -> migrations -> create all -> start all -> hand their registrations to the host
//
// A plugin that fails is named with its path and the reason. If it is optional it is left out, with a warning; else load() gives the error,
// everything that was created is destroyed, and nothing was registered anywhere.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/descriptor.hpp"
#include "plugins/host_services.hpp"

namespace partnerd::plugins {

struct Instance;

struct PluginOrder {
    std::string id;  // what its descriptor must say; empty: whatever it says
    std::string path;
    bool optional = false;
    bool root_routes = false;   // may register routes outside its own folder
    std::string config = "{}";  // a JSON object
};

// A plugin that runs, for people.
struct LoadedPlugin {
    Descriptor descriptor;
    std::vector<std::string> routes;  // "POST /v1/programs/{program}/coupons/redeem"
    std::vector<std::string> rules;   // "coupons.basket_bonus@1"
    std::vector<std::string> facts, attributors, jobs;
};
struct LeftOut {
    std::string path;
    Error error;
};

class Loader {
  public:
    explicit Loader(HostServices& services);
    ~Loader();  // stop()
    Loader(Loader const&) = delete;
    Loader& operator=(Loader const&) = delete;

    // Once. not_a_plugin, wrong_abi, missing_service, invalid_config, plugin_failed. [main]
    Status load(std::vector<PluginOrder> const& orders);
    // Stops and destroys, in reverse order of loading. No call into a plugin is under way or will come. [main]
    void stop();

    std::vector<LoadedPlugin> loaded() const;
    std::vector<LeftOut> const& left_out() const noexcept { return left_out_; }

    // --- calls into plugins, for the host. A plugin that is not loaded or lacks the function: nothing to say.
    // The configuration of a program, against the schema and by the plugin itself: invalid_field with pointer, unknown_plugin. [read]
    // [write]
    Status validate_program(std::string_view plugin, storage::Tx& tx, Id program, std::string_view config_json) const;
    // A program enabled or disabled a plugin, or changed its configuration. [write]
    Status on_program(std::string_view plugin, storage::Tx& tx, Id program, bool enabled) const;
    // What each plugin holds about a person: JSON objects by plugin id. [read]
    Result<std::vector<std::pair<std::string, std::string>>> export_person(storage::Tx& tx, Id partner, std::string_view identity) const;
    Status erase_person(storage::Tx& tx, Id partner, std::string_view identity) const;  // [write]
    // The invariants of the plugins that have some (partnerd/verify.h): id of the plugin and what it claims.
    std::vector<std::pair<std::string, std::string>> invariants() const;
    struct Finding {
        Id next = 0;  // 0: done
        std::int64_t checked = 0;
        std::vector<std::string> wrong;
    };
    Result<Finding> verify(std::string_view plugin, storage::Tx& tx, Id program, Id after) const;  // [read] one step
    // Something of the core that io routes may have cached changed: every plugin's caches are loaded anew. [any]
    void forget_cached() const;
    // Another server changed a key of a plugin's cache; no key: any of them. [any]
    void forget_cached(std::string_view plugin, std::string_view cache, std::optional<std::string_view> key) const;
    // "coupons: the mail server is away"; empty: all are well. [any]
    std::string trouble() const;

  private:
    struct Entry;
    Status open(PluginOrder const& order);
    Status check(Entry& entry);
    Status migrate(Entry& entry);
    Status create(Entry& entry);
    Status start(Entry& entry);
    Status publish(Entry& entry);
    // Runs a step for every plugin that is still in; leaves out those that fail and are optional.
    Status for_all(Status (Loader::*step)(Entry&));
    Status drop(Entry& entry, Error const& why);
    void destroy(Entry& entry);
    Entry const* find(std::string_view plugin) const noexcept;

    HostServices& services_;
    std::vector<std::unique_ptr<Entry>> entries_;
    std::vector<std::unique_ptr<Instance>>& instances_;  // of this loader; never freed
    std::vector<LeftOut> left_out_;
};

}  // namespace partnerd::plugins
