#include "host/application.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "api/api.hpp"
#include "auth/key_ring.hpp"
#include "config/load.hpp"
#include "host/click_desk.hpp"
#include "host/click_keeper.hpp"
#include "host/core_jobs.hpp"
#include "host/figures.hpp"
#include "host/health_routes.hpp"
#include "host/kernel_services.hpp"
#include "host/node_seat.hpp"
#include "host/peer_news.hpp"
#include "host/program_lookup.hpp"
#include "host/plugin_texts.hpp"
#include "host/schema.hpp"
#include "host/terms_check.hpp"
#include "host/version.hpp"
#include "logging/log.hpp"
#include "plugins/loader.hpp"
#include "programs/directory.hpp"
#include "routing/openapi.hpp"
#include "storage/copy_mark.hpp"
#include "storage/url.hpp"
#include "tracking/click_weeks.hpp"

namespace partnerd::host {

namespace {

storage::StorageSettings storage_settings(config::Config const& config, Use use) {
    storage::StorageSettings settings;
    settings.url = config.storage.url;
    settings.read_only = use == Use::read;
    settings.readers = static_cast<int>(config.storage.readers);
    settings.writers = static_cast<int>(config.storage.writers);
    settings.batch_max = static_cast<std::size_t>(config.storage.batch_units);
    settings.batch_ms = static_cast<int>(config.storage.batch_ms);
    return settings;
}

std::vector<plugins::PluginOrder> plugin_orders(config::Config const& config) {
    std::vector<plugins::PluginOrder> orders;
    for (auto const& plugin : config.plugin) orders.push_back({plugin.id, plugin.file, plugin.optional, plugin.root_routes, plugin.config});
    return orders;
}

// A snapshot for each step, so that none is long.
void verify_plugin(plugins::Loader const& loader, std::string const& plugin, storage::Storage& storage, reports::Check& check) {
    std::vector<Id> ids;
    storage.read([&](storage::Tx& tx) { ids = programs::program_ids(tx); });
    for (auto const program : ids)
        for (Id after = 0;;) {
            Result<plugins::Loader::Finding> finding = errc::internal;
            storage.read([&](storage::Tx& tx) { finding = loader.verify(plugin, tx, program, after); });
            check.checked += finding.value().checked;
            for (auto const& sentence : finding->wrong) check.fail(sentence);
            if (finding->next == 0) break;
            after = finding->next;
        }
}

// What a plugin keeps is proved by the plugin alone.
void check_loaded(std::vector<plugins::LoadedPlugin> const& loaded, storage::Storage& storage, reports::Check& check) {
    std::vector<std::string> wrong;
    std::int64_t enabled = 0;
    storage.read([&](storage::Tx& tx) {
        wrong.clear();
        enabled = 0;
        for (auto const program : programs::program_ids(tx))
            for (auto const& [plugin, setting] : programs::plugins_of(tx, program)) {
                if (!setting.enabled) continue;
                ++enabled;
                if (std::any_of(loaded.begin(), loaded.end(), [&id = plugin](plugins::LoadedPlugin const& known) { return known.descriptor.id == id; })) continue;
                wrong.push_back("the program " + programs::find_program(tx, program)->handle + " uses the plugin " + plugin +
                                ", which is not loaded: what it keeps cannot be proved; name it under [[plugin]] in the configuration");
            }
    });
    check.checked += enabled;
    for (auto& sentence : wrong) check.fail(std::move(sentence));
}

void add_all(std::vector<routing::Route>& to, std::vector<routing::Route> from) {
    for (auto& route : from) to.push_back(std::move(route));
}

}  // namespace

// In the order of construction; what is used by others comes first and goes last.
struct Application::Impl {
    Impl(config::Config const& config, Use use);
    ~Impl();
    void migrate_and_load_state(config::Config const& config, Use use);
    void load_plugins(config::Config const& config);
    void listen_to_changes();
    void build_dispatcher(config::Config const& config, bool access_log);
    void take_node(config::Config const& config, Use use);
    void listen_to_peers();
    std::string trouble() const;

