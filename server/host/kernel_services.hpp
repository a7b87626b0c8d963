// What plugins may do, over the kernel: the one implementation of plugins::HostServices in the server.
#pragma once

#include <memory>
#include <vector>

#include "host/click_desk.hpp"
#include "plugins/host_services.hpp"
#include "programs/terms.hpp"
#include "tracking/tracker.hpp"

namespace partnerd::host {

// Everything named here outlives it.
struct KernelParts {
    storage::Storage& storage;
    programs::Kernel const& kernel;
    programs::ProgramViews& views;
    rules::RuleRegistry& rules;
    tracking::Tracker& tracker;
    tracking::ClickTargets& targets;
    ClickDesk& clicks;
    events::Outbox& outbox;
    jobs::Scheduler& scheduler;
    metrics::Registry& metrics;
};

class KernelServices final : public plugins::HostServices {
  public:
    explicit KernelServices(KernelParts parts) : parts_(parts) {}

    storage::Storage& storage() override { return parts_.storage; }
    Clock const& clock() override { return parts_.kernel.clock; }
    Id mint() override { return parts_.kernel.mint.mint(); }
    metrics::Registry& metrics() override { return parts_.metrics; }
    std::string version() override;

    Result<Id> find(storage::Tx& tx, std::string_view noun, Id program, std::string_view handle) override;
    Result<plugins::FieldValue> field(storage::Tx& tx, std::string_view noun, Id id, std::string_view field) override;
    Result<Id> make_link(storage::Tx& tx, plugins::LinkOrder const& order) override;
    Result<plugins::ProgramConfig> program_config(storage::Tx& tx, Id program, std::string_view plugin) override;

    Result<std::string> click(plugins::ClickReport const& click, std::shared_ptr<tracking::ClickWaiter> waiter) override;
    Result<tracking::Outcome> convert(storage::Tx& tx, tracking::ConversionReport const& report) override;
    Result<tracking::Outcome> adjust(storage::Tx& tx, Id program, std::string_view kind, std::string_view external_id, tracking::AdjustmentReport const& report) override;

    Result<Id> open_account(storage::Tx& tx, Id program, std::string_view name, Currency const& currency) override;
    Result<Id> post(storage::Tx& tx, plugins::LedgerEntry const& entry) override;
    Result<Id> reverse(storage::Tx& tx, Id program, std::string_view key, Id entry, std::string_view reason) override;
    Result<Money> balance(storage::Tx& tx, Id account) override;
    Result<std::string> account_name(storage::Tx& tx, Id account) override;
    Result<std::string> entry_key(storage::Tx& tx, Id program, Id entry) override;

    Status publish(storage::Tx& tx, plugins::Happening const& event) override;

    Status add_route(routing::Route route) override;
    Status add_rule(std::shared_ptr<rules::Rule const> rule) override;
    Status add_fact(rules::FactDeclaration fact, plugins::FactProvider provider) override;
    Status add_attributor(std::string plugin, std::string id, plugins::Attributor find) override;
    Status subscribe(std::string listener, std::string types, events::Outbox::Subscriber on) override;
    Status deliver(std::string listener, std::string types, events::Outbox::Deliverer on) override;
    Status add_job(jobs::Job job) override;
    void forget(std::string_view plugin) override;
    std::vector<std::pair<std::string, std::string>> core_routes() override;

    // [main] Before the plugins load: the core's routes. After: these and the plugins'.
    std::vector<routing::Route>& routes() noexcept { return routes_; }

  private:
    KernelParts parts_;
    std::vector<routing::Route> routes_;
};

}  // namespace partnerd::host
