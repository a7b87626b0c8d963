#include "rules/item_match.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "rules/core_facts.hpp"
#include "rules/json_read.hpp"

namespace partnerd::rules {

namespace json = boost::json;

namespace {

template <class T>
std::vector<FactValue> const& rows_of(FactSet const& facts, std::string_view name) {
    static std::vector<FactValue> const none;
    auto const* rows = facts.find(name);
    if (rows == nullptr) return none;
    for (auto const& value : rows->values)
        if (!std::holds_alternative<T>(value))
            throw Refused(Error(errc::invalid_field, "the fact '" + std::string(name) + "' has another type"));
    return rows->values;
}

Status read_list(json::object const& params, std::string_view name, std::vector<std::string>& out) {
    auto const* value = params.if_contains(name);
    if (value == nullptr) return {};
    auto texts = read_texts(*value, pointer_to("", name));
    if (!texts) return texts.error();
    out = std::move(*texts);
    return {};
}

std::vector<FactDeclaration> declared(std::initializer_list<std::string_view> names) {
    std::vector<FactDeclaration> out;
    for (auto name : names) out.push_back(find_core_fact(name).value());
    return out;
}

}  // namespace

Result<ItemMatch> ItemMatch::read(json::object const& params) {
    ItemMatch match;
    if (auto status = read_list(params, "categories", match.categories_); !status) return status.error();
    if (auto status = read_list(params, "skus", match.skus_); !status) return status.error();
    return match;
}

bool ItemMatch::matches(Item const& item) const {
    return everything() || std::find(categories_.begin(), categories_.end(), item.category) != categories_.end() ||
           std::find(skus_.begin(), skus_.end(), item.sku) != skus_.end();
}

std::vector<Item> ItemMatch::matching(FactSet const& facts) const {
    auto const& skus = rows_of<std::string>(facts, "item.sku");
    auto const& categories = rows_of<std::string>(facts, "item.category");
    auto const& quantities = rows_of<std::int64_t>(facts, "item.quantity");
    auto const& amounts = rows_of<Money>(facts, "item.amount");
    if (skus.size() != amounts.size() || categories.size() != amounts.size() || quantities.size() != amounts.size())
        throw Refused(Error(errc::invalid_field, "item.sku, item.category, item.quantity and item.amount have unequal rows"));
    std::vector<Item> out;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        Item const item{std::get<std::string>(skus[i]), std::get<std::string>(categories[i]), std::get<std::int64_t>(quantities[i]),
                        std::get<Money>(amounts[i])};
        if (matches(item)) out.push_back(item);
    }
    return out;
}

std::vector<FactDeclaration> order_facts() { return declared({"order.base"}); }

std::vector<FactDeclaration> order_and_item_facts() {
    return declared({"order.base", "item.sku", "item.category", "item.quantity", "item.amount"});
}

}  // namespace partnerd::rules
