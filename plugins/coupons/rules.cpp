#include "rules.hpp"

#include <partnerd/json.hpp>

#include <set>

#include "redemption.hpp"

namespace coupons {

namespace {

class PerRedemption {
  public:
    struct Params {
        partnerd::Money amount;
    };

    static partnerd::RuleInfo info() {
        return {.id = "per_redemption",
                .version = 1,
                .on_kind = "redemption",
                .params_schema = R"({"type":"object","required":["amount"],"additionalProperties":false,"properties":{"amount":{"type":"string","description":"paid for each redemption, in the program's currency"}}})",
                .facts = {{.name = "coupons.payout_minor", .type = PARTNERD_T_I64, .optional = true, .description = "what this code earns, in minor units"}}};
    }
    Params compile(std::string_view json, partnerd::Payout const& payout) const {
        auto const value = boost::json::parse({json.data(), json.size()});
        auto const* const amount = value.as_object().if_contains("amount");
        if (amount == nullptr || !amount->is_string()) partnerd::refuse(422, "missing_field", "the amount of a redemption, a decimal string, is required", "/amount");
        return {partnerd::Money(partnerd::Body::read_minor(amount->get_string(), payout.exponent, "/amount"), std::string(payout.unit), payout.exponent)};
    }
    void evaluate(Params const& params, partnerd::Facts const& facts, partnerd::Decision& decision) const {
        auto amount = params.amount;
        if (auto const own = facts.get<std::int64_t>(0)) {
            amount.minor = *own;
            decision.because("own_payout", "this code has a payout of its own", {{"amount", amount.decimal()}});
        }
        decision.line("redemption", amount);
        decision.pay("per_redemption");
    }
};

// The code behind a conversion: of a redemption, the one that was redeemed; of an order, the one redeemed with it, else the code it
// names, if that leads to one code only.
std::optional<Code> code_of(partnerd::Tx& tx, partnerd::ConversionView const& c, std::int64_t& at_us) {
    using partnerd::arg;
    if (c.kind() == "redemption") {
        if (auto const* const redemption = under_way(c.program(), c.external_id())) {
            at_us = redemption->at_us;
            return redemption->code;
        }
        auto const row = tx.row<std::int64_t, std::int64_t>("select code, at_us from coupons_redemption where program = :program and redemption_id = :id", arg("program", c.program()),
                                                            arg("id", c.external_id()));
        if (!row) return std::nullopt;
        at_us = std::get<1>(*row);
        return find_code(tx, c.program(), std::get<0>(*row));
    }
    // Most orders have none: they are spared the join.
    if (!c.order_id().empty() && tx.value<std::int64_t>("select redemption from coupons_order where program = :program and order_id = :order_id limit 1", arg("program", c.program()),
                                                        arg("order_id", c.order_id()))) {
        auto const row = tx.row<std::int64_t, std::int64_t>(
            "select r.code, r.at_us from coupons_order o join coupons_redemption r on r.program = o.program and r.id = o.redemption "
            "where o.program = :program and o.order_id = :order_id order by r.at_us desc, r.id desc limit 1",
            arg("program", c.program()), arg("order_id", c.order_id()));
        if (row) {
            at_us = std::get<1>(*row);
            return find_code(tx, c.program(), std::get<0>(*row));
        }
    }
    if (c.code().empty()) return std::nullopt;
    auto const codes = find_codes(tx, c.program(), c.code());
    std::set<Id> owners;
    for (auto const& code : codes) owners.insert(code.enrollment);
    if (codes.empty() || owners.size() != 1) return std::nullopt;
    return codes.front();
}

}  // namespace

void register_rules(partnerd::Host& host) {
    auto rules = host.rules();
    rules.add_fact({.name = "coupons.payout_minor", .type = PARTNERD_T_I64, .optional = true, .description = "what the redeemed code earns, in minor units"},
                   [](partnerd::Tx& tx, partnerd::ConversionView const& c, Id, partnerd::FactOut& out) {
                       std::int64_t at_us = 0;
                       auto const code = code_of(tx, c, at_us);
                       if (code && code->payout_minor >= 0) out.give(code->payout_minor);
                   });
    rules.add(PerRedemption{});
    host.tracking().add_attributor("coupon", [](partnerd::Tx& tx, partnerd::ConversionView const& c, partnerd::Candidates& candidates) {
        std::int64_t at_us = 0;
        auto const code = code_of(tx, c, at_us);
        if (code && code->enrollment != 0) candidates.add(code->enrollment, at_us, "code " + code->code);
    });
}

}  // namespace coupons
