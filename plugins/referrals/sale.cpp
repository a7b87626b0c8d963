#include "sale.hpp"

#include <partnerd/json.hpp>

namespace referrals {

namespace json = boost::json;
using partnerd::refuse;

namespace {

void read_customer(partnerd::Core const& core, partnerd::Body& body, partnerd::Conversion& c) {
    c.customer_email = body.optional_text("customer_email", 254).value_or("");
    c.click_id = body.optional_text("click_id", 64).value_or("");
    auto const at = body.optional_text("at", 40);
    if (!at) return;
    auto const parsed = core.parse_instant(*at);
    if (!parsed) refuse(422, "invalid_field", "a time such as \"2026-01-31T08:26:00Z\" is expected", "/at");
    c.at_us = *parsed;
}

std::string state_text(partnerd::OutcomeState state) {
    switch (state) {
        case partnerd::OutcomeState::recorded: return "recorded";
        case partnerd::OutcomeState::unattributed: return "unattributed";
        case partnerd::OutcomeState::held: return "held";
        case partnerd::OutcomeState::declined: return "declined";
        default: return "refused";
    }
}

}  // namespace

partnerd::Conversion read_sale(partnerd::Tx& tx, partnerd::Core const& core, partnerd::Request& request) {
    partnerd::Body body(request);
    partnerd::Conversion c;
    c.program = request.program();
    c.kind = "sale";
    c.external_id = c.order_id = body.text("order_id", 200);
    c.customer = body.optional_text("customer", 200).value_or("");
    c.customer_is_new = body.optional_boolean("customer_is_new");
    read_customer(core, body, c);
    auto const currency = core.field<std::string>(tx, "program", c.program, "currency");
    auto const exponent = static_cast<int>(core.field<std::int64_t>(tx, "program", c.program, "exponent"));
    auto const amount = body.optional_money("amount", currency, exponent);
    body.finish();
    if (!amount) refuse(422, "missing_field", "the amount of the order is required", "/amount");
    c.amount(*amount);
    c.test = request.principal().test;
    return c;
}

partnerd::Conversion read_signup(partnerd::Core const& core, partnerd::Request& request) {
    partnerd::Body body(request);
    partnerd::Conversion c;
    c.program = request.program();
    c.kind = "signup";
    c.external_id = c.customer = body.text("customer", 200);
    read_customer(core, body, c);
    body.finish();
    c.test = request.principal().test;
    return c;
}

std::string write_outcome(partnerd::Tx& tx, partnerd::Core const& core, partnerd::Outcome const& o) {
    auto const handle = [&](partnerd::Id partner) { return core.field<std::string>(tx, "partner", partner, "handle"); };
    bool const duplicate = o.state == partnerd::OutcomeState::duplicate;
    json::object object{{"id", core.format_id(o.conversion, "cnv")}, {"state", state_text(duplicate ? o.first_state : o.state)}, {"duplicate", duplicate}};
    if (!o.reason_code.empty()) object["reason"] = o.reason_code;
    if (o.partner != 0) object["partner"] = handle(o.partner);
    json::array lines;
    for (auto const& line : o.lines)
        lines.emplace_back(json::object{{"id", core.format_id(line.commission, "com")}, {"partner", handle(line.partner)}, {"kind", line.kind}, {"state", line.state},
                                        {"amount", {{"amount", line.amount.decimal()}, {"currency", line.amount.unit}}}});
    object["commissions"] = std::move(lines);
    return json::serialize(object);
}

}  // namespace referrals
