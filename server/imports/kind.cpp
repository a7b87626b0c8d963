#include "imports/kind.hpp"

#include <array>
#include <string>

namespace partnerd::imports {

namespace {

constexpr bool optional = false;
constexpr std::array<std::string_view, 6> names = {"orders", "refunds", "redemptions", "partners", "coupons", "campaigns"};

std::array<std::vector<Field>, 6> all_fields() {
    return {{
        {{"order_id", {"order_id", "order"}},
         {"placed_at", {"placed_at", "at", "created_at"}},
         {"customer", {"customer_id", "customer"}, optional},
         {"partner", {"partner"}, optional},
         {"amount", {"amount", "total"}},
         {"currency", {"currency"}}},
        {{"refund_id", {"refund_id"}},
         {"order_id", {"order_id", "order"}, true, errc::unknown_order},
         {"refunded_at", {"refunded_at", "at"}},
         {"amount", {"amount"}},
         {"currency", {"currency"}}},
        {{"redemption_id", {"redemption_id"}},
         {"redeemed_on", {"redeemed_on", "redeemed_at", "day", "at"}},
         {"code", {"coupon_upc", "code"}},
         {"campaign", {"campaign_id", "campaign"}, optional},
         {"customer", {"customer_id", "customer"}, optional}},
        {{"partner", {"partner", "handle"}},
         {"name", {"name"}, optional},
         {"email", {"email"}, optional},
         {"partner_type", {"partner_type"}, optional}},
        {{"code", {"coupon_upc", "code"}}, {"campaign", {"campaign_id", "campaign"}}, {"partner", {"partner"}, optional}},
        {{"campaign", {"campaign_id", "campaign"}},
         {"starts_on", {"start_date", "starts_on"}},
         {"ends_on", {"end_date", "ends_on"}},
         {"type", {"type"}, optional}},
    }};
}

}  // namespace

Result<Kind> parse_kind(std::string_view text) {
    std::string known;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text) return static_cast<Kind>(i);
        known += (known.empty() ? "" : ", ") + std::string(names[i]);
    }
    return Error(errc::invalid_field, "'" + std::string(text.substr(0, 40)) + "' cannot be imported; known are: " + known, "kind");
}

std::string_view kind_name(Kind kind) { return names[static_cast<std::size_t>(kind)]; }

std::span<Field const> fields_of(Kind kind) {
    static auto const all = all_fields();
    return all[static_cast<std::size_t>(kind)];
}

}  // namespace partnerd::imports
