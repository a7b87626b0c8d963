// A small house for plugins: a real database, the services that a plugin may ask for over maps, and calls to its routes.
#pragma once

#include <stdlib.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "database/test_database.hpp"
#include "plugins/loader.hpp"

namespace partnerd::plugins {

inline std::string fixture(std::string const& name) { return std::string(PARTNERD_BINARY_DIR) + "/tests/fixtures/fixture_" + name + ".so"; }

class TempDir {
  public:
    TempDir() {
        std::string pattern = (std::filesystem::temp_directory_path() / "partnerd-plugins-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    TempDir(TempDir const&) = delete;
    TempDir& operator=(TempDir const&) = delete;
    ~TempDir() { std::filesystem::remove_all(path_); }
    std::string const& path() const { return path_; }

  private:
    std::string path_;
};

class TestExchange final : public routing::Exchange {
  public:
    void finish() noexcept override {
        std::lock_guard const lock(mutex_);
        ++finished_;
        done_.notify_all();
    }
    // False when nobody answered for 20 s.
    bool wait() {
        std::unique_lock lock(mutex_);
        return done_.wait_for(lock, std::chrono::seconds(20), [this] { return finished_ > 0; });
    }
    int finished() {
        std::lock_guard const lock(mutex_);
        return finished_;
    }
    std::string header(std::string_view name) const {
        for (auto const& field : response.headers)
            if (field.name == name) return field.value;
        return "";
    }

  private:
    std::mutex mutex_;
    std::condition_variable done_;
    int finished_ = 0;
};

class TestServices final : public HostServices {
  public:
    explicit TestServices(storage::Storage& storage) : storage_(storage) {}

    storage::Storage& storage() override { return storage_; }
    Clock const& clock() override { return clock_; }
    Id mint() override { return mint_.mint(); }
    metrics::Registry& metrics() override { return metrics_; }
    std::string version() override { return "test"; }

    Result<Id> find(storage::Tx&, std::string_view noun, Id program, std::string_view handle) override {
        if (noun == "partner" && program == 1 && handle == "anna") return Id(42);
        if (noun == "partner") return Error(errc::not_found, "there is no such partner");
        return Error(errc::invalid_field, "there is no such noun");
    }
    Result<FieldValue> field(storage::Tx&, std::string_view noun, Id id, std::string_view name) override {
        if (noun == "partner" && id == 42 && name == "handle") return FieldValue(std::string("anna"));
        if (noun == "partner" && name == "website") return FieldValue();
        if (noun == "conversion" && name == "amount") return FieldValue(Money{1234, Currency("GBP", 2)});
        if (noun == "conversion" && name == "at") return FieldValue(rules::Instant{99});
        if (noun == "program" && name == "zone") return FieldValue(std::string("Europe/London"));
        return Error(errc::invalid_field, "there is no such field");
    }
    Result<Id> make_link(storage::Tx&, LinkOrder const& order) override {
        if (order.enrollment == 5) return Id(500);
        return Error(errc::code_taken, "the code is in use", "/code");
    }
    Result<ProgramConfig> program_config(storage::Tx&, Id program, std::string_view plugin) override {
        if (program == 1 && plugin == "probe") return ProgramConfig{R"({"word":"x"})", 3};
        return Error(errc::not_found, "not enabled");
    }

    Result<std::string> click(ClickReport const& click, std::shared_ptr<tracking::ClickWaiter> waiter) override {
        clicks.push_back({std::string(click.plugin), click.link});
        if (click.link == 13) return Error(errc::busy, "the queue is full");
        auto& told = *waiter;
        told.click_done(click.link != 14, std::move(waiter));
        return std::string("signed-click-id");
    }
    Result<tracking::Outcome> convert(storage::Tx& tx, tracking::ConversionReport const& report) override {
        reports.push_back(report);
        tx.exec("insert into probe_row (id, name) values (9001, 'half done')");  // to be undone when this refuses
        if (report.external_id == "differs") return Error(errc::conversion_differs, "recorded with other content", "/amount");
        tx.exec("delete from probe_row where id = 9001");
        tracking::Outcome outcome;
        outcome.conversion = 700;
        tracking::OutcomeLine line;
        line.key = "base/main/base";
        line.kind = "commission";
        line.state = "pending";
        line.amount = Money{150, Currency("GBP", 2)};
        outcome.lines.push_back(line);
        return outcome;
    }
    Result<tracking::Outcome> adjust(storage::Tx&, Id program, std::string_view kind, std::string_view external_id,
                                     tracking::AdjustmentReport const& report) override {
        adjusted = std::to_string(program) + "/" + std::string(kind) + "/" + std::string(external_id) + " " + report.adjustment_id + " " +
                   std::to_string(report.amount_minor.value_or(0));
        if (external_id == "none") return Error(errc::unknown_conversion, "there is no such order");
        tracking::Outcome outcome;
        outcome.state = tracking::OutcomeState::duplicate;
        outcome.reason = "seen";
        return outcome;
    }

    Result<Id> open_account(storage::Tx&, Id, std::string_view name, Currency const&) override {
        for (auto const& [id, known] : accounts)
            if (known == name) return id;
        auto const id = static_cast<Id>(100 + accounts.size());
        accounts[id] = name;
        return id;
    }
    Result<Id> post(storage::Tx&, LedgerEntry const& entry) override {
        std::int64_t sum = 0;
        for (auto const& leg : entry.legs) sum += leg.money.minor;
        if (sum != 0) return Error(errc::legs_unbalanced, "the legs sum to " + std::to_string(sum));
        entries[900] = entry.key;
        return Id(900);
    }
    Result<Id> reverse(storage::Tx&, Id, std::string_view key, Id, std::string_view) override {
        entries[901] = key;
        return Id(901);
    }
    Result<Money> balance(storage::Tx&, Id) override { return Money{7, Currency("GBP", 2)}; }
    Result<std::string> account_name(storage::Tx&, Id account) override {
        if (account == 1) return std::string("expense");
        auto const found = accounts.find(account);
        if (found == accounts.end()) return Error(errc::not_found, "there is no such account");
        return found->second;
    }
    Result<std::string> entry_key(storage::Tx&, Id, Id entry) override {
        auto const found = entries.find(entry);
        if (found == entries.end()) return Error(errc::not_found, "there is no such entry");
        return found->second;
    }
    Status publish(storage::Tx&, Happening const& event) override {
        published.push_back(event);
        return {};
    }

    Status add_route(routing::Route route) override {
        routes.push_back(std::move(route));
        return {};
    }
    Status add_rule(std::shared_ptr<rules::Rule const> rule) override {
        rules.push_back(std::move(rule));
        return {};
    }
    Status add_fact(rules::FactDeclaration fact, FactProvider provider) override {
        facts.emplace(fact.name, std::move(provider));
        return {};
    }
    Status add_attributor(std::string, std::string id, Attributor find) override {
        attributors.emplace(std::move(id), std::move(find));
        return {};
    }
    Status subscribe(std::string listener, std::string, events::Outbox::Subscriber on) override {
        subscribers.emplace(std::move(listener), std::move(on));
        return {};
    }
    Status deliver(std::string listener, std::string, events::Outbox::Deliverer on) override {
        deliverers.emplace(std::move(listener), std::move(on));
        return {};
    }
    Status add_job(jobs::Job job) override {
        if (refuse_jobs) return Error(errc::invalid_config, "no jobs here");
        jobs.push_back(std::move(job));
        return {};
    }
    void forget(std::string_view plugin) override {
        forgotten.emplace_back(plugin);
        std::erase_if(routes, [&](auto const& route) { return route.plugin == plugin; });
    }
    std::vector<std::pair<std::string, std::string>> core_routes() override { return {{"GET", "/v1/programs/{program}/public"}}; }

    bool refuse_jobs = false;
    std::string adjusted;
    struct SeenClick {
        std::string plugin;
        Id link = 0;
    };
    std::vector<SeenClick> clicks;
    std::vector<tracking::ConversionReport> reports;
    std::map<Id, std::string> accounts, entries;
    std::vector<Happening> published;
    std::vector<routing::Route> routes;
    std::vector<std::shared_ptr<rules::Rule const>> rules;
    std::map<std::string, FactProvider> facts;
    std::map<std::string, Attributor> attributors;
    std::map<std::string, events::Outbox::Subscriber> subscribers;
    std::map<std::string, events::Outbox::Deliverer> deliverers;
    std::vector<jobs::Job> jobs;
    std::vector<std::string> forgotten;

  private:
    storage::Storage& storage_;
    ManualClock clock_{1'800'000'000'000'000};
    IdMint mint_{clock_, 1};
    metrics::Registry metrics_;
};

inline std::unique_ptr<storage::Storage> open_database(testing::TestDatabase const& database) {
    storage::StorageSettings settings;
    settings.url = database.url();
    return storage::open_storage(settings);
}

class House {
  public:
    House() : storage(open_database(database)), services(*storage), loader(services) {}

    // What a client gets: answers of a write route leave after its unit, and a rolled back one becomes a problem.
    std::unique_ptr<TestExchange> call(std::string const& method, std::string const& target, std::string const& body = "",
                                       std::vector<routing::Field> headers = {}) {
        auto exchange = std::make_unique<TestExchange>();
        auto& request = exchange->request;
        request.method = method;
        request.target = target;
        request.body = body;
        for (auto const& field : headers) request.add_header(field.name, field.value);
        request.program = 1;
        request.request_id = "req-" + std::to_string(++calls_);
        request.client_ip = "203.0.113.9";
        auto const* const route = find(method, std::string(request.path()), request);
        if (route == nullptr) {
            exchange->response.problem(Error(errc::not_found));
            return exchange;
        }
        if (auto const query = target.find('?'); query != std::string::npos)
            if (auto pairs = routing::parse_query(target.substr(query + 1)))
                for (auto& pair : *pairs) request.params.push_back(std::move(pair));
        run(*route, *exchange);
        return exchange;
    }
    std::string text(std::string const& method, std::string const& target, std::string const& body = "",
                     std::vector<routing::Field> headers = {}) {
        auto const exchange = call(method, target, body, std::move(headers));
        return std::to_string(exchange->response.status) + " " + exchange->response.body;
    }
    std::string rows(std::string const& where = "1 = 1") {
        std::string out;
        storage->read([&](storage::Tx& tx) {
            for (auto const& [id, name] :
                 tx.query<std::int64_t, std::string>("select id, name from probe_row where " + where + " order by id"))
                out += std::to_string(id) + "=" + name + ";";
        });
        return out;
    }

    TempDir dir;
    testing::TestDatabase database{dir.path() + "/test.db"};
    std::unique_ptr<storage::Storage> storage;
    TestServices services;
    Loader loader;

  private:
    // The route of a path; its parameters in braces are filled in.
    routing::Route const* find(std::string const& method, std::string const& path, routing::Request& request) {
        for (auto const& route : services.routes) {
            if (route.method != method) continue;
            auto const parts = split(route.path), given = split(path);
            if (parts.size() != given.size()) continue;
            std::vector<std::pair<std::string, std::string>> params;
            bool same = true;
            for (std::size_t i = 0; i < parts.size() && same; ++i) {
                if (parts[i].starts_with("{")) params.emplace_back(parts[i].substr(1, parts[i].size() - 2), given[i]);
                else same = parts[i] == given[i];
            }
            if (!same) continue;
            request.params = std::move(params);
            return &route;
        }
        return nullptr;
    }
    static std::vector<std::string> split(std::string const& path) {
        std::vector<std::string> parts(1);
        for (char const c : path) {
            if (c == '/') parts.emplace_back();
            else parts.back() += c;
        }
        return parts;
    }
    void run(routing::Route const& route, TestExchange& exchange) {
        switch (route.kind) {
            case routing::RouteKind::read:
                return answer(exchange, [&] {
                    Status status;
                    storage->read([&](storage::Tx& tx) { status = route.handle(tx, exchange.request, exchange.response); });
                    return status;
                });
            case routing::RouteKind::write:
                return answer(exchange, [&]() -> Status {
                    Status status;
                    bool const kept = storage->write([&](storage::Tx& tx) {
                        exchange.response.clear();
                        status = route.handle(tx, exchange.request, exchange.response);
                        return status.has_value();
                    });
                    return kept || !status ? status : Status(Error(errc::internal, "rolled back"));
                });
            case routing::RouteKind::worker: return answer(exchange, [&] { return route.work(exchange.request, exchange.response); });
            case routing::RouteKind::io: return run_io(route, exchange);
        }
    }
    template <class Work>
    void answer(TestExchange& exchange, Work&& work) {
        Status status;
        try {
            status = work();
        } catch (storage::Failure const& failure) {
            status = Error(errc::storage_failed, failure.what());
        } catch (Refused const& refused) {
            status = refused.error;
        }
        if (status) return;
        exchange.response.clear();
        exchange.response.problem(status.error());
    }
    void run_io(routing::Route const& route, TestExchange& exchange) {
        for (int round = 0; round < 5; ++round) {
            std::function<void()> load;
            auto const flow = route.io(exchange, load);
            if (flow == routing::IoFlow::deferred) return;
            if (flow == routing::IoFlow::answered) return exchange.complete();
            try {
                load();
            } catch (Refused const& refused) {
                exchange.response.problem(refused.error);
                return exchange.complete();
            }
        }
        exchange.response.problem(Error(errc::internal, "loads without end"));
        exchange.complete();
    }
    int calls_ = 0;
};

// With the probe loaded.
class ProbeHouse : public House {
  public:
    ProbeHouse() {
        auto const status = loader.load({{"probe", fixture("probe"), false, true, R"({"greeting":"hi"})"}});
        if (!status) throw Refused(status.error());
    }
};

}  // namespace partnerd::plugins
