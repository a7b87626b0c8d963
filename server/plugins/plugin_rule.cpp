#include "plugins/plugin_rule.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "domain/text.hpp"
#include "plugins/c_fact.hpp"
#include "plugins/c_text.hpp"
#include "plugins/instance.hpp"
#include "plugins/json_schema.hpp"
#include "plugins/names.hpp"

// What a rule is given: on the host's stack while it runs.
struct partnerd_facts {
    partnerd::rules::FactSet const& facts;
    std::span<partnerd::rules::FactDeclaration const> declared;
};
struct partnerd_decision {
    partnerd::rules::Decision& decision;
    partnerd::Currency payout;
    std::set<std::string, std::less<>> keys;
    std::string trouble;  // what the rule did wrong, first of all
};

namespace partnerd::plugins {
namespace {

thread_local partnerd_facts const* open_facts = nullptr;
thread_local partnerd_decision* open_decision = nullptr;

std::span<rules::FactValue const> values_of(partnerd_facts const* facts, std::uint32_t fact) noexcept {
    if (facts == nullptr || facts != open_facts || fact >= facts->declared.size()) return {};
    auto const* const rows = facts->facts.find(facts->declared[fact].name);
    return rows == nullptr ? std::span<rules::FactValue const>() : std::span<rules::FactValue const>(rows->values);
}
std::size_t fact_rows(partnerd_facts const* facts, std::uint32_t fact) noexcept { return values_of(facts, fact).size(); }
partnerd_status fact_get(partnerd_facts const* facts, std::uint32_t fact, std::size_t row, partnerd_value* value) noexcept {
    if (facts == nullptr || facts != open_facts) return PARTNERD_E_STATE;
    if (value == nullptr || fact >= facts->declared.size()) return PARTNERD_E_INVALID;
    auto const values = values_of(facts, fact);
    if (row >= values.size()) return PARTNERD_E_NOTFOUND;
    *value = c_value(values[row]);
    return PARTNERD_OK;
}
partnerd_facts_api const facts_api = {sizeof(partnerd_facts_api), 0, &fact_rows, &fact_get};

rules::Verdict verdict(std::int32_t outcome) noexcept {
    switch (outcome) {
        case PARTNERD_PAY: return rules::Verdict::pay;
        case PARTNERD_REVIEW: return rules::Verdict::review;
        case PARTNERD_DECLINE: return rules::Verdict::decline;
        default: return rules::Verdict::pass;
    }
}
void decide(partnerd_decision* d, std::int32_t outcome, partnerd_str reason) noexcept {
    if (d == nullptr || d != open_decision) return;
    barrier(nullptr, [&] {
        d->decision.outcome(verdict(outcome), is_utf8(sv(reason)) ? std::string(sv(reason)) : "not_utf8");
        return PARTNERD_OK;
    });
}
partnerd_status wrong(partnerd_decision& d, partnerd_status status, std::string what) {
    if (d.trouble.empty()) d.trouble = std::move(what);
    return status;
}
partnerd_status line(partnerd_decision* d, partnerd_str key, partnerd_id payee, partnerd_str kind, partnerd_money const* amount) noexcept {
    if (d == nullptr || d != open_decision) return PARTNERD_E_STATE;
    return barrier(nullptr, [&]() -> partnerd_status {
        if (amount == nullptr || key.len == 0 || !is_utf8(sv(key)) || !is_utf8(sv(kind)) || payee < 0)
            return wrong(*d, PARTNERD_E_INVALID, "a line without a key or amount");
        if (amount->minor < 0) return wrong(*d, PARTNERD_E_INVALID, "a negative line");
        if (get_text(amount->unit) != d->payout.code() || amount->exponent != d->payout.exponent())
            return wrong(*d, PARTNERD_E_INVALID, "a line in another unit than the payout currency");
        if (!d->keys.emplace(sv(key)).second) return wrong(*d, PARTNERD_E_CONFLICT, "the line key " + std::string(sv(key)) + " again");
        d->decision.line(std::string(sv(key)), payee, kind.len == 0 ? "commission" : std::string(sv(kind)),
                         Money{amount->minor, d->payout});
        return PARTNERD_OK;
    });
}
void because(partnerd_decision* d, partnerd_str code, partnerd_str text, partnerd_kv const* figures, std::size_t n) noexcept {
    if (d == nullptr || d != open_decision) return;
    barrier(nullptr, [&] {
        auto const clean = [](partnerd_str s) { return is_utf8(sv(s)) ? std::string(sv(s)) : std::string("not_utf8"); };
        std::vector<std::pair<std::string, std::string>> values;
        for (std::size_t i = 0; figures != nullptr && i < n; ++i) values.emplace_back(clean(figures[i].key), clean(figures[i].value));
        d->decision.because(clean(code), clean(text), std::move(values));
        return PARTNERD_OK;
    });
}
partnerd_decision_api const decision_api = {sizeof(partnerd_decision_api), 0, &decide, &line, &because};

class PluginRule;

class PluginCompiled final : public rules::CompiledRule {
  public:
    PluginCompiled(std::shared_ptr<PluginRule const> rule, void* compiled, Currency payout)
        : rule_(std::move(rule)), compiled_(compiled), payout_(payout) {}
    ~PluginCompiled() override;
    void evaluate(rules::FactSet const& facts, rules::Decision& decision) const override;

