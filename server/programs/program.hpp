// Programs and what belongs to one: status, currencies, plugins. [write] for changes, [read] for look-ups.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/money.hpp"
#include "programs/kernel.hpp"

namespace partnerd::programs {

struct PluginSetting {
    bool enabled = false;
    std::string config;  // JSON text
    std::int64_t version = 0;
    friend bool operator==(PluginSetting const&, PluginSetting const&) = default;
};

struct Program {
    Id id = 0;
    std::string handle, name;
    std::string status = "draft";  // draft pilot live paused ended
    bool stopped = false;          // emergency stop
    Currency currency;             // of commissions
    std::vector<std::string> order_currencies;  // accepted; the payout currency always is
    std::string zone = "UTC";
    std::string exclusive_group;   // programs that share one pay an order once
    std::vector<std::string> hosts;  // destinations a partner may link to; empty: only the program's own destination's host
    std::string destination;       // where links go that name none
    bool auto_approve = false;
    std::int64_t version = 0;      // grows with every change of the program, its plugins, pilots and terms
    std::int64_t created_at_us = 0;

    bool accepts(std::string_view currency_code) const;
    // May a visitor be counted and a conversion be credited? Pilot: only for its partners.
    bool tracks() const noexcept { return !stopped && (status == "live" || status == "pilot"); }
};

// invalid_field (with pointer): handle, currency, zone, hosts, destination. handle_taken. Sets id and times.
Status create_program(storage::Tx& tx, Kernel const& kernel, Program& program);
// Handle, currency and status stay; the zone changes in a draft only (invalid_state).
Status update_program(storage::Tx& tx, Kernel const& kernel, Program const& changed);
// draft -> pilot -> live <-> paused -> ended; draft -> live; nothing leaves ended. invalid_state otherwise.
// pilot and live need terms.
Status change_status(storage::Tx& tx, Kernel const& kernel, Id program, std::string_view to);
void set_emergency_stop(storage::Tx& tx, Kernel const& kernel, Id program, bool stopped);
void set_plugin(storage::Tx& tx, Kernel const& kernel, Id program, std::string_view plugin, bool enabled, std::string_view config_json);
void add_pilot_partner(storage::Tx& tx, Kernel const& kernel, Id program, Id partner);

std::optional<Program> find_program(storage::Tx& tx, Id id);
std::optional<Program> find_program(storage::Tx& tx, std::string_view handle_or_id);
std::vector<Id> program_ids(storage::Tx& tx);
std::map<std::string, PluginSetting> plugins_of(storage::Tx& tx, Id program);
bool is_pilot_partner(storage::Tx& tx, Id program, Id partner);
// Something of the program changed: caches load it anew. Every function above that changes does this itself.
void touch_program(storage::Tx& tx, Kernel const& kernel, Id program);

}  // namespace partnerd::programs
