// All that plugins/ asks of the house: the one seam between the ABI and the kernel. The composition root implements it over the
// kernel, tests over maps. Types are the kernel's own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/clock.hpp"
#include "domain/id.hpp"
#include "events/outbox.hpp"
#include "jobs/scheduler.hpp"
#include "metrics/registry.hpp"
#include "routing/route.hpp"
#include "rules/rule.hpp"
#include "storage/storage.hpp"
#include "tracking/attribution.hpp"
#include "tracking/click_waiter.hpp"
#include "tracking/report.hpp"

namespace partnerd::plugins {

// A field of a noun of the core; monostate is NULL.
using FieldValue = std::variant<std::monostate, bool, std::int64_t, std::string, Money, rules::Instant>;

struct ProgramConfig {
    std::string json = "{}";
    std::int64_t version = 0;
};

struct LinkOrder {
    std::string plugin;
    Id enrollment = 0;
    std::string json;  // {"destination", "code", "channel", "sub1".."sub5"}
};

struct ClickReport {  // its texts live until the call returns
    std::string_view plugin;
    Id program = 0, link = 0;
    bool test = false;
    std::string_view subs_json, referrer, user_agent, client_ip, visitor;
    std::int64_t at_us = 0;       // 0: now
    std::int64_t at_risk_us = 0;  // how long a click may be answered and not durable
};

struct LedgerLeg {
    Id account = 0;
    Money money;  // positive credits
};
struct LedgerEntry {
    std::string plugin;
    Id program = 0;
    std::string key;
    std::vector<LedgerLeg> legs;
    std::string memo;
};

struct Happening {  // an event to publish
    Id program = 0;
    std::string type, ordering_key, json;
};

// What a plugin's attributor found; `source` is the attributor's id.
using Attributor = std::function<Result<std::vector<tracking::Candidate>>(storage::Tx&, tracking::ConversionReport const&)>;
// The values of a plugin's fact for a conversion and the enrollment that is judged; empty: absent.
using FactProvider = std::function<Result<std::vector<rules::FactValue>>(storage::Tx&, tracking::ConversionReport const&, Id enrollment)>;

class HostServices {
  public:
    virtual ~HostServices() = default;

    // --- parts that every call may use [any]
    virtual storage::Storage& storage() = 0;
    virtual Clock const& clock() = 0;
    virtual Id mint() = 0;  // 0: this node may mint none now
    virtual metrics::Registry& metrics() = 0;
    virtual std::string version() = 0;

    // --- core [read] [write]. `noun`: "program" "partner" "enrollment" "link" "customer" "conversion".
    // not_found: there is none; invalid_field: no such noun or field.
    virtual Result<Id> find(storage::Tx& tx, std::string_view noun, Id program, std::string_view handle) = 0;
    virtual Result<FieldValue> field(storage::Tx& tx, std::string_view noun, Id id, std::string_view field) = 0;
    virtual Result<Id> make_link(storage::Tx& tx, LinkOrder const& order) = 0;  // [write]
    // not_found: the program does not exist or does not enable the plugin.
    virtual Result<ProgramConfig> program_config(storage::Tx& tx, Id program, std::string_view plugin) = 0;

    // --- tracking
    // [io] Queues a click and gives its signed id. The waiter, which may be null, is told once, [any], when the click is durable or
    // lost, or at once within at_risk_us, unless an error is returned.
    virtual Result<std::string> click(ClickReport const& click, std::shared_ptr<tracking::ClickWaiter> waiter) = 0;
    virtual Result<tracking::Outcome> convert(storage::Tx& tx, tracking::ConversionReport const& report) = 0;  // [write]
    virtual Result<tracking::Outcome> adjust(storage::Tx& tx, Id program, std::string_view kind, std::string_view external_id,
                                             tracking::AdjustmentReport const& report) = 0;  // [write]

    // --- ledger [write]; names and keys are already under the plugin's prefix
    virtual Result<Id> open_account(storage::Tx& tx, Id program, std::string_view name, Currency const& currency) = 0;
    virtual Result<Id> post(storage::Tx& tx, LedgerEntry const& entry) = 0;
    virtual Result<Id> reverse(storage::Tx& tx, Id program, std::string_view key, Id entry, std::string_view reason) = 0;
    virtual Result<Money> balance(storage::Tx& tx, Id account) = 0;  // [read] [write]
    // The name that the account was opened under; not_found. So that a plugin reaches only its own. [read] [write]
    virtual Result<std::string> account_name(storage::Tx& tx, Id account) = 0;
    // The key of an entry; not_found. [write]
    virtual Result<std::string> entry_key(storage::Tx& tx, Id program, Id entry) = 0;

    // --- events [write]
    virtual Status publish(storage::Tx& tx, Happening const& event) = 0;

    // --- registration [main]: called by the loader once every plugin has started, for the plugins that did.
    virtual Status add_route(routing::Route route) = 0;
    virtual Status add_rule(std::shared_ptr<rules::Rule const> rule) = 0;
    virtual Status add_fact(rules::FactDeclaration fact, FactProvider provider) = 0;
    virtual Status add_attributor(std::string plugin, std::string id, Attributor find) = 0;  // asked for programs that enable the plugin
    virtual Status subscribe(std::string listener, std::string types, events::Outbox::Subscriber on) = 0;
    virtual Status deliver(std::string listener, std::string types, events::Outbox::Deliverer on) = 0;
    virtual Status add_job(jobs::Job job) = 0;
    // Drops what of the above carries the plugin's name: one of its registrations was refused.
    virtual void forget(std::string_view plugin) = 0;
    // The methods and paths that the core serves: for collisions that are named while the plugin loads.
    virtual std::vector<std::pair<std::string, std::string>> core_routes() = 0;
};

}  // namespace partnerd::plugins
