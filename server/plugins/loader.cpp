#include "plugins/loader.hpp"

#include <algorithm>

#include "domain/text.hpp"
#include "logging/log.hpp"
#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"
#include "plugins/json_schema.hpp"
#include "plugins/plugin_metric.hpp"
#include "plugins/services.hpp"

namespace partnerd::plugins {
namespace {

// A plugin keeps its host handle for ever, and its library is never closed: instances are not freed either.
std::vector<std::unique_ptr<Instance>>& never_freed() {
    using Instances = std::vector<std::unique_ptr<Instance>>;
    static auto& all = *new std::vector<std::unique_ptr<Instances>>;  // NOLINT
    all.push_back(std::make_unique<Instances>());
    return *all.back();
}

}  // namespace

struct Loader::Entry {
    PluginOrder order;
    Descriptor descriptor;
    std::shared_ptr<JsonSchema const> program_schema;
    Instance* instance = nullptr;
};

Loader::Loader(HostServices& services) : services_(services), instances_(never_freed()) {}
Loader::~Loader() { stop(); }

Status Loader::load(std::vector<PluginOrder> const& orders) {
    for (auto const& order : orders)
        if (auto const status = open(order); !status) {
            entries_.clear();
            return status;
        }
    for (auto const step : {&Loader::check, &Loader::migrate, &Loader::create, &Loader::start, &Loader::publish})
        if (auto const status = for_all(step); !status) {
            stop();
            return status;
        }
    return {};
}

Status Loader::open(PluginOrder const& order) {
    auto descriptor = describe_file(order.path, order.id);
    if (!descriptor) {
        auto error = descriptor.error();
        if (!order.optional) return error;
        logging::warn("plugin left out", {{"error", error.message()}});
        left_out_.push_back({order.path, std::move(error)});
        return {};
    }
    auto entry = std::make_unique<Entry>();
    entry->order = order;
    entry->descriptor = std::move(*descriptor);
    entries_.push_back(std::move(entry));
    return {};
}

Status Loader::for_all(Status (Loader::*step)(Entry&)) {
    for (std::size_t i = 0; i < entries_.size();) {
        auto& entry = *entries_[i];
        Status status;
        try {
            status = (this->*step)(entry);
        } catch (storage::Failure const& failure) {
            status = Error(errc::plugin_failed, failure.what());
        } catch (Refused const& refused) {
            status = refused.error;
        }
        if (status) {
            ++i;
            continue;
        }
        if (auto const kept = drop(entry, named(entry.descriptor.id, entry.order.path, status.error())); !kept) return kept;
        entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return {};
}

// Ends a plugin that failed. An error again when the server may not start without it.
Status Loader::drop(Entry& entry, Error const& why) {
    destroy(entry);
    if (!entry.order.optional) return why;
    logging::warn("plugin left out", {{"error", why.message()}});
    left_out_.push_back({entry.order.path, why});
    return {};
}

Status Loader::check(Entry& entry) {
    auto const& d = entry.descriptor;
    if (!entry.order.id.empty() && entry.order.id != d.id)
        return Error(errc::not_a_plugin, "the configuration calls it " + entry.order.id + ", its own id is " + d.id);
    for (auto const& other : entries_) {
        if (other.get() == &entry) break;
        if (other->descriptor.id == d.id) return Error(errc::not_a_plugin, "the id " + d.id + " is that of " + other->order.path + " too");
    }
    if (auto const status = check_needs(d); !status) return status;
    static constexpr std::string_view takes_none = R"({"type":"object","maxProperties":0})";
    auto const schema = JsonSchema::compile(d.config_schema.empty() ? takes_none : d.config_schema);
    if (!schema) return Error(errc::plugin_failed, "its config_schema: " + schema.error().detail);
    auto program_schema = JsonSchema::compile(d.program_schema.empty() ? takes_none : d.program_schema);
    if (!program_schema) return Error(errc::plugin_failed, "its program_schema: " + program_schema.error().detail);
    entry.program_schema = std::move(*program_schema);
    if (auto const status = (*schema)->check_text(entry.order.config); !status)
        return Error(errc::invalid_config, "its configuration: " + status.error().detail, "plugin.config" + status.error().field);
    return {};
}

Status Loader::migrate(Entry& entry) {
    auto const& d = entry.descriptor;
    if (d.migrations.empty()) return {};
    auto const postgresql = services_.storage().dialect() == storage::Dialect::postgresql;
    for (auto const& step : d.migrations)
        if ((postgresql ? step.postgresql : step.sqlite).empty())
            return Error(errc::plugin_failed,
                         "migration " + std::to_string(step.version) + " has no statements for " + (postgresql ? "PostgreSQL" : "SQLite"));
    auto const applied = storage::migrate(services_.storage(), d.id, d.migrations);
    if (applied > 0) logging::info("plugin tables brought up to date", {{"plugin", d.id}, {"steps", applied}});
    return {};
}

Status Loader::create(Entry& entry) {
    instances_.push_back(std::make_unique<Instance>());
    auto& instance = *instances_.back();
    instance.id = entry.descriptor.id;
    instance.path = entry.order.path;
    instance.config = entry.order.config.empty() ? "{}" : entry.order.config;
    instance.optional = entry.order.optional;
    instance.root_routes = entry.order.root_routes;
    instance.plugin = entry.descriptor.functions;
    instance.services = &services_;
    instance.all = &instances_;
    instance.state = State::creating;
    auto error = fresh_error();
    Frame const frame(instance, Role::main);
    auto const status = instance.plugin.create(&host_api(), &instance.handle, &instance.self, &error);
    if (status < 0) {
        instance.state = State::failed;
        instance.registered = {};
        auto why = plugin_error(instance.id, status, error);
        return Error(errc::plugin_failed,
                     "create() failed: " +
                         std::string(is_utf8(get_text(error.message)) && error.message[0] != '\0' ? get_text(error.message) : why.detail));
    }
    instance.state = State::created;
    entry.instance = &instance;
    return {};
}

Status Loader::start(Entry& entry) {
    auto& instance = *entry.instance;
    if (instance.plugin.start != nullptr) {
        auto error = fresh_error();
        Frame const frame(instance, Role::main);
        auto const status = instance.plugin.start(instance.self, &error);
        if (status < 0) return Error(errc::plugin_failed, "start() failed: " + plugin_error(instance.id, status, error).detail);
    }
    instance.state = State::running;
    return {};
}

Status Loader::publish(Entry& entry) {
    auto const& registered = entry.instance->registered;
    for (auto const& fact : registered.facts)
        if (auto const status = services_.add_fact(fact.declaration, fact.provider); !status) return status;
    for (auto const& rule : registered.rules)
        if (auto const status = services_.add_rule(rule); !status) return status;
    for (auto const& attributor : registered.attributors)
        if (auto const status = services_.add_attributor(entry.instance->id, attributor.id, attributor.find); !status) return status;
    for (auto const& listener : registered.listeners) {
        auto const status = listener.subscriber ? services_.subscribe(listener.name, listener.types, listener.subscriber)
                                                : services_.deliver(listener.name, listener.types, listener.deliverer);
        if (!status) return status;
    }
    for (auto const& job : registered.jobs)
        if (auto const status = services_.add_job(job); !status) return status;
    for (auto const& route : registered.routes)
        if (auto const status = services_.add_route(route); !status) return status;
    return {};
}

void Loader::destroy(Entry& entry) {
    if (entry.instance == nullptr) return;
    auto& instance = *entry.instance;
    auto const was = instance.state.exchange(State::stopped);
    Frame const frame(instance, Role::main);
    if (was == State::running) {
        services_.forget(instance.id);
        if (instance.plugin.stop != nullptr) instance.plugin.stop(instance.self);
    }
    if (was == State::running || was == State::created) instance.plugin.destroy(instance.self);
    instance.state = State::failed;  // of which nothing is asked any more
    instance.registered = {};
    entry.instance = nullptr;
}

void Loader::stop() {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
        if ((*entry)->instance == nullptr || (*entry)->instance->state != State::running) continue;
        Frame const frame(*(*entry)->instance, Role::main);
        if ((*entry)->instance->plugin.stop != nullptr) (*entry)->instance->plugin.stop((*entry)->instance->self);
        (*entry)->instance->state = State::created;
        services_.forget((*entry)->instance->id);
    }
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) destroy(**entry);
    entries_.clear();
}

