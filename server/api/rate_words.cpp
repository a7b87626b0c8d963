#include "api/rate_words.hpp"

#include <boost/json.hpp>

namespace partnerd::api {

namespace json = boost::json;

namespace {

std::string text_of(json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string list_of(json::object const& params, std::string_view name) {
    std::string list;
    auto const* const value = params.if_contains(name);
    if (value == nullptr || !value->is_array()) return list;
    for (auto const& one : value->get_array())
        if (one.is_string()) list += (list.empty() ? "" : ", ") + std::string(one.get_string());
    return list;
}

// An amount with all its decimals: "3" -> "3.00 GBP".
std::string money_of(json::object const& object, std::string_view name, Currency const& currency) {
    auto const written = text_of(object, name);
    auto const minor = parse_amount(written, currency.exponent());
    return minor ? format_money({*minor, currency}) : written;
}

std::string scope_of(json::object const& params, std::string_view otherwise) {
    auto const categories = list_of(params, "categories"), skus = list_of(params, "skus");
    if (!categories.empty()) return "items of " + categories;
    return skus.empty() ? std::string(otherwise) : "the items " + skus;
}

std::string percent_words(json::object const& params, Currency const& currency) {
    auto words = text_of(params, "rate") + " of " + scope_of(params, "the order");
    if (auto const least = money_of(params, "min", currency); !least.empty()) words += ", at least " + least;
    if (auto const most = money_of(params, "max", currency); !most.empty()) words += ", at most " + most;
    return words;
}

std::string per_item_words(json::object const& params, Currency const& currency) {
    auto const amount = money_of(params, "amount", currency);
    if (amount.empty()) return text_of(params, "rate") + " of each of " + scope_of(params, "the items");
    return amount + " for each of " + scope_of(params, "the items");
}

std::string tiers_words(json::object const& params, Currency const& currency) {
    std::string words;
    auto const* const tiers = params.if_contains("tiers");
    if (tiers == nullptr || !tiers->is_array()) return words;
    for (auto const& one : tiers->get_array()) {
        if (!one.is_object()) continue;
        auto const& tier = one.get_object();
        auto const rate = text_of(tier, "rate");
        words += (words.empty() ? "" : "; ") + (rate.empty() ? money_of(tier, "amount", currency) : rate) + " of orders from " +
                 money_of(tier, "from", currency);
    }
    auto const* const marginal = params.if_contains("marginal");
    if (marginal != nullptr && marginal->is_bool() && marginal->get_bool()) words += "; each part of the order at its own rate";
    return words;
}

std::string words_of(std::string_view rule, json::object const& params, Currency const& currency) {
    auto const id = rule.substr(0, rule.find('@'));
    if (id == "percent") return percent_words(params, currency);
    if (id == "flat") return money_of(params, "amount", currency) + " each";
    if (id == "per_item") return per_item_words(params, currency);
    if (id == "tiers") return tiers_words(params, currency);
    return "by the rule " + std::string(id);
}

RateWords words_of_rule(json::object const& rule, Currency const& currency) {
    RateWords rate{text_of(rule, "name"), text_of(rule, "rule"), text_of(rule, "lane"), {}, {}};
    auto const* const kinds = rule.if_contains("on");
    if (kinds != nullptr && kinds->is_array())
        for (auto const& kind : kinds->get_array()) rate.kinds.emplace_back(kind.as_string());
    else if (kinds != nullptr && kinds->is_string()) rate.kinds.emplace_back(kinds->get_string());
    auto const* const params = rule.if_contains("params");
    rate.words = words_of(rate.rule, params != nullptr && params->is_object() ? params->get_object() : json::object(), currency);
    auto const* const when = rule.if_contains("when");
    if (when != nullptr && !when->is_null()) rate.words += ", under conditions";
    return rate;
}

}  // namespace

std::vector<RateWords> rates_in_words(std::string_view pinned_plan, Currency const& currency) {
    std::vector<RateWords> rates;
    auto const plan = json::parse({pinned_plan.data(), pinned_plan.size()});
    for (auto const& rule : plan.at("rules").as_array()) rates.push_back(words_of_rule(rule.as_object(), currency));
    return rates;
}

}  // namespace partnerd::api