    SystemClock clock;
    metrics::Registry metrics;
    tracking::ClickTargets targets;
    tracking::ClickQueue click_queue;
    std::unique_ptr<storage::Peers> peers;  // null: no other server shares the storage
    std::unique_ptr<storage::Storage> storage;
    programs::Secrets secrets;
    int node = 0;
    std::unique_ptr<IdMint> mint;
    std::unique_ptr<NodeSeat> seat;  // null like peers
    rules::RuleRegistry rules;
    programs::ChangeFeed changes;
    std::unique_ptr<events::Outbox> outbox;
    std::unique_ptr<programs::Kernel> kernel;
    std::unique_ptr<programs::ProgramViews> views;
    std::unique_ptr<tracking::Tracker> tracker;
    jobs::Scheduler scheduler{clock};
    auth::KeyRing keys;
    programs::Directory directory;
    ProgramLookup lookup{directory};
    std::unique_ptr<ClickDesk> clicks;
    std::unique_ptr<ClickKeeper> keeper;
    std::unique_ptr<KernelServices> services;
    std::unique_ptr<api::Api> api;
    std::unique_ptr<plugins::Loader> loader;
    std::unique_ptr<PeerNews> news;
    std::unique_ptr<routing::Dispatcher> dispatcher;
    std::string openapi_text;
    std::atomic<bool> draining{false};
};

Application::Impl::Impl(config::Config const& config, Use use)
    : peers(storage::join_peers(storage_settings(config, use))), storage(storage::open_storage(storage_settings(config, use))) {
    migrate_and_load_state(config, use);
    kernel = std::make_unique<programs::Kernel>(programs::Kernel{clock, *mint, secrets, rules, *outbox, changes});
    views = std::make_unique<programs::ProgramViews>(*kernel);
    tracker = std::make_unique<tracking::Tracker>(*kernel, *views);
    clicks = std::make_unique<ClickDesk>(*kernel, targets, click_queue, *storage);
    keeper = std::make_unique<ClickKeeper>(*kernel, *storage, config.clicks.keep_days);
    rules::add_builtin_rules(rules);
    services = std::make_unique<KernelServices>(KernelParts{*storage, *kernel, *views, rules, *tracker, targets, *clicks, *outbox, scheduler, metrics});
    loader = std::make_unique<plugins::Loader>(*services);
    api = std::make_unique<api::Api>(api::Api{*kernel, *views, *tracker, keys, *storage, config::public_url(config),
                                              [this](storage::Tx& tx, Id program, std::string_view plugin, std::string_view json) { return loader->validate_program(plugin, tx, program, json); },
                                              [this] { return plugins_json_of(loader->loaded()); }});
    load_plugins(config);
    if (use == Use::read) return;
    if (auto const fit = check_all_terms(*storage, *kernel); !fit) throw std::runtime_error(fit.error().message());
    build_dispatcher(config, use == Use::serve);
    listen_to_peers();
}

Application::Impl::~Impl() {
    if (peers) peers->stop();
    dispatcher.reset();  // waits for what is under way
    scheduler.stop();
    if (outbox) outbox->stop();
    loader.reset();
    click_queue.hurry();
    seat.reset();
    storage.reset();  // commits what waits
}

void Application::Impl::migrate_and_load_state(config::Config const& config, Use use) {
    storage::refuse_unfinished_copy(*storage, storage::parse_url(config.storage.url).shown);
    storage::migrate(*storage, "core", core_migrations());
    if (use != Use::read) {
        tracking::count_rest(*storage);
        tracking::cover_weeks_ahead(*storage, clock.now_us());
        storage->add_stream(click_queue);
        secrets = programs::load_secrets(*storage);
        take_node(config, use);
        keys.load(*storage);
        directory.load(*storage);
    } else {
        mint = std::make_unique<IdMint>(clock, 0);  // mints nothing that is stored
    }
    outbox = std::make_unique<events::Outbox>(clock, *mint);
}

void Application::Impl::take_node(config::Config const& config, Use use) {
    std::optional<int> const wanted = config.node.id < 0 ? std::nullopt : std::optional(static_cast<int>(config.node.id));
    if (!peers) {
        node = wanted.value_or(0);
        mint = std::make_unique<IdMint>(clock, node, programs::stored_high_water_ms(*storage, node));
        programs::reserve_ids(*storage, clock, node);
        return;
    }
    seat = std::make_unique<NodeSeat>(*storage, *peers, clock, wanted, use == Use::command);
    node = seat->node();
    mint = std::make_unique<IdMint>(clock, node, seat->first_ms());
    seat->keep(*mint);
}

void Application::Impl::load_plugins(config::Config const& config) {
    add_all(services->routes(), api::core_routes(*api));
    add_all(services->routes(), health_routes({[this] { return trouble(); }, [this] { return Result<std::string>(openapi_text); }, std::string(version)}));
    auto const loaded = loader->load(plugin_orders(config));
    if (!loaded) throw std::runtime_error(loaded.error().message());
}

void Application::Impl::listen_to_changes() {
    changes.listen([this](storage::Tx& tx, Id program) {
        if (program != 0) directory.changed(tx, program);
        storage::tell_peers(tx, "program " + std::to_string(program));
        tx.after_commit([this] {
            targets.clear();
            loader->forget_cached();
        });
    });
}

void Application::Impl::listen_to_peers() {
    if (!peers) return;
    news = std::make_unique<PeerNews>(PeerNews::Parts{*storage, keys, directory, targets, *loader});
    peers->start({[this](std::string_view text) { news->hear(text); }, [this] { news->forget_all(); }});
}

void Application::Impl::build_dispatcher(config::Config const& config, bool access_log) {
    listen_to_changes();
    routing::Router router;
    for (auto& route : services->routes()) {
        route.max_body = std::min(route.max_body, static_cast<std::size_t>(config.server.limits.body_bytes));
        if (auto added = router.add(std::move(route)); !added) throw std::runtime_error(added.error().message());
    }
    services->routes().clear();
    auto document = routing::openapi_document(router, version, openapi_fragments_of(*loader));
    if (!document) throw std::runtime_error(document.error().message());
    openapi_text = std::move(*document);
    routing::DispatcherSettings settings;
    settings.workers = static_cast<int>(config.storage.readers);
    settings.access_log = access_log;
    auto const per_minute = static_cast<double>(config.server.limits.rate_per_minute);
    settings.per_address = {per_minute / 60.0, config.server.limits.rate_per_minute};
    settings.per_key = {10 * per_minute / 60.0, 10 * config.server.limits.rate_per_minute};
    if (seat) settings.neighbours = {seat->name(), [this](storage::Tx& tx, std::string_view name) { return NodeSeat::is_alive(tx, clock, name); }};
    dispatcher = std::make_unique<routing::Dispatcher>(std::move(router), *storage, keys, lookup, clock, settings);
    add_core_jobs(scheduler, *kernel, *storage, keys, {node, !seat});
    keeper->add_job(scheduler);
    keeper->add_figures(metrics);
    add_figures(metrics, *storage, *dispatcher, keys);
}

std::string Application::Impl::trouble() const {
    if (draining) return "the server is stopping";
    if (seat)
        if (auto text = seat->trouble(); !text.empty()) return text;
    if (auto const text = storage->trouble(); !text.empty()) return "storage: " + text;
    return loader->trouble();
}

Application::Application(config::Config const& config, Use use) : impl_(std::make_unique<Impl>(config, use)) {}
Application::~Application() = default;

void Application::start_background() {
    impl_->outbox->start(*impl_->storage);
    impl_->scheduler.start(*impl_->storage);
}

void Application::announce_stop() { impl_->draining = true; }

bool Application::drain(std::chrono::milliseconds patience) {
    announce_stop();
    impl_->dispatcher->drain();
    bool const idle = impl_->dispatcher->wait_idle(patience);
    impl_->storage->hurry();
    impl_->scheduler.stop();
    impl_->outbox->stop();
    return idle;
}

routing::Dispatcher& Application::dispatcher() { return *impl_->dispatcher; }
storage::Storage& Application::storage() { return *impl_->storage; }
int Application::node() const { return impl_->node; }
rules::RuleRegistry const& Application::rules() const { return impl_->rules; }
metrics::Registry& Application::metrics() { return impl_->metrics; }
Clock const& Application::clock() const { return impl_->clock; }
Result<std::string> Application::openapi() const { return impl_->openapi_text; }
std::string Application::plugins_json() const { return plugins_json_of(impl_->loader->loaded()); }

std::vector<std::pair<std::string, std::vector<storage::Migration>>> Application::schemas() const {
    std::vector<std::pair<std::string, std::vector<storage::Migration>>> all{{"core", core_migrations()}};
    for (auto const& plugin : impl_->loader->loaded())
        if (!plugin.descriptor.migrations.empty()) all.emplace_back(plugin.descriptor.id, plugin.descriptor.migrations);
    return all;
}

int Application::release_and_seal() {
    auto const never = [] { return false; };
    return release_all(*impl_->kernel, *impl_->storage, never) + seal_all(*impl_->kernel, *impl_->storage, never);
}

reports::VerifyOptions Application::verify_options() const {
    reports::VerifyOptions options;
    options.plugin_checks.push_back({"plugins that programs use are loaded", [impl = impl_.get()](storage::Storage& from, reports::Check& check) {
                                         check_loaded(impl->loader->loaded(), from, check);
                                     }});
    for (auto const& [plugin, title] : impl_->loader->invariants())
        options.plugin_checks.push_back({plugin + ": " + title, [impl = impl_.get(), id = plugin](storage::Storage& from, reports::Check& check) {
                                             verify_plugin(*impl->loader, id, from, check);
                                         }});
    return options;
}

}  // namespace partnerd::host
