#include "plugins/c_conversion.hpp"
#include "plugins/c_fact.hpp"
#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"
#include "plugins/plugin_rule.hpp"
#include "plugins/services.hpp"
#include "rules/core_facts.hpp"

// What provide() may fill: on the host's stack while it runs.
struct partnerd_fact_out {
    partnerd::rules::FactDeclaration const& declared;
    std::vector<partnerd::rules::FactValue> values;
};

namespace partnerd::plugins {
namespace {

thread_local partnerd_fact_out* open_out = nullptr;

// The fact that somebody provides under this name, as it is declared.
std::optional<rules::FactDeclaration> provided(Instance const& instance, std::string_view name) {
    if (auto core = rules::find_core_fact(name)) return core;
    if (instance.all == nullptr) return std::nullopt;
    for (auto const& other : *instance.all)
        for (auto const& fact : other->registered.facts)
            if (other->state != State::failed && fact.declaration.name == name) return fact.declaration;
    return std::nullopt;
}

partnerd_status add_rule(partnerd_host* host, partnerd_rule const* given, partnerd_error* e) noexcept {
    return in_create(host, e, [&](Instance& instance) -> partnerd_status {
        if (given == nullptr || given->struct_size < PARTNERD_SIZE_TO(partnerd_rule, user))
            return fail(e, PARTNERD_E_INVALID, "no rule, or a struct_size that is too small");
        auto rule = plugin_rule(instance, whole(given));
        if (!rule) return fail(e, PARTNERD_E_INVALID, rule.error().detail);
        auto const name = std::string((*rule)->id()) + "@" + std::to_string((*rule)->version());
        for (auto const& fact : (*rule)->facts()) {
            auto const known = provided(instance, fact.name);
            if (!known) return fail(e, PARTNERD_E_INVALID, "rule " + name + " declares the fact " + fact.name + ", which nobody provides");
            if (known->type != fact.type || known->list != fact.list)
                return fail(e, PARTNERD_E_INVALID, "rule " + name + " declares the fact " + fact.name + " with another type");
        }
        for (auto const& other : instance.registered.rules)
            if (other->id() == (*rule)->id() && other->version() == (*rule)->version())
                return fail(e, PARTNERD_E_CONFLICT, "the rule " + name + " is there already");
        instance.registered.rules.push_back(std::move(*rule));
        return PARTNERD_OK;
    });
}

FactProvider make_provider(Instance& instance, rules::FactDeclaration declared, partnerd_provide_fn provide, void* user) {
    return [&instance, declared = std::move(declared), provide, user](storage::Tx& tx, tracking::ConversionReport const& report,
                                                                      Id enrollment) -> Result<std::vector<rules::FactValue>> {
        CConversion const conversion(report);
        partnerd_fact_out out{declared, {}};
        auto* const outer = std::exchange(open_out, &out);
        auto const status = call_in_tx(instance, tx, [&](Frame& frame, partnerd_error* e) {
            return provide(user, frame.c_tx(), conversion.get(), enrollment, &out, e);
        });
        open_out = outer;
        if (!status) return status.error();
        return std::move(out.values);
    };
}

partnerd_status add_fact(partnerd_host* host, partnerd_fact const* given, partnerd_provide_fn provide, void* user,
                         partnerd_error* e) noexcept {
    return in_create(host, e, [&](Instance& instance) -> partnerd_status {
        if (given == nullptr || provide == nullptr || given->struct_size < PARTNERD_SIZE_TO(partnerd_fact, description))
            return fail(e, PARTNERD_E_INVALID, "no fact, no provider, or a struct_size that is too small");
        auto declared = fact_declaration(whole(given));
        if (!declared) return fail(e, PARTNERD_E_INVALID, declared.error().detail);
        if (!declared->name.starts_with(instance.id + "."))
            return fail(e, PARTNERD_E_INVALID, "a fact of plugin " + instance.id + " begins with " + instance.id + ".: " + declared->name);
        if (provided(instance, declared->name)) return fail(e, PARTNERD_E_CONFLICT, "the fact " + declared->name + " is there already");
        auto provider = make_provider(instance, *declared, provide, user);
        instance.registered.facts.push_back({std::move(*declared), std::move(provider)});
        return PARTNERD_OK;
    });
}

partnerd_status give_fact(partnerd_fact_out* out, partnerd_value const* value) noexcept {
    if (out == nullptr || out != open_out) return PARTNERD_E_STATE;
    if (value == nullptr) return PARTNERD_E_INVALID;
    return barrier(nullptr, [&]() -> partnerd_status {
        auto given = fact_value(*value, out->declared.type);
        if (!given || (!out->declared.list && !out->values.empty())) return PARTNERD_E_INVALID;
        out->values.push_back(std::move(*given));
        return PARTNERD_OK;
    });
}

}  // namespace

partnerd_rules_api const rules_service = {sizeof(partnerd_rules_api), 0, &add_rule, &add_fact, &give_fact};

}  // namespace partnerd::plugins
