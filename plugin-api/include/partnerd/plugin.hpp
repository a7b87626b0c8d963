// partnerd/plugin.hpp - a plugin in C++20, header-only. Nothing of C++ crosses the ABI: exceptions stop at the barrier (cpp/error.hpp),
// and only
// views, plain structs and function pointers pass. Build with hidden visibility; export nothing but what PARTNERD_PLUGIN makes.
//
//   class Hello {
//     public:
//       explicit Hello(partnerd::Host& host) : log_(host.log()) {
//           host.http().read("GET", "/hello", {.scopes = "public"}, this, &Hello::hello);
//       }
//       void hello(partnerd::Tx&, partnerd::Request& request, partnerd::Response& response) { ... }
//   };
//   constexpr partnerd::Need needs[] = {partnerd::need<partnerd_http_api>(), partnerd::need<partnerd_log_api>()};
//   PARTNERD_PLUGIN(Hello, {.id = "hello", .name = "Hello", .version = "1.0.0", .license = "Apache-2.0", .needs = needs})
#pragma once

#include <partnerd/partnerd.h>
#include <partnerd/cpp/cache.hpp>
#include <partnerd/cpp/core.hpp>
#include <partnerd/cpp/events.hpp>
#include <partnerd/cpp/http.hpp>
#include <partnerd/cpp/ledger.hpp>
#include <partnerd/cpp/rules.hpp>
#include <partnerd/cpp/storage.hpp>
#include <partnerd/cpp/tracking.hpp>

#include <span>

namespace partnerd::inline v1 {

// The services of the host, for the life of the instance. The service objects are cheap and may be kept by value.
class Host {
  public:
    Host(partnerd_host_api const& api, partnerd_host* host) : api_(&api), services_(api, host) {}
    Host(Host const&) = delete;
    Host& operator=(Host const&) = delete;

    Log log() { return Log(services_); }
    Config config() { return Config(services_); }
    Storage storage() { return Storage(services_); }
    Caches cache() { return Caches(services_); }
    Core core() { return Core(services_); }
    Http http() { return Http(services_); }
    Tracking tracking() { return Tracking(services_); }
    Rules rules() { return Rules(services_); }
    Ledger ledger() { return Ledger(services_); }
    Events events() { return Events(services_); }
    Jobs jobs() { return Jobs(services_); }
    Metrics metrics() { return Metrics(services_); }

    std::string_view version() const { return api_->version; }  // of the host, for logs
    // Does the host offer the service at its 1.0 size? For services that are optional needs.
    template <class Api>
    bool has() const {
        return detail::Table<Api>(*api_, services_.host).there();
    }
    // A table that this wrapper does not know.
    void const* service(char const* id) const { return api_->get_service(services_.host, id); }
    Services& services() noexcept { return services_; }

  private:
    partnerd_host_api const* api_;
    Services services_;
};

using Need = partnerd_need;
using Migration = partnerd_migration;

// A service that the plugin calls through this wrapper.
template <class Api>
constexpr Need need(bool optional = false) {
    return {sizeof(Need), Service<Api>::min_size, Service<Api>::id, optional ? 1u : 0u, 0};
}
// A step of the schema; both lists are constants that end with nullptr.
constexpr Migration migration(std::uint32_t version, char const* name, char const* const* sqlite, char const* const* postgresql) {
    return {sizeof(Migration), version, name, sqlite, postgresql};
}

// What PARTNERD_PLUGIN makes the C descriptor from. Constants all.
struct Description {
    char const* id = nullptr;
    char const* name = nullptr;
    char const* version = nullptr;
    char const* vendor = nullptr;
    char const* license = nullptr;
    char const* homepage = nullptr;
    char const* config_schema = nullptr;
    char const* program_schema = nullptr;
    char const* openapi = nullptr;
    std::span<Need const> needs = {};
    std::span<Migration const> migrations = {};
};

// Where verify() tells what it found.
class Findings {
  public:
    Findings(std::int64_t* count, partnerd_verify_sink* sink, void (*tell)(partnerd_verify_sink*, partnerd_str) noexcept) : checked_(count), sink_(sink), wrong_(tell) {}
    void checked(std::int64_t things = 1) { *checked_ += things; }
    void wrong(std::string_view sentence) { wrong_(sink_, str(sentence)); }

  private:
    std::int64_t* checked_;
    partnerd_verify_sink* sink_;
    void (*wrong_)(partnerd_verify_sink*, partnerd_str) noexcept;
};

namespace detail {

template <class T>
struct Instance {
    Instance(partnerd_host_api const& api, partnerd_host* raw) : host(api, raw), plugin(host) {}
    Host host;  // first: what was registered outlives the plugin that registered it
    T plugin;

    static Instance& of(void* self) { return *static_cast<Instance*>(self); }

    static partnerd_status create(partnerd_host_api const* api, partnerd_host* raw, void** self, partnerd_error* e) noexcept {
        return guarded(e, [&] { *self = std::make_unique<Instance>(*api, raw).release(); });
    }
    static partnerd_status start(void* self, partnerd_error* e) noexcept {
        return guarded(e, [&] {
            if constexpr (requires(T t) { t.start(); }) of(self).plugin.start();
        });
    }
    static void stop(void* self) noexcept {
        guarded(nullptr, [&] {
            if constexpr (requires(T t) { t.stop(); }) of(self).plugin.stop();
        });
    }
    static void destroy(void* self) noexcept { std::unique_ptr<Instance>(&of(self)).reset(); }

