// The facts that the program's rules asked for, and no others.
#include <boost/json.hpp>

#include <algorithm>

#include "rules/core_facts.hpp"
#include "tracking/work.hpp"

namespace partnerd::tracking {

using rules::FactSet;

namespace {

Result<Money> in_payout(std::int64_t minor, Currency const& from, std::optional<programs::FxRate> const& rate, Currency const& payout) {
    if (!rate) return Money{minor, payout};
    auto converted = programs::convert(minor, from, *rate, payout);
    if (!converted) return converted.error();
    return Money{*converted, payout};
}

void set_text(FactSet& facts, char const* name, std::string const& value) {
    if (!value.empty()) facts.set(name, value);
}

Status set_items(FactSet& facts, Currency const& currency, std::vector<Item> const& items, std::optional<programs::FxRate> const& rate, Currency const& payout) {
    std::vector<rules::FactValue> skus, categories, quantities, amounts;
    std::int64_t count = 0;
    for (auto const& item : items) {
        auto amount = in_payout(item.amount_minor, currency, rate, payout);
        if (!amount) return amount.error();
        skus.emplace_back(item.sku);
        categories.emplace_back(item.category);
        quantities.emplace_back(item.quantity);
        amounts.emplace_back(*amount);
        count += item.quantity;
    }
    facts.set_list("item.sku", std::move(skus));
    facts.set_list("item.category", std::move(categories));
    facts.set_list("item.quantity", std::move(quantities));
    facts.set_list("item.amount", std::move(amounts));
    facts.set("order.item_count", count);
    return {};
}

}  // namespace

Status set_amount_facts(FactSet& facts, Conversion const& c, Amounts const& amounts, std::vector<Item> const& items, std::optional<programs::FxRate> const& rate, Currency const& payout) {
    auto base = in_payout(amounts.base_minor, c.currency, rate, payout);
    if (!base) return base.error();
    facts.set("order.base", *base);
    facts.set("order.currency", std::string(c.currency.code()));
    if (auto const breakdown = read_breakdown(c.breakdown, c.currency.exponent())) {
        std::pair<char const*, std::int64_t> const parts[] = {
            {"order.subtotal", breakdown->subtotal_minor}, {"order.discount", breakdown->discount_minor}, {"order.tax", breakdown->tax_minor}, {"order.shipping", breakdown->shipping_minor}};
        for (auto const& [name, minor] : parts) {
            auto part = in_payout(minor, c.currency, rate, payout);
            if (!part) return part.error();
            facts.set(name, *part);
        }
    }
    return set_items(facts, c.currency, items, rate, payout);
}

Status Tracker::build_facts(storage::Tx& tx, Work& work) const {
    auto const& c = work.conversion;
    FactSet all;
    all.set("conversion.kind", c.kind);
    all.set("conversion.at", rules::Instant{c.at_us});
    auto const items = read_items(c.items, c.currency.exponent());
    if (auto status = set_amount_facts(all, c, c.amounts, items, work.rate, work.view->program.currency); !status) return status;
    all.set("customer.known", !c.customer.empty());
    all.set("customer.is_new", c.customer_is_new);
    all.set("attribution.source", c.source);
    set_text(all, "coupon.code", c.code);
    if (work.rate) all.set("fx.rate", work.rate->text);
    all.set("partner.handle", work.partner->handle);
    all.set("partner.type", work.partner->type);
    all.set("partner.group", work.enrollment->group);
    auto const& needed = work.terms->plan->needed_facts();
    auto const is_needed = [&](auto test) { return std::any_of(needed.begin(), needed.end(), [&](rules::FactDeclaration const& fact) { return test(fact.name); }); };
    if (is_needed([](std::string const& name) { return name == "partner.tags"; })) {
        std::vector<rules::FactValue> tags;
        for (auto const& tag : Known::of(tx).tags(tx, work.partner->id)) tags.emplace_back(tag);
        all.set_list("partner.tags", std::move(tags));
    }
    if (is_needed([](std::string const& name) { return name.starts_with("partner.facts."); })) {
        auto const partner_facts = boost::json::parse(work.partner->facts);
        for (auto const& [name, value] : partner_facts.as_object()) all.set("partner.facts." + std::string(name), std::string(value.as_string()));
    }
    if (work.link) {
        set_text(all, "link.code", work.link->code);
        set_text(all, "link.channel", work.link->channel);
        for (std::size_t i = 0; i < work.link->subs.size(); ++i) set_text(all, ("click.sub" + std::to_string(i + 1)).c_str(), work.link->subs[i]);
    }
    if (auto const& chosen = work.candidates[static_cast<std::size_t>(work.attribution.chosen)]; !chosen.sub1.empty()) all.set("click.sub1", chosen.sub1);
    for (auto const& fact : work.terms->plan->needed_facts()) {
        auto const provider = providers_.find(fact.name);
        if (provider == providers_.end()) continue;
        auto value = provider->second(tx, work.report);
        if (!value) return value.error();
        if (*value) all.set(fact.name, **value);
    }
    work.facts = all.restricted_to(work.terms->plan->needed_facts());
    return {};
}

}  // namespace partnerd::tracking
