#include "plugins/c_conversion.hpp"

#include "domain/text.hpp"
#include "plugins/c_text.hpp"

namespace partnerd::plugins {
namespace {

constexpr std::size_t items_max = 10'000;

Result<std::vector<tracking::Item>> read_items(partnerd_item const* first, std::size_t n, std::size_t stride) {
    if (n == 0) return std::vector<tracking::Item>();
    if (first == nullptr || n > items_max || stride < PARTNERD_SIZE_TO(partnerd_item, amount_minor))
        return Error(errc::invalid_field, "items, their number or their stride", "/items");
    std::vector<tracking::Item> items;
    items.reserve(n);
    for (std::size_t i = 0; i < n; ++i) {
        auto const& c = *element(first, stride, i);
        items.push_back({std::string(sv(c.sku)), std::string(sv(c.category)), c.quantity, c.amount_minor});
    }
    return items;
}

// Every text of a report is UTF-8 and no longer than a name may be.
Status check_text(partnerd_str text, char const* field) {
    if (text.len > 0 && text.ptr == nullptr) return Error(errc::invalid_field, "a length without text", field);
    if (text.len > 1024) return Error(errc::invalid_field, "longer than 1024 bytes", field);
    if (!is_utf8(sv(text))) return Error(errc::invalid_utf8, "not UTF-8", field);
    return {};
}

}  // namespace

Result<tracking::ConversionReport> conversion_report(partnerd_conversion const& c, std::string_view plugin) {
    std::pair<partnerd_str, char const*> const texts[] = {
        {c.kind, "/kind"},         {c.external_id, "/external_id"},          {c.order_id, "/order_id"},
        {c.customer, "/customer"}, {c.customer_email, "/customer_email"},    {c.click_id, "/click_id"},
        {c.code, "/code"},         {c.assigned_partner, "/assigned_partner"}};
    for (auto const& [text, field] : texts)
        if (auto const status = check_text(text, field); !status) return status.error();
    if (c.program == 0) return Error(errc::missing_field, "a conversion has a program", "/program");
    if (c.kind.len == 0) return Error(errc::missing_field, "a conversion has a kind", "/kind");
    if (c.external_id.len == 0) return Error(errc::missing_field, "a conversion has an external id", "/external_id");
    auto const currency = currency_of(get_text(c.amount.unit), c.amount.exponent);
    if (!currency) return currency.error();
    auto items = read_items(c.items, c.n_items, c.item_stride);
    if (!items) return items.error();

    tracking::ConversionReport report;
    report.program = c.program;
    report.kind = sv(c.kind);
    report.external_id = sv(c.external_id);
    report.order_id = sv(c.order_id);
    report.customer = sv(c.customer);
    report.customer_email = sv(c.customer_email);
    if (c.customer_is_new == PARTNERD_YES || c.customer_is_new == PARTNERD_NO) report.customer_is_new = c.customer_is_new == PARTNERD_YES;
    report.click_id = sv(c.click_id);
    report.code = sv(c.code);
    report.assigned_partner = sv(c.assigned_partner);
    report.currency = *currency;
    if (c.has_amount != 0) report.amount_minor = c.amount.minor;
    if (c.breakdown != nullptr)
        report.breakdown = tracking::Breakdown{c.breakdown->subtotal_minor, c.breakdown->discount_minor, c.breakdown->tax_minor,
                                               c.breakdown->shipping_minor};
    report.items = std::move(*items);
    report.link = c.link;
    report.at_us = c.at_us;
    report.test = c.test != 0;
    report.plugin = plugin;
    return report;
}

Result<tracking::AdjustmentReport> adjustment_report(partnerd_adjustment const& c) {
    std::pair<partnerd_str, char const*> const texts[] = {
        {c.adjustment_id, "/adjustment_id"}, {c.reason, "/reason"}, {c.new_status, "/new_status"}};
    for (auto const& [text, field] : texts)
        if (auto const status = check_text(text, field); !status) return status.error();
    if (c.adjustment_id.len == 0) return Error(errc::missing_field, "an adjustment has an id", "/adjustment_id");
    if (c.type < PARTNERD_REFUND || c.type > PARTNERD_SET_STATUS)
        return Error(errc::invalid_field, "there is no such type of adjustment", "/type");
    auto const currency = currency_of(get_text(c.amount.unit), c.amount.exponent);
    if (!currency) return currency.error();
    auto items = read_items(c.items, c.n_items, c.item_stride);
    if (!items) return items.error();

    tracking::AdjustmentReport report;
    report.adjustment_id = sv(c.adjustment_id);
    report.type = static_cast<tracking::AdjustmentType>(c.type);
    if (c.has_amount != 0) report.amount_minor = c.amount.minor;
    if (c.has_base != 0) report.base_minor = c.base_minor;
    report.currency = *currency;
    report.items = std::move(*items);
    report.reason = sv(c.reason);
    report.new_status = sv(c.new_status);
    report.at_us = c.at_us;
    return report;
}

CConversion::CConversion(tracking::ConversionReport const& report) {
    for (auto const& item : report.items)
        items_.push_back({sizeof(partnerd_item), 0, str(item.sku), str(item.category), item.quantity, item.amount_minor});
    c_.struct_size = sizeof c_;
    c_.test = report.test ? 1 : 0;
    c_.program = report.program;
    c_.kind = str(report.kind);
    c_.external_id = str(report.external_id);
    c_.order_id = str(report.order_id);
    c_.customer = str(report.customer);
    c_.customer_email = str(report.customer_email);
    c_.click_id = str(report.click_id);
    c_.code = str(report.code);
    c_.assigned_partner = str(report.assigned_partner);
    c_.link = report.link;
    c_.amount = c_money({report.amount_minor.value_or(0), report.currency});
    c_.has_amount = report.amount_minor ? 1 : 0;
    c_.customer_is_new = !report.customer_is_new ? PARTNERD_UNKNOWN : *report.customer_is_new ? PARTNERD_YES : PARTNERD_NO;
    if (report.breakdown) {
        auto const& b = *report.breakdown;
        breakdown_ = {sizeof(partnerd_breakdown), 0, b.subtotal_minor, b.discount_minor, b.tax_minor, b.shipping_minor};
        c_.breakdown = &breakdown_;
    }
    c_.items = items_.data();
    c_.n_items = items_.size();
    c_.item_stride = sizeof(partnerd_item);
    c_.at_us = report.at_us;
}

partnerd_line c_line(tracking::OutcomeLine const& line) noexcept {
    partnerd_line c{};
    c.commission = line.commission;
    c.enrollment = line.enrollment;
    c.partner = line.partner;
    c.key = str(line.key);
    c.kind = str(line.kind);
    c.state = str(line.state);
    c.amount = c_money(line.amount);
    c.payable_at_us = line.payable_at_us;
    return c;
}

}  // namespace partnerd::plugins