    static partnerd_status validate_program(void* self, partnerd_tx* raw, partnerd_id program, partnerd_str config,
                                            partnerd_error* e) noexcept {
        return guarded(e, [&] {
            Tx tx(of(self).host.services(), raw);
            of(self).plugin.validate_program(tx, program, sv(config));
        });
    }
    static partnerd_status on_program(void* self, partnerd_tx* raw, partnerd_id program, std::int32_t enabled, partnerd_error* e) noexcept {
        return guarded(e, [&] {
            Tx tx(of(self).host.services(), raw);
            of(self).plugin.on_program(tx, program, enabled != 0);
        });
    }
    static partnerd_status export_person(void* self, partnerd_tx* raw, partnerd_id partner, partnerd_str identity, partnerd_buf* json,
                                         partnerd_error* e) noexcept {
        return guarded(e, [&] {
            Tx tx(of(self).host.services(), raw);
            copy_to(json, of(self).plugin.export_person(tx, partner, sv(identity)));
        });
    }
    static partnerd_status erase_person(void* self, partnerd_tx* raw, partnerd_id partner, partnerd_str identity,
                                        partnerd_error* e) noexcept {
        return guarded(e, [&] {
            Tx tx(of(self).host.services(), raw);
            of(self).plugin.erase_person(tx, partner, sv(identity));
        });
    }
    static partnerd_status verify(void* self, partnerd_tx* raw, partnerd_id program, partnerd_id after, partnerd_id* next, std::int64_t* checked, partnerd_verify_sink* sink,
                                  void (*wrong)(partnerd_verify_sink*, partnerd_str) noexcept, partnerd_error* e) noexcept {
        return guarded(e, [&] {
            Tx tx(of(self).host.services(), raw);
            Findings findings(checked, sink, wrong);
            *next = of(self).plugin.verify(tx, program, after, findings);
        });
    }
    static void const* get_extension(void*, char const* id) noexcept {
        if constexpr (requires(T t, Tx& tx, Findings& findings) { t.verify(tx, Id(), Id(), findings); }) {
            static constexpr partnerd_verify_api verify_table = {sizeof(partnerd_verify_api), 0, T::verify_title, &Instance::verify};
            if (std::string_view(id) == PARTNERD_EXT_VERIFY) return &verify_table;
        }
        return nullptr;
    }
    static partnerd_status health(void* self, partnerd_buf* text, partnerd_error* e) noexcept {
        return guarded(e, [&] { copy_to(text, of(self).plugin.health()); });
    }
};

}  // namespace detail

// The C descriptor of plugin class T. T is made from Host& in create() and may have: start(), stop(), validate_program(Tx&, Id,
// string_view json),
// static constexpr char const* verify_title and Id verify(Tx&, Id program, Id after, Findings&) (see partnerd/verify.h),
// on_program(Tx&, Id, bool enabled), std::string export_person(Tx&, Id, string_view), erase_person(Tx&, Id, string_view), std::string
// health().
template <class T>
constexpr partnerd_plugin describe(Description const& d) {
    using Instance = detail::Instance<T>;
    partnerd_plugin p{};
    p.struct_size = sizeof p;
    p.abi_major = PARTNERD_ABI_MAJOR;
    p.abi_minor = PARTNERD_ABI_MINOR;
    p.id = d.id;
    p.name = d.name;
    p.version = d.version;
    p.vendor = d.vendor;
    p.license = d.license;
    p.homepage = d.homepage;
    p.config_schema = d.config_schema;
    p.program_schema = d.program_schema;
    p.openapi = d.openapi;
    p.needs = d.needs.data();
    p.n_needs = d.needs.size();
    p.need_stride = sizeof(Need);
    p.migrations = d.migrations.data();
    p.n_migrations = d.migrations.size();
    p.migration_stride = sizeof(Migration);
    p.create = &Instance::create;
    p.start = &Instance::start;
    p.stop = &Instance::stop;
    p.destroy = &Instance::destroy;
    if constexpr (requires(T t, Tx & tx) { t.validate_program(tx, Id(), std::string_view()); })
        p.validate_program = &Instance::validate_program;
    if constexpr (requires(T t, Tx & tx) { t.on_program(tx, Id(), true); }) p.on_program = &Instance::on_program;
    if constexpr (requires(T t, Tx & tx) { t.export_person(tx, Id(), std::string_view()); }) p.export_person = &Instance::export_person;
    if constexpr (requires(T t, Tx & tx) { t.erase_person(tx, Id(), std::string_view()); }) p.erase_person = &Instance::erase_person;
    if constexpr (requires(T t) { t.health(); }) p.health = &Instance::health;
    p.get_extension = &Instance::get_extension;
    return p;
}

}  // namespace partnerd::inline v1

// Exports the plugin of class Type with the given Description, once, at file scope outside of namespaces.
#define PARTNERD_PLUGIN(Type, ...)                                                                                 \
    extern "C" PARTNERD_EXPORT const partnerd_plugin* partnerd_plugin_v1(const partnerd_host_api*) noexcept {      \
        static constexpr partnerd_plugin plugin = ::partnerd::describe<Type>(::partnerd::Description __VA_ARGS__); \
        return &plugin;                                                                                            \
    }
