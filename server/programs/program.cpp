#include "programs/program.hpp"

#include <algorithm>

#include "domain/calendar.hpp"
#include "domain/text.hpp"
#include "programs/destination.hpp"
#include "programs/text_list.hpp"

namespace partnerd::programs {

using storage::arg;

namespace {

constexpr std::string_view columns =
    "select id, handle, name, status, stopped, currency, exponent, order_currencies, zone, exclusive_group, hosts, destination, auto_approve, version, created_at_us from program ";

template <class Rows>
std::optional<Program> first_program(Rows rows) {
    auto const row = rows.next();
    if (!row) return std::nullopt;
    Program p;
    std::string currency, currencies, hosts;
    std::int64_t exponent = 0;
    std::tie(p.id, p.handle, p.name, p.status, p.stopped, currency, exponent, currencies, p.zone, p.exclusive_group, hosts, p.destination, p.auto_approve, p.version, p.created_at_us) = *row;
    p.currency = Currency(currency, static_cast<int>(exponent));
    p.order_currencies = read_text_list(currencies);
    p.hosts = read_text_list(hosts);
    return p;
}

auto query_programs(storage::Tx& tx, std::string const& where, std::initializer_list<storage::Arg> args) {
    return tx.query<std::int64_t, std::string, std::string, std::string, bool, std::string, std::int64_t, std::string, std::string, std::string, std::string, std::string, bool, std::int64_t, std::int64_t>(
        std::string(columns) + where, args);
}

Status check(Program const& p) {
    if (!is_handle(p.handle)) return Error(errc::invalid_field, "a handle has 1 to 64 of a-z, 0-9, '-', '_', '.'", "/handle");
    if (p.name.empty() || p.name.size() > 200) return Error(errc::invalid_field, "a name has 1 to 200 characters", "/name");
    if (!zone_exists(p.zone)) return Error(errc::invalid_field, "'" + p.zone + "' is not a time zone such as \"Europe/London\"", "/zone");
    for (auto const& code : p.order_currencies)
        if (auto currency = find_currency(code); !currency) return Error(errc::unknown_currency, currency.error().detail, "/order_currencies");
    for (auto const& host : p.hosts)
        if (!is_host_pattern(host)) return Error(errc::invalid_field, "'" + host + "' is not a host such as \"shop.example\" or \"*.shop.example\"", "/hosts");
    if (!p.destination.empty())
        if (auto status = check_destination(p.destination, p.hosts); !status) return Error(status.error().code, status.error().detail, "/destination");
    return {};
}

bool may_follow(std::string_view from, std::string_view to) {
    if (from == "draft") return to == "pilot" || to == "live";
    if (from == "pilot") return to == "live" || to == "paused" || to == "ended";
    if (from == "live") return to == "paused" || to == "ended";
    if (from == "paused") return to == "live" || to == "ended";
    return false;
}

}  // namespace

bool Program::accepts(std::string_view code) const {
    return code == currency.code() || std::find(order_currencies.begin(), order_currencies.end(), code) != order_currencies.end();
}

Status create_program(storage::Tx& tx, Kernel const& kernel, Program& p) {
    if (auto status = check(p); !status) return status;
    p.id = kernel.mint.mint();
    p.version = 1;
    p.created_at_us = kernel.clock.now_us();
    auto const inserted = tx.exec(
        "insert into program (id, handle, name, status, stopped, currency, exponent, order_currencies, zone, exclusive_group, hosts, destination, auto_approve, version, created_at_us, updated_at_us) "
        "values (:id, :handle, :name, 'draft', 0, :currency, :exponent, :currencies, :zone, :grp, :hosts, :destination, :auto, 1, :now, :now) on conflict (handle) do nothing",
        {arg("id", p.id), arg("handle", p.handle), arg("name", p.name), arg("currency", p.currency.code()), arg("exponent", p.currency.exponent()),
         arg("currencies", write_text_list(p.order_currencies)), arg("zone", p.zone), arg("grp", p.exclusive_group), arg("hosts", write_text_list(p.hosts)),
         arg("destination", p.destination), arg("auto", p.auto_approve), arg("now", p.created_at_us)});
    if (inserted == 0) return Error(errc::handle_taken, "there is a program '" + p.handle + "'", "/handle");
    p.status = "draft";
    kernel.changes.announce(tx, p.id);
    return {};
}

Status update_program(storage::Tx& tx, Kernel const& kernel, Program const& p) {
    if (auto status = check(p); !status) return status;
    auto const before = find_program(tx, p.id);
    if (!before) return errc::unknown_program;
    // Days of sales, payments and roll-ups were counted in it.
    if (before->zone != p.zone && before->status != "draft") return Error(errc::invalid_state, "the time zone is " + before->zone + "; only a draft may change it", "/zone");
    tx.exec("update program set name = :name, order_currencies = :currencies, zone = :zone, exclusive_group = :grp, hosts = :hosts, destination = :destination, "
            "auto_approve = :auto, updated_at_us = :now where id = :id",
            {arg("name", p.name), arg("currencies", write_text_list(p.order_currencies)), arg("zone", p.zone), arg("grp", p.exclusive_group), arg("hosts", write_text_list(p.hosts)),
             arg("destination", p.destination), arg("auto", p.auto_approve), arg("now", kernel.clock.now_us()), arg("id", p.id)});
    touch_program(tx, kernel, p.id);
    return {};
}

Status change_status(storage::Tx& tx, Kernel const& kernel, Id program, std::string_view to) {
    auto const found = find_program(tx, program);
    if (!found) return errc::unknown_program;
    if (found->status == to) return {};
    if (!may_follow(found->status, to))
        return Error(errc::invalid_state, "a program that is " + found->status + " cannot become " + std::string(to.substr(0, 20)) + "; the way is draft, pilot, live, paused, ended", "/status");
    auto const terms = tx.value<std::int64_t>("select count(*) from terms where program = :program", {arg("program", program)});
    if (terms == 0) return Error(errc::invalid_state, "the program has no terms yet; add them first", "/status");
    tx.exec("update program set status = :status, updated_at_us = :now where id = :id",
            {arg("status", to), arg("now", kernel.clock.now_us()), arg("id", program)});
    touch_program(tx, kernel, program);
    return {};
}

void set_emergency_stop(storage::Tx& tx, Kernel const& kernel, Id program, bool stopped) {
    tx.exec("update program set stopped = :stopped where id = :id", {arg("stopped", stopped), arg("id", program)});
    touch_program(tx, kernel, program);
}

void set_plugin(storage::Tx& tx, Kernel const& kernel, Id program, std::string_view plugin, bool enabled, std::string_view config) {
    tx.exec("insert into program_plugin (program, plugin, enabled, config, version) values (:program, :plugin, :enabled, :config, 1) "
            "on conflict (program, plugin) do update set enabled = excluded.enabled, config = excluded.config, version = program_plugin.version + 1",
            {arg("program", program), arg("plugin", plugin), arg("enabled", enabled), arg("config", config)});
    touch_program(tx, kernel, program);
}

void add_pilot_partner(storage::Tx& tx, Kernel const& kernel, Id program, Id partner) {
    tx.exec("insert into program_pilot (program, partner) values (:program, :partner) on conflict (program, partner) do nothing", {arg("program", program), arg("partner", partner)});
    touch_program(tx, kernel, program);
}

void touch_program(storage::Tx& tx, Kernel const& kernel, Id program) {
    tx.exec("update program set version = version + 1 where id = :id", {arg("id", program)});
    kernel.changes.announce(tx, program);
}

std::optional<Program> find_program(storage::Tx& tx, Id id) { return first_program(query_programs(tx, "where id = :id", {arg("id", id)})); }

std::optional<Program> find_program(storage::Tx& tx, std::string_view handle_or_id) {
    if (auto id = parse_id("prg", handle_or_id)) return find_program(tx, *id);
    return first_program(query_programs(tx, "where handle = :handle", {arg("handle", handle_or_id)}));
}

std::vector<Id> program_ids(storage::Tx& tx) {
    std::vector<Id> ids;
    for (auto const& [id] : tx.query<std::int64_t>("select id from program order by id")) ids.push_back(id);
    return ids;
}

std::map<std::string, PluginSetting> plugins_of(storage::Tx& tx, Id program) {
    std::map<std::string, PluginSetting> plugins;
    for (auto const& [plugin, enabled, config, version] :
         tx.query<std::string, bool, std::string, std::int64_t>("select plugin, enabled, config, version from program_plugin where program = :program", {arg("program", program)}))
        plugins[plugin] = {enabled, config, version};
    return plugins;
}

bool is_pilot_partner(storage::Tx& tx, Id program, Id partner) {
    return tx.value<std::int64_t>("select 1 from program_pilot where program = :program and partner = :partner", {arg("program", program), arg("partner", partner)}).has_value();
}

}  // namespace partnerd::programs
