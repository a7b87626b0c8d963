// Which items of an order a rule is about: "categories" and "skus" in its parameters; an item matches when either names it.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "rules/fact_set.hpp"

namespace partnerd::rules {

struct Item {
    std::string_view sku, category;
    std::int64_t quantity = 0;
    Money amount;
};

class ItemMatch {
  public:
    // Reads the members "categories" and "skus"; neither: every item.
    static Result<ItemMatch> read(boost::json::object const& params);
    bool everything() const noexcept { return categories_.empty() && skus_.empty(); }
    // The items that match; they view into `facts`. Throws Refused(invalid_field) when the item facts have unequal rows.
    std::vector<Item> matching(FactSet const& facts) const;

  private:
    bool matches(Item const& item) const;
    std::vector<std::string> categories_;
    std::vector<std::string> skus_;
};

// The declarations of order.base and item.*, which the calculators need.
std::vector<FactDeclaration> order_facts();
std::vector<FactDeclaration> order_and_item_facts();

}  // namespace partnerd::rules
