// A loaded plugin: its descriptor, its configuration, and what it has registered. Never freed, like its library.
#pragma once

#include <partnerd/partnerd.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "plugins/cache_table.hpp"
#include "plugins/frame.hpp"
#include "plugins/host_services.hpp"

// What a plugin has of the host.
struct partnerd_host {
    std::uint64_t mark;
    partnerd::plugins::Instance* instance;
};

namespace partnerd::plugins {

inline constexpr std::uint64_t host_mark = 0x70617274'6e657264;  // "partnerd"

enum class State : int { loaded, creating, created, running, stopped, failed };

// One metric that a plugin defined: a figure for each set of label values that was seen.
class PluginMetric;

// What create() registered; handed to the host once the plugin has started.
struct Registrations {
    struct Fact {
        rules::FactDeclaration declaration;
        FactProvider provider;
    };
    struct NamedAttributor {
        std::string id;
        Attributor find;
    };
    struct Listener {
        std::string name, types;
        events::Outbox::Subscriber subscriber;
        events::Outbox::Deliverer deliverer;
    };
    std::vector<routing::Route> routes;
    std::vector<std::shared_ptr<rules::Rule const>> rules;
    std::vector<Fact> facts;
    std::vector<NamedAttributor> attributors;
    std::vector<Listener> listeners;
    std::vector<jobs::Job> jobs;
};

struct Instance {
    Instance();
    ~Instance();

    partnerd_host handle;
    std::string id, path, config = "{}";
    bool optional = false, root_routes = false;
    partnerd_plugin plugin{};  // zero beyond what the plugin's own had
    void* self = nullptr;
    HostServices* services = nullptr;
    std::vector<std::unique_ptr<Instance>> const* all = nullptr;  // of this server: for collisions
    std::atomic<State> state{State::loaded};
    Registrations registered;
    std::vector<std::unique_ptr<CacheTable>> caches;     // constant once created
    std::vector<std::unique_ptr<PluginMetric>> metrics;  // constant once created
};

// The instance of a handle, or null.
inline Instance* instance_of(partnerd_host const* host) noexcept {
    return host != nullptr && host->mark == host_mark ? host->instance : nullptr;
}

// Runs `body(instance)` for a registration: only inside create().
template <class Body>
partnerd_status in_create(partnerd_host const* host, partnerd_error* e, Body&& body) noexcept {
    Instance* const instance = instance_of(host);
    if (instance == nullptr) return fail(e, PARTNERD_E_INVALID, "not a host handle");
    if (Frame::role_now() != Role::main) return fail(e, PARTNERD_E_THREAD, "registrations are made on [main], in create()");
    if (instance->state != State::creating) return fail(e, PARTNERD_E_STATE, "registrations are made in create() only");
    return barrier(e, [&] { return body(*instance); });
}

// Calls into the plugin with a transaction: the handler's role, its error, and the storage's failures, which are thrown again.
// `call(Frame&, partnerd_error*)` returns the plugin's status.
template <class Call>
Status call_in_tx(Instance& instance, storage::Tx& tx, Call&& call, routing::Request* request = nullptr,
                  routing::Response* response = nullptr, Frame* caller = nullptr) {
    auto const writes = tx.mode() == storage::Mode::write;
    if (writes) storage::set_unit_label(instance.id);
    Frame frame(instance, writes ? Role::write : Role::read, &tx, request, response, caller);
    auto error = fresh_error();
    auto const status = call(frame, &error);
    if (frame.failure != nullptr && (status >= 0 || tx.doomed())) std::rethrow_exception(frame.failure);
    if (status >= 0) return {};
    return plugin_error(instance.id, status, error);
}

}  // namespace partnerd::plugins
