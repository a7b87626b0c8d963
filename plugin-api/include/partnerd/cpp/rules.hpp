// Rules and facts. A rule is a class with
//   static partnerd::RuleInfo info();                                            id, version, kind, schema, the facts it sees
//   struct Params { ... };  Params compile(std::string_view params_json, Payout const&) const;  pure; throw Error to refuse the terms
//   void evaluate(Params const&, Facts const&, Decision&) const;                 pure and concurrent
// and is registered with host.rules().add(MyRule{}).
#pragma once

#include <partnerd/cpp/tracking.hpp>

namespace partnerd::inline v1 {

// Texts are constants: they live as long as the process.
struct Fact {
    char const* name = "";
    std::int32_t type = PARTNERD_T_I64;
    bool list = false;
    bool optional = false;
    char const* description = nullptr;

    partnerd_fact c() const { return {sizeof(partnerd_fact), type, list ? 1 : 0, optional ? 1 : 0, name, description}; }
};

struct RuleInfo {
    char const* id = "";
    std::uint32_t version = 1;
    char const* on_kind = nullptr;  // every kind
    char const* params_schema = nullptr;
    std::vector<Fact> facts = {};
};

// The currency that amounts in parameters are of and that a rule pays in.
struct Payout {
    std::string_view unit;
    int exponent = 2;
};

// The facts of one evaluation, by their place in RuleInfo::facts.
class Facts {
  public:
    Facts(partnerd_facts_api const* api, partnerd_facts const* facts) : api_(api), facts_(facts) {}
    std::size_t rows(std::uint32_t fact) const { return api_->rows(facts_, fact); }
    bool has(std::uint32_t fact) const { return rows(fact) > 0; }
    template <class T>
    std::optional<T> get(std::uint32_t fact, std::size_t row = 0) const {
        partnerd_value value{};
        auto const status = api_->get(facts_, fact, row, &value);
        if (status == PARTNERD_E_NOTFOUND) return std::nullopt;
        detail::check(status, "facts.get");
        return detail::read_value<T>(value);
    }

  private:
    partnerd_facts_api const* api_;
    partnerd_facts const* facts_;
};

struct Figure {
    std::string_view name, value;
};

class Decision {
  public:
    Decision(partnerd_decision_api const* api, partnerd_decision* decision) : api_(api), decision_(decision) {}
    void pass(std::string_view reason_code) { api_->outcome(decision_, PARTNERD_PASS, str(reason_code)); }
    void pay(std::string_view reason_code) { api_->outcome(decision_, PARTNERD_PAY, str(reason_code)); }
    void review(std::string_view reason_code) { api_->outcome(decision_, PARTNERD_REVIEW, str(reason_code)); }
    void decline(std::string_view reason_code) { api_->outcome(decision_, PARTNERD_DECLINE, str(reason_code)); }
    // key: stable across refunds. payee: an enrollment; 0: the credited one.
    void line(std::string_view key, Money const& amount, Id payee = 0, std::string_view kind = "commission") {
        auto const c = amount.c();
        detail::check(api_->line(decision_, str(key), payee, str(kind), &c), "decision.line: the key again, another unit, or negative");
    }
    void because(std::string_view code, std::string_view text, std::initializer_list<Figure> figures = {}) {
        std::vector<partnerd_kv> kv;
        kv.reserve(figures.size());
        for (auto const& f : figures) kv.push_back({str(f.name), str(f.value)});
        api_->because(decision_, str(code), str(text), kv.data(), kv.size());
    }

  private:
    partnerd_decision_api const* api_;
    partnerd_decision* decision_;
};

// Where a provider of a plugin's fact puts its value; again for a list.
class FactOut {
  public:
    FactOut(Services const& services, partnerd_fact_out* out) : services_(&services), out_(out) {}
    template <class T>
    void give(T const& value) {
        if constexpr (std::is_same_v<T, Money>) {
            partnerd_value v{};
            v.type = PARTNERD_T_MONEY;
            v.v.money = value.c();
            give_raw(v);
        } else {
            give_raw(arg("", value).value);
        }
    }
    void give_raw(partnerd_value const& value) {
        detail::check(services_->rules->give(out_, &value), "rules.give: another type than declared");
    }

  private:
    Services const* services_;
    partnerd_fact_out* out_;
};

namespace detail {

template <class Rule>
struct RuleTrampoline {
    Rule rule;
    using Params = decltype(std::declval<Rule const&>().compile(std::string_view(), Payout()));

    static partnerd_status compile(void const* user, partnerd_str json, char const* unit, std::int32_t exponent, void** compiled,
                                   partnerd_error* e) noexcept {
        return guarded(e, [&] {
            *compiled = std::make_unique<Params>(self(user).rule.compile(sv(json), Payout{unit, exponent})).release();
        });
    }
    static partnerd_status evaluate(void const* user, void const* compiled, partnerd_facts const* facts,
                                    partnerd_facts_api const* facts_api, partnerd_decision* decision,
                                    partnerd_decision_api const* decision_api, partnerd_error* e) noexcept {
        return guarded(e, [&] {
            Decision out(decision_api, decision);
            self(user).rule.evaluate(*static_cast<Params const*>(compiled), Facts(facts_api, facts), out);
        });
    }
    static void release(void const*, void* compiled) noexcept { std::unique_ptr<Params>(static_cast<Params*>(compiled)).reset(); }

  private:
    static RuleTrampoline const& self(void const* user) { return *static_cast<RuleTrampoline const*>(user); }
};

}  // namespace detail

class Rules {
  public:
    explicit Rules(Services& services) : services_(&services) {}

    template <class Rule>
    void add(Rule rule) const {
        using Trampoline = detail::RuleTrampoline<Rule>;
        auto const info = rule.info();
        std::vector<partnerd_fact> facts;
        for (auto const& f : info.facts) facts.push_back(f.c());
        partnerd_rule r{};
        r.struct_size = sizeof r;
        r.version = info.version;
        r.id = info.id;
        r.on_kind = info.on_kind;
        r.params_schema = info.params_schema;
        r.facts = facts.data();
        r.n_facts = facts.size();
        r.fact_stride = sizeof(partnerd_fact);
        r.compile = &Trampoline::compile;
        r.evaluate = &Trampoline::evaluate;
        r.release = &Trampoline::release;
        r.user = services_->keep(Trampoline{std::move(rule)});
        detail::call(services_->rules->add_rule, services_->host, static_cast<partnerd_rule const*>(&r));
    }
    // provide(Tx&, ConversionView const&, Id enrollment, FactOut&)
    template <class Provide>
    void add_fact(Fact const& fact, Provide provide) const {
        struct Trampoline {
            Services const* services;
            Provide provide;
            static partnerd_status run(void* user, partnerd_tx* raw, partnerd_conversion const* c, partnerd_id enrollment,
                                       partnerd_fact_out* out, partnerd_error* e) noexcept {
                auto& self = *static_cast<Trampoline*>(user);
                return detail::guarded(e, [&] {
                    Tx tx(*self.services, raw);
                    FactOut sink(*self.services, out);
                    self.provide(tx, ConversionView(*c), enrollment, sink);
                });
            }
        };
        auto const f = fact.c();
        partnerd_provide_fn const run = &Trampoline::run;
        void* const user = services_->keep(Trampoline{services_, std::move(provide)});
        detail::call(services_->rules->add_fact, services_->host, &f, run, user);
    }

  private:
    Services* services_;
};

}  // namespace partnerd::inline v1
