#include "rules/core_facts.hpp"

#include <algorithm>
#include <vector>

namespace partnerd::rules {

namespace {

constexpr bool optional = true;
constexpr std::string_view partner_facts_prefix = "partner.facts.";

FactDeclaration one(char const* name, FactType type, char const* description, bool is_optional = false) {
    return {name, type, false, is_optional, description};
}
FactDeclaration rows(char const* name, FactType type, char const* description) { return {name, type, true, false, description}; }

std::vector<FactDeclaration> declare() {
    using enum FactType;
    return {
        one("conversion.kind", text, "sale, lead, signup, install, redemption, ..."),
        one("conversion.at", time, "when it happened, as the merchant says"),
        one("order.base", money, "the commissionable amount, in the payout currency"),
        one("order.currency", text, "the currency the customer paid in", optional),
        one("order.subtotal", money, "as sent by the merchant, in the payout currency", optional),
        one("order.discount", money, "as sent by the merchant, in the payout currency", optional),
        one("order.tax", money, "as sent by the merchant, in the payout currency", optional),
        one("order.shipping", money, "as sent by the merchant, in the payout currency", optional),
        one("order.item_count", integer, "the sum of the quantities of all items; 0 without items"),
        rows("item.sku", text, "one row per item; empty when the merchant sent none"),
        rows("item.category", text, "one row per item; empty when the merchant sent none"),
        rows("item.quantity", integer, "one row per item"),
        rows("item.amount", money, "one row per item: of all its units, in the payout currency"),
        one("customer.is_new", boolean, "the first order of this customer in the program; the merchant's word wins"),
        one("customer.known", boolean, "the merchant named a customer"),
        one("partner.handle", text, "the credited partner"),
        one("partner.type", text, "affiliate, publisher, reseller, ...", optional),
        one("partner.group", text, "the group of its enrollment", optional),
        rows("partner.tags", text, "the tags of its enrollment"),
        one("link.code", text, "the code of the link that was clicked", optional),
        one("link.channel", text, "the channel of that link", optional),
        one("click.sub1", text, "sub-id of the click", optional),
        one("click.sub2", text, "sub-id of the click", optional),
        one("click.sub3", text, "sub-id of the click", optional),
        one("click.sub4", text, "sub-id of the click", optional),
        one("click.sub5", text, "sub-id of the click", optional),
        one("coupon.code", text, "the code that the customer used", optional),
        one("attribution.source", text, "assigned, coupon, click, binding or a plugin's attributor"),
        one("fx.rate", text, "the dated rate that turned the order's currency into the payout currency", optional),
    };
}

bool is_fact_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 &&
           std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

std::span<FactDeclaration const> core_facts() {
    static std::vector<FactDeclaration> const all = declare();
    return all;
}

std::optional<FactDeclaration> find_core_fact(std::string_view name) {
    if (name.starts_with(partner_facts_prefix) && is_fact_name(name.substr(partner_facts_prefix.size())))
        return FactDeclaration{std::string(name), FactType::text, false, optional, "a fact of the partner"};
    auto const all = core_facts();
    auto const found = std::find_if(all.begin(), all.end(), [&](auto const& fact) { return fact.name == name; });
    if (found == all.end()) return std::nullopt;
    return *found;
}

bool changes_with_refunds(std::string_view name) noexcept {
    return name.starts_with("item.") || (name.starts_with("order.") && name != "order.currency");
}

}  // namespace partnerd::rules
