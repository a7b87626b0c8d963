#include "host/kernel_services.hpp"

#include <boost/json.hpp>

#include <algorithm>

#include "host/noun_fields.hpp"
#include "host/version.hpp"
#include "ledger/entry.hpp"
#include "programs/link.hpp"

namespace partnerd::host {

using storage::arg;

std::string KernelServices::version() { return std::string(partnerd::host::version); }

Result<Id> KernelServices::find(storage::Tx& tx, std::string_view noun, Id program, std::string_view handle) {
    auto found = find_noun(tx, noun, program, handle);
    // An io route that found a link will report clicks on it.
    if (found && noun == "link") parts_.targets.load(tx, *found);
    return found;
}

Result<plugins::FieldValue> KernelServices::field(storage::Tx& tx, std::string_view noun, Id id, std::string_view field) { return field_of_noun(tx, noun, id, field); }

Result<Id> KernelServices::make_link(storage::Tx& tx, plugins::LinkOrder const& order) {
    auto const program = tx.value<std::int64_t>("select program from enrollment where id = :id", {arg("id", order.enrollment)});
    auto const enrollment = program ? programs::find_enrollment(tx, *program, order.enrollment) : std::nullopt;
    if (!enrollment) return errc::not_found;
    boost::system::error_code ec;
    auto const value = boost::json::parse(order.json, ec);
    if (ec || !value.is_object()) return Error(errc::malformed_json, "a link is described by a JSON object");
    programs::Link link;
    std::pair<char const*, std::string*> const members[] = {{"destination", &link.destination}, {"code", &link.code}, {"channel", &link.channel}, {"sub1", &link.subs[0]},
                                                            {"sub2", &link.subs[1]},            {"sub3", &link.subs[2]}, {"sub4", &link.subs[3]}, {"sub5", &link.subs[4]}};
    for (auto const& [name, text] : members) {
        auto const* const member = value.get_object().if_contains(name);
        if (member == nullptr) continue;
        if (!member->is_string()) return Error(errc::invalid_field, "a text is expected", "/" + std::string(name));
        *text = std::string(member->get_string());
    }
    auto const found = programs::find_program(tx, *program);
    if (auto status = programs::create_link(tx, parts_.kernel, *found, *enrollment, link); !status) return status.error();
    return link.id;
}

Result<plugins::ProgramConfig> KernelServices::program_config(storage::Tx& tx, Id program, std::string_view plugin) {
    auto const row = tx.row<std::string, std::int64_t, bool>("select config, version, enabled from program_plugin where program = :program and plugin = :plugin",
                                                             {arg("program", program), arg("plugin", plugin)});
    if (!row || !std::get<2>(*row)) return errc::not_found;
    return plugins::ProgramConfig{std::get<0>(*row), std::get<1>(*row)};
}

Result<std::string> KernelServices::click(plugins::ClickReport const& click, std::shared_ptr<tracking::ClickWaiter> waiter) {
    return parts_.clicks.take(click, std::move(waiter));
}

Result<tracking::Outcome> KernelServices::convert(storage::Tx& tx, tracking::ConversionReport const& report) { return parts_.tracker.convert(tx, report); }

Result<tracking::Outcome> KernelServices::adjust(storage::Tx& tx, Id program, std::string_view kind, std::string_view external_id, tracking::AdjustmentReport const& report) {
    return parts_.tracker.adjust(tx, program, false, kind, external_id, report);
}

Result<Id> KernelServices::open_account(storage::Tx& tx, Id program, std::string_view name, Currency const& currency) {
    return ledger::open_account(tx, parts_.kernel.mint, program, name, 0, currency).id;
}

Result<Id> KernelServices::post(storage::Tx& tx, plugins::LedgerEntry const& entry) {
    std::vector<ledger::Leg> legs;
    for (auto const& leg : entry.legs) {
        auto account = ledger::find_account(tx, entry.program, leg.account);
        if (!account) return Error(errc::not_found, "there is no such account in this program");
        if (!(account->currency == leg.money.currency)) return Error(errc::currency_mismatch, "the account '" + account->name + "' is in " + std::string(account->currency.code()));
        legs.push_back({std::move(*account), leg.money.minor});
    }
    auto posted = ledger::post(tx, parts_.kernel.mint, parts_.kernel.clock, {entry.program, entry.key, entry.plugin, entry.memo, 0, parts_.kernel.clock.now_us()}, legs);
    if (!posted) return posted.error();
    return posted->entry;
}

Result<Id> KernelServices::reverse(storage::Tx& tx, Id program, std::string_view key, Id entry, std::string_view reason) {
    auto posted = ledger::reverse(tx, parts_.kernel.mint, parts_.kernel.clock, program, std::string(key), entry, std::string(reason));
    if (!posted) return posted.error();
    return posted->entry;
}

Result<Money> KernelServices::balance(storage::Tx& tx, Id id) {
    auto const program = tx.value<std::int64_t>("select program from account where id = :id", {arg("id", id)});
    auto const account = program ? ledger::find_account(tx, *program, id) : std::nullopt;
    if (!account) return errc::not_found;
    return ledger::balance(tx, *account);
}

Result<std::string> KernelServices::account_name(storage::Tx& tx, Id account) {
    auto name = tx.value<std::string>("select name from account where id = :id", {arg("id", account)});
    if (!name) return errc::not_found;
    return *name;
}

Result<std::string> KernelServices::entry_key(storage::Tx& tx, Id program, Id entry) {
    auto key = tx.value<std::string>("select entry_key from entry where program = :program and id = :id", {arg("program", program), arg("id", entry)});
    if (!key) return errc::not_found;
    return *key;
}

Status KernelServices::publish(storage::Tx& tx, plugins::Happening const& event) {
    parts_.outbox.publish(tx, event.program, event.type, event.ordering_key, event.json);
    return {};
}

Status KernelServices::add_route(routing::Route route) {
    routes_.push_back(std::move(route));
    return {};
}

Status KernelServices::add_rule(std::shared_ptr<rules::Rule const> rule) { return parts_.rules.add(std::move(rule)); }

Status KernelServices::add_fact(rules::FactDeclaration fact, plugins::FactProvider provider) {
    auto const name = fact.name;
    if (auto status = parts_.rules.add_fact(std::move(fact)); !status) return status;
    parts_.tracker.add_fact_provider(name, [provider = std::move(provider)](storage::Tx& tx, tracking::ConversionReport const& report) -> Result<std::optional<rules::FactValue>> {
        auto values = provider(tx, report, 0);
        if (!values) return values.error();
        if (values->empty()) return std::optional<rules::FactValue>();
        return std::optional<rules::FactValue>(values->front());
    });
    return {};
}

Status KernelServices::add_attributor(std::string plugin, std::string id, plugins::Attributor find) {
    parts_.rules.add_source(id);
    parts_.tracker.add_attributor(std::move(id), std::move(plugin), [find = std::move(find)](storage::Tx& tx, tracking::ConversionReport const& report, std::vector<tracking::Candidate>& out) -> Status {
        auto found = find(tx, report);
        if (!found) return found.error();
        for (auto& candidate : *found) out.push_back(std::move(candidate));
        return {};
    });
    return {};
}

Status KernelServices::subscribe(std::string listener, std::string types, events::Outbox::Subscriber on) {
    parts_.outbox.subscribe(std::move(listener), std::move(types), std::move(on));
    return {};
}

Status KernelServices::deliver(std::string listener, std::string types, events::Outbox::Deliverer on) {
    parts_.outbox.deliver(std::move(listener), std::move(types), std::move(on));
    return {};
}

Status KernelServices::add_job(jobs::Job job) {
    parts_.scheduler.add(std::move(job));
    return {};
}

void KernelServices::forget(std::string_view plugin) {
    auto const prefix = std::string(plugin) + ".";
    std::erase_if(routes_, [&](routing::Route const& route) { return route.plugin == plugin; });
    parts_.outbox.forget(prefix);
    parts_.scheduler.forget(prefix);
}

std::vector<std::pair<std::string, std::string>> KernelServices::core_routes() {
    std::vector<std::pair<std::string, std::string>> list;
    for (auto const& route : routes_)
        if (route.plugin.empty()) list.emplace_back(route.method, route.path);
    return list;
}

}  // namespace partnerd::host
