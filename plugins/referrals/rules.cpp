#include "rules.hpp"

#include <partnerd/json.hpp>

namespace referrals {

namespace {

class Reward {
  public:
    struct Params {
        partnerd::Money amount;
        std::int64_t minimum_minor = 0;
    };
    enum : std::uint32_t { order_base, customer_is_new };

    static partnerd::RuleInfo info() {
        return {.id = "reward",
                .version = 1,
                .on_kind = "sale",
                .params_schema = R"({"type":"object","required":["amount"],"additionalProperties":false,"properties":{)"
                                 R"("amount":{"type":"string","description":"paid once for each new customer, in the program's currency"},)"
                                 R"("minimum":{"type":"string","description":"the least the first order must be worth"}}})",
                .facts = {{.name = "order.base", .type = PARTNERD_T_MONEY}, {.name = "customer.is_new", .type = PARTNERD_T_BOOL}}};
    }
    Params compile(std::string_view text, partnerd::Payout const& payout) const {
        auto const value = boost::json::parse({text.data(), text.size()});
        auto const read = [&](char const* name, bool required) -> std::int64_t {
            auto const* const member = value.as_object().if_contains(name);
            auto const pointer = "/" + std::string(name);
            if (member == nullptr && required) partnerd::refuse(422, "missing_field", "a decimal string is required", pointer);
            if (member == nullptr) return 0;
            if (!member->is_string()) partnerd::refuse(422, "amount_not_a_string", "amounts are decimal strings", pointer);
            return partnerd::Body::read_minor(member->get_string(), payout.exponent, pointer);
        };
        return {partnerd::Money(read("amount", true), std::string(payout.unit), payout.exponent), read("minimum", false)};
    }
    void evaluate(Params const& params, partnerd::Facts const& facts, partnerd::Decision& decision) const {
        if (!facts.get<bool>(customer_is_new).value_or(false)) return decision.pass("customer_not_new");
        if (facts.get<partnerd::Money>(order_base).value_or(partnerd::Money()).minor < params.minimum_minor) return decision.pass("below_minimum");
        decision.because("new_customer", "the first order of a new customer", {{"amount", params.amount.decimal()}});
        decision.line("reward", params.amount);
        decision.pay("reward");
    }
};

}  // namespace

void register_rules(partnerd::Host& host) { host.rules().add(Reward{}); }

}  // namespace referrals