std::vector<LoadedPlugin> Loader::loaded() const {
    std::vector<LoadedPlugin> all;
    for (auto const& entry : entries_) {
        if (entry->instance == nullptr) continue;
        auto const& registered = entry->instance->registered;
        LoadedPlugin plugin{entry->descriptor, {}, {}, {}, {}, {}};
        for (auto const& route : registered.routes) plugin.routes.push_back(route.method + " " + route.path);
        for (auto const& rule : registered.rules) plugin.rules.push_back(std::string(rule->id()) + "@" + std::to_string(rule->version()));
        for (auto const& fact : registered.facts) plugin.facts.push_back(fact.declaration.name);
        for (auto const& attributor : registered.attributors) plugin.attributors.push_back(attributor.id);
        for (auto const& job : registered.jobs) plugin.jobs.push_back(job.id);
        all.push_back(std::move(plugin));
    }
    return all;
}

Loader::Entry const* Loader::find(std::string_view plugin) const noexcept {
    for (auto const& entry : entries_)
        if (entry->descriptor.id == plugin && entry->instance != nullptr) return entry.get();
    return nullptr;
}

Status Loader::validate_program(std::string_view plugin, storage::Tx& tx, Id program, std::string_view config_json) const {
    auto const* const entry = find(plugin);
    if (entry == nullptr) return Error(errc::unknown_plugin, "the plugin " + std::string(plugin) + " is not loaded");
    if (auto const status = entry->program_schema->check_text(config_json); !status) return status;
    auto& instance = *entry->instance;
    if (instance.plugin.validate_program == nullptr) return {};
    auto status = call_in_tx(instance, tx, [&](Frame& frame, partnerd_error* e) {
        return instance.plugin.validate_program(instance.self, frame.c_tx(), program, str(config_json), e);
    });
    if (!status && status.error().foreign_code.empty() && status.error().code == errc::plugin_failed)
        return Error(errc::invalid_field, status.error().detail);
    return status;
}

