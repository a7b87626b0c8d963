#include "tracking/report.hpp"

#include <boost/json.hpp>

#include "domain/digest.hpp"

namespace partnerd::tracking {

namespace json = boost::json;

namespace {

// Each text behind its length, so that no two different reports give the same bytes.
class Canonical {
  public:
    Canonical& text(std::string_view value) {
        bytes_ += std::to_string(value.size());
        bytes_ += ':';
        bytes_ += value;
        return *this;
    }
    Canonical& number(std::optional<std::int64_t> value) { return text(value ? std::to_string(*value) : std::string("-")); }
    Canonical& items(std::vector<Item> const& list) {
        number(static_cast<std::int64_t>(list.size()));
        for (auto const& item : list) text(item.sku).text(item.category).number(item.quantity).number(item.amount_minor);
        return *this;
    }
    std::string hash() const { return sha256_hex(bytes_); }

  private:
    std::string bytes_;
};

std::int64_t read_amount(json::object const& object, std::string_view name, int exponent) { return parse_amount(object.at(name).as_string(), exponent).value(); }

}  // namespace

std::string_view state_name(OutcomeState state) noexcept {
    switch (state) {
        case OutcomeState::recorded: return "recorded";
        case OutcomeState::duplicate: return "duplicate";
        case OutcomeState::unattributed: return "unattributed";
        case OutcomeState::refused: return "refused";
        case OutcomeState::held: return "held";
        case OutcomeState::declined: return "declined";
    }
    return "other";
}

std::string_view type_name(AdjustmentType type) noexcept {
    switch (type) {
        case AdjustmentType::refund: return "refund";
        case AdjustmentType::chargeback: return "chargeback";
        case AdjustmentType::amend: return "amend";
        case AdjustmentType::status: return "status";
    }
    return "other";
}

std::optional<AdjustmentType> parse_adjustment_type(std::string_view text) noexcept {
    for (auto type : {AdjustmentType::refund, AdjustmentType::chargeback, AdjustmentType::amend, AdjustmentType::status})
        if (type_name(type) == text) return type;
    return std::nullopt;
}

std::string content_hash(ConversionReport const& r, Currency const& currency) {
    Canonical canonical;
    canonical.text(r.kind).text(r.external_id).text(r.order_id).text(r.customer).text(r.click_id).text(r.code).text(r.assigned_partner);
    canonical.text(currency.code()).number(r.amount_minor).number(r.link).number(r.at_us == 0 ? std::nullopt : std::optional(r.at_us));
    if (r.customer_is_new) canonical.number(*r.customer_is_new ? 1 : 0);
    if (r.breakdown) canonical.number(r.breakdown->subtotal_minor).number(r.breakdown->discount_minor).number(r.breakdown->tax_minor).number(r.breakdown->shipping_minor);
    return canonical.items(r.items).hash();
}

std::string content_hash(AdjustmentReport const& r) {
    Canonical canonical;
    canonical.text(type_name(r.type)).number(r.amount_minor).number(r.base_minor).text(r.currency.code()).text(r.new_status);
    canonical.number(r.at_us == 0 ? std::nullopt : std::optional(r.at_us));
    return canonical.items(r.items).hash();
}

std::string write_items(std::vector<Item> const& items, int exponent) {
    json::array array;
    for (auto const& item : items)
        array.emplace_back(json::object{{"sku", item.sku}, {"category", item.category}, {"quantity", item.quantity}, {"amount", format_amount(item.amount_minor, exponent)}});
    return json::serialize(array);
}

std::vector<Item> read_items(std::string_view text, int exponent) {
    std::vector<Item> items;
    if (text.empty() || text == "[]") return items;
    auto const value = json::parse({text.data(), text.size()});
    for (auto const& element : value.as_array()) {
        auto const& object = element.as_object();
        items.push_back({std::string(object.at("sku").as_string()), std::string(object.at("category").as_string()), object.at("quantity").as_int64(), read_amount(object, "amount", exponent)});
    }
    return items;
}

std::string write_breakdown(Breakdown const& b, int exponent) {
    return json::serialize(json::object{{"subtotal", format_amount(b.subtotal_minor, exponent)}, {"discount", format_amount(b.discount_minor, exponent)},
                                        {"tax", format_amount(b.tax_minor, exponent)}, {"shipping", format_amount(b.shipping_minor, exponent)}});
}

std::optional<Breakdown> read_breakdown(std::string_view text, int exponent) {
    if (text.empty()) return std::nullopt;
    auto const value = json::parse({text.data(), text.size()});
    auto const& object = value.as_object();
    return Breakdown{read_amount(object, "subtotal", exponent), read_amount(object, "discount", exponent), read_amount(object, "tax", exponent), read_amount(object, "shipping", exponent)};
}

}  // namespace partnerd::tracking