  private:
    std::shared_ptr<PluginRule const> rule_;
    void* const compiled_;
    Currency const payout_;
};

class PluginRule final : public rules::Rule, public std::enable_shared_from_this<PluginRule> {
  public:
    PluginRule(Instance& instance_, partnerd_rule const& rule, std::vector<rules::FactDeclaration> facts,
               std::shared_ptr<JsonSchema const> schema)
        : instance(instance_),
          c(rule),
          id_(instance_.id + "." + rule.id),
          on_kind_(sv_or_empty(rule.on_kind)),
          params_schema_(rule.params_schema == nullptr ? R"({"type":"object","maxProperties":0})" : rule.params_schema),
          facts_(std::move(facts)),
          schema_(std::move(schema)) {}

    std::string_view id() const override { return id_; }
    int version() const override { return static_cast<int>(c.version); }
    std::string_view on_kind() const override { return on_kind_; }
    std::span<rules::FactDeclaration const> facts() const override { return facts_; }
    std::string_view params_schema() const override { return params_schema_; }

    Result<std::shared_ptr<rules::CompiledRule const>> compile(boost::json::object const& params, Currency const& payout) const override {
        if (auto const status = schema_->check(params); !status) return status.error();
        auto const text = boost::json::serialize(params);
        std::string const unit(payout.code());
        void* compiled = nullptr;
        auto error = fresh_error();
        Frame const frame(instance, Role::pure);
        auto const status = c.compile(c.user, str(text), unit.c_str(), payout.exponent(), &compiled, &error);
        if (status >= 0)
            return std::shared_ptr<rules::CompiledRule const>(std::make_shared<PluginCompiled>(shared_from_this(), compiled, payout));
        auto refused = plugin_error(instance.id, status, error);
        if (refused.foreign_code.empty()) refused.code = errc::invalid_field;
        if (refused.field.empty()) refused.field = std::string(get_text(error.field));
        return refused;
    }

    Instance& instance;
    partnerd_rule const c;  // its texts are not used

  private:
    std::string const id_, on_kind_, params_schema_;
    std::vector<rules::FactDeclaration> const facts_;
    std::shared_ptr<JsonSchema const> const schema_;
};

PluginCompiled::~PluginCompiled() {
    if (rule_->c.release == nullptr || compiled_ == nullptr) return;
    Frame const frame(rule_->instance, Role::pure);
    rule_->c.release(rule_->c.user, compiled_);
}

void PluginCompiled::evaluate(rules::FactSet const& facts, rules::Decision& decision) const {
    partnerd_facts const given{facts, rule_->facts()};
    partnerd_decision out{decision, payout_, {}, {}};
    auto error = fresh_error();
    Frame const frame(rule_->instance, Role::pure);
    auto const* const outer_facts = std::exchange(open_facts, &given);
    auto* const outer_decision = std::exchange(open_decision, &out);
    auto const status = rule_->c.evaluate(rule_->c.user, compiled_, &given, &facts_api, &out, &decision_api, &error);
    open_facts = outer_facts;
    open_decision = outer_decision;
    auto const name = std::string(rule_->id()) + "@" + std::to_string(rule_->version());
    if (!out.trouble.empty()) throw Refused(Error(errc::plugin_failed, "rule " + name + ": " + out.trouble));
    if (status < 0)
        throw Refused(Error(errc::plugin_failed, "rule " + name + ": " + plugin_error(rule_->instance.id, status, error).detail));
}

}  // namespace

Result<std::shared_ptr<rules::Rule const>> plugin_rule(Instance& instance, partnerd_rule const& given) {
    if (!is_name(sv_or_empty(given.id)) || given.version == 0 || given.version > 1'000'000)
        return Error(errc::invalid_field, "a rule has an id, [a-z][a-z0-9_]*, and a version from 1");
    if (given.compile == nullptr || given.evaluate == nullptr) return Error(errc::invalid_field, "a rule has compile and evaluate");
    if (given.n_facts > 0 && (given.facts == nullptr || given.fact_stride < PARTNERD_SIZE_TO(partnerd_fact, description)))
        return Error(errc::invalid_field, "the facts of rule " + std::string(given.id) + ", or their stride");
    std::vector<rules::FactDeclaration> facts;
    for (std::size_t i = 0; i < given.n_facts; ++i) {
        auto declared = fact_declaration(*element(given.facts, given.fact_stride, i));
        if (!declared) return declared.error();
        facts.push_back(std::move(*declared));
    }
    auto schema = JsonSchema::compile(given.params_schema == nullptr ? R"({"type":"object","maxProperties":0})" : given.params_schema);
    if (!schema) return Error(errc::invalid_field, "the parameter schema of rule " + std::string(given.id) + ": " + schema.error().detail);
    return std::shared_ptr<rules::Rule const>(std::make_shared<PluginRule>(instance, given, std::move(facts), std::move(*schema)));
}

}  // namespace partnerd::plugins