Status Loader::on_program(std::string_view plugin, storage::Tx& tx, Id program, bool enabled) const {
    auto const* const entry = find(plugin);
    if (entry == nullptr || entry->instance->plugin.on_program == nullptr) return {};
    auto& instance = *entry->instance;
    return call_in_tx(instance, tx, [&](Frame& frame, partnerd_error* e) {
        return instance.plugin.on_program(instance.self, frame.c_tx(), program, enabled ? 1 : 0, e);
    });
}

Result<std::vector<std::pair<std::string, std::string>>> Loader::export_person(storage::Tx& tx, Id partner,
                                                                               std::string_view identity) const {
    std::vector<std::pair<std::string, std::string>> all;
    for (auto const& entry : entries_) {
        auto& instance = *entry->instance;
        if (instance.plugin.export_person == nullptr) continue;
        std::string json(4096, '\0');
        partnerd_buf out{json.data(), json.size(), 0};
        auto const ask = [&] {
            out = {json.data(), json.size(), 0};
            return call_in_tx(instance, tx, [&](Frame& frame, partnerd_error* e) {
                return instance.plugin.export_person(instance.self, frame.c_tx(), partner, str(identity), &out, e);
            });
        };
        auto status = ask();
        if (status && out.len > json.size()) {
            json.resize(out.len);
            status = ask();
        }
        if (!status) return named(instance.id, instance.path, status.error());
        json.resize(std::min(out.len, json.size()));
        all.emplace_back(instance.id, std::move(json));
    }
    return all;
}

Status Loader::erase_person(storage::Tx& tx, Id partner, std::string_view identity) const {
    for (auto const& entry : entries_) {
        auto& instance = *entry->instance;
        if (instance.plugin.erase_person == nullptr) continue;
        auto const status = call_in_tx(instance, tx, [&](Frame& frame, partnerd_error* e) {
            return instance.plugin.erase_person(instance.self, frame.c_tx(), partner, str(identity), e);
        });
        if (!status) return named(instance.id, instance.path, status.error());
    }
    return {};
}

namespace {

partnerd_verify_api const* verify_table(Instance const& instance) {
    if (instance.plugin.get_extension == nullptr) return nullptr;
    auto const* const table = static_cast<partnerd_verify_api const*>(instance.plugin.get_extension(instance.self, PARTNERD_EXT_VERIFY));
    return PARTNERD_HAS_FN(table, partnerd_verify_api, verify) && table->title != nullptr ? table : nullptr;
}

void add_wrong(partnerd_verify_sink* sink, partnerd_str sentence) noexcept {
    try {
        reinterpret_cast<std::vector<std::string>*>(sink)->emplace_back(sentence.ptr, sentence.len);
    } catch (std::bad_alloc const&) {
        // The first sentences are enough.
    }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> Loader::invariants() const {
    std::vector<std::pair<std::string, std::string>> all;
    for (auto const& entry : entries_)
        if (auto const* const table = verify_table(*entry->instance)) all.emplace_back(entry->instance->id, table->title);
    return all;
}

Result<Loader::Finding> Loader::verify(std::string_view plugin, storage::Tx& tx, Id program, Id after) const {
    auto const* const entry = find(plugin);
    auto const* const table = entry == nullptr ? nullptr : verify_table(*entry->instance);
    if (table == nullptr) return errc::unknown_plugin;
    auto& instance = *entry->instance;
    Finding finding;
    auto const status = call_in_tx(instance, tx, [&](Frame& frame, partnerd_error* e) {
        return table->verify(instance.self, frame.c_tx(), program, after, &finding.next, &finding.checked, reinterpret_cast<partnerd_verify_sink*>(&finding.wrong), &add_wrong, e);
    });
    if (!status) return status.error();
    return finding;
}

void Loader::forget_cached() const {
    for (auto const& entry : entries_) {
        if (entry->instance == nullptr) continue;
        for (auto const& cache : entry->instance->caches) cache->clear();
    }
}

void Loader::forget_cached(std::string_view plugin, std::string_view cache, std::optional<std::string_view> key) const {
    auto const* const entry = find(plugin);
    if (entry == nullptr || entry->instance == nullptr) return;
    for (auto const& table : entry->instance->caches) {
        if (table->name() != cache) continue;
        if (key) table->forget(*key);
        else table->clear();
    }
}

std::string Loader::trouble() const {
    std::string all;
    for (auto const& entry : entries_) {
        auto& instance = *entry->instance;
        if (instance.plugin.health == nullptr || instance.state != State::running) continue;
        char text[256] = "";
        partnerd_buf out{text, sizeof text, 0};
        auto error = fresh_error();
        auto const status = instance.plugin.health(instance.self, &out, &error);
        if (status >= 0) continue;
        all += (all.empty() ? "" : "; ") + instance.id + ": " +
               std::string(error.message[0] != '\0' ? get_text(error.message) : status_name(status));
    }
    return all;
}

}  // namespace partnerd::plugins
