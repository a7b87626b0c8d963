#include "tracking/base.hpp"

#include <algorithm>

namespace partnerd::tracking {

namespace {

Status check_items(std::vector<Item> const& items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto const pointer = "/items/" + std::to_string(i);
        if (items[i].amount_minor < 0) return Error(errc::negative_amount, "the amount of an item must not be negative", pointer + "/amount");
        if (items[i].quantity < 1) return Error(errc::invalid_field, "the quantity of an item is 1 or more", pointer + "/quantity");
    }
    return {};
}

Result<std::int64_t> sum_of(std::vector<Item> const& items) {
    std::int64_t sum = 0;
    for (auto const& item : items) {
        auto next = add_checked(sum, item.amount_minor);
        if (!next) return next.error();
        sum = *next;
    }
    return sum;
}

Result<Amounts> bounded(Amounts const& amounts) {
    if (amounts.total_minor > amount_minor_max)
        return Error(errc::amount_overflow, "an order is worth at most " + std::to_string(amount_minor_max) + " minor units", "/amount");
    return amounts;
}

Result<Amounts> of_breakdown(Breakdown const& b) {
    if (b.subtotal_minor < 0 || b.discount_minor < 0 || b.tax_minor < 0 || b.shipping_minor < 0) return Error(errc::negative_amount, "the parts of an order must not be negative");
    if (b.discount_minor > b.subtotal_minor) return Error(errc::invalid_field, "the discount is larger than the subtotal", "/discount");
    auto const base = b.subtotal_minor - b.discount_minor;
    auto with_tax = add_checked(base, b.tax_minor);
    if (!with_tax) return with_tax.error();
    auto total = add_checked(*with_tax, b.shipping_minor);
    if (!total) return total.error();
    return bounded({*total, base});
}

Item* find_line(std::vector<Item>& lines, Item const& wanted) {
    auto const matches = [&](Item const& line) { return !wanted.sku.empty() ? line.sku == wanted.sku : line.category == wanted.category; };
    auto const enough = std::find_if(lines.begin(), lines.end(), [&](Item const& line) { return matches(line) && line.amount_minor >= wanted.amount_minor; });
    if (enough != lines.end()) return &*enough;
    auto const any = std::find_if(lines.begin(), lines.end(), matches);
    return any == lines.end() ? nullptr : &*any;
}

Status take_named(std::vector<Item>& lines, std::vector<Item> const& wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto const pointer = "/items/" + std::to_string(i);
        Item* const line = find_line(lines, wanted[i]);
        if (line == nullptr) return Error(errc::invalid_field, "the order has no such item", pointer);
        if (line->amount_minor < wanted[i].amount_minor || line->quantity < wanted[i].quantity)
            return Error(errc::refund_exceeds_order, "more of '" + (line->sku.empty() ? line->category : line->sku) + "' is refunded than is left of it", pointer);
        line->amount_minor -= wanted[i].amount_minor;
        line->quantity = line->amount_minor == 0 && wanted[i].amount_minor > 0 ? 0 : line->quantity - wanted[i].quantity;
    }
    return {};
}

std::int64_t covered_by(std::vector<Item> const& lines) {
    std::int64_t covered = 0;
    for (auto const& line : lines) covered += line.amount_minor;
    return covered;
}

// `share` of what the lines cover, by largest remainder.
void lower_lines(std::vector<Item>& lines, std::int64_t share) {
    std::vector<std::int64_t> weights;
    for (auto const& line : lines) weights.push_back(line.amount_minor);
    auto const parts = split_by_largest_remainder(share, weights);
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i].amount_minor -= std::min(parts[i], lines[i].amount_minor);
}

// The quantity stays: an amount alone does not say which pieces came back; a line without amount has none left.
void take_spread(std::vector<Item>& lines, std::int64_t taken_minor, std::int64_t left_minor) {
    auto const covered = covered_by(lines);
    if (covered == 0 || left_minor == 0) return;
    auto const before = lines;
    // Lines may cover less than the order; they lose their share of what is taken.
    lower_lines(lines, std::min(covered, round_half_away(static_cast<__int128>(taken_minor) * covered, left_minor)));
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (lines[i].amount_minor == 0 && before[i].amount_minor > 0) lines[i].quantity = 0;
}

// No more is left of the lines than of the base: otherwise a rule on lines would pay on more than the order is worth.
void fit_lines(Remains& remains) {
    auto const covered = covered_by(remains.items);
    if (covered > remains.left.base_minor) take_spread(remains.items, covered - remains.left.base_minor, covered);
}

// Nothing of the order is nothing of its base and of its lines, whatever the refunds before named.
void empty_order(Remains& remains) {
    remains.left.base_minor = 0;
    for (auto& line : remains.items) line.amount_minor = line.quantity = 0;
}

// From the whole order, not from the last remainder: many small refunds must not drift.
std::int64_t base_left(Amounts const& amounts, std::int64_t left_total_minor) {
    if (left_total_minor == 0 || amounts.total_minor == 0) return 0;
    return round_half_away(static_cast<__int128>(amounts.base_minor) * left_total_minor, amounts.total_minor);
}

}  // namespace

Result<Amounts> amounts_of(ConversionReport const& report) {
    if (auto status = check_items(report.items); !status) return status.error();
    auto items = sum_of(report.items);
    if (!items) return Error(items.error().code, "the items sum to too much", "/items");
    auto const worth = report.breakdown ? report.breakdown->subtotal_minor : report.amount_minor.value_or(*items);
    if (worth < 0) return Error(errc::negative_amount, "a conversion must not be negative; report a refund", "/amount");
    if (*items > worth) return Error(errc::invalid_field, "the items sum to more than the order is worth", "/items");
    if (report.breakdown) return of_breakdown(*report.breakdown);
    return bounded({worth, worth});
}

std::vector<Item> net_items(ConversionReport const& report) {
    auto items = report.items;
    if (!report.breakdown || report.breakdown->discount_minor == 0 || items.empty()) return items;
    auto const& [subtotal, discount, tax, shipping] = *report.breakdown;
    auto const covered = covered_by(items);
    auto const share = round_half_away(static_cast<__int128>(discount) * covered, subtotal);
    lower_lines(items, std::clamp(share, covered - std::min(covered, subtotal - discount), covered));
    return items;
}

Result<Remains> take_refund(Standing const& standing, AdjustmentReport const& refund) {
    if (auto status = check_items(refund.items); !status) return status.error();
    auto const& left = standing.left;
    Remains remains{standing.order, left, standing.items, 0, 0};
    auto named = sum_of(refund.items);
    if (!named) return named.error();
    remains.taken_minor = refund.amount_minor.value_or(refund.items.empty() ? left.total_minor : *named);
    if (remains.taken_minor < 0) return Error(errc::negative_amount, "a refund is a positive amount", "/amount");
    if (remains.taken_minor > left.total_minor) return Error(errc::refund_exceeds_order, "more is refunded than is left of the order", "/amount");
    if (!refund.items.empty() && *named > remains.taken_minor)
        return Error(errc::invalid_field, "the items sum to more than is refunded; name what the customer got back for each", "/items");
    if (!refund.items.empty())
        if (auto status = take_named(remains.items, refund.items); !status) return status.error();
    remains.left.total_minor = left.total_minor - remains.taken_minor;
    if (refund.base_minor) {
        if (*refund.base_minor < 0 || *refund.base_minor > remains.taken_minor) return Error(errc::invalid_field, "the base is a part of the amount that is refunded", "/base");
        if (*refund.base_minor > left.base_minor) return Error(errc::refund_exceeds_order, "the refunded part of the base is larger than what is left of it", "/base");
        remains.left.base_minor = left.base_minor - *refund.base_minor;
        if (remains.left.total_minor > 0 && remains.left.base_minor > remains.left.total_minor)
            return Error(errc::invalid_field, "more of the base would be left than of the order", "/base");
    } else {
        // Earlier refunds may have stated another part; this one takes no more of the base than its own amount.
        remains.left.base_minor = std::clamp(base_left(standing.order, remains.left.total_minor), std::max<std::int64_t>(left.base_minor - remains.taken_minor, 0), left.base_minor);
    }
    if (refund.items.empty()) take_spread(remains.items, left.base_minor - remains.left.base_minor, left.base_minor);
    fit_lines(remains);
    if (remains.left.total_minor == 0) empty_order(remains);
    remains.taken_base_minor = left.base_minor - remains.left.base_minor;
    return remains;
}

Result<Remains> take_edit(Standing const& standing, AdjustmentReport const& edit) {
    ConversionReport edited;
    edited.amount_minor = edit.amount_minor;
    edited.items = edit.items;
    auto const worth = amounts_of(edited);
    if (!worth) return worth.error();
    auto const& [order, left, items] = standing;
    auto const refunded_minor = order.total_minor - left.total_minor;
    auto const refunded_base_minor = order.base_minor - left.base_minor;
    if (refunded_minor > worth->total_minor) return Error(errc::refund_exceeds_order, "more was refunded before than the edited order is worth", "/amount");
    Remains remains{{worth->total_minor, worth->total_minor}, {worth->total_minor - refunded_minor, 0}, edit.items.empty() ? items : edit.items, 0, 0};
    if (edit.base_minor) {
        if (*edit.base_minor < 0 || *edit.base_minor > worth->total_minor) return Error(errc::invalid_field, "the base is from 0 to the amount of the order", "/base");
        remains.order.base_minor = *edit.base_minor;
    } else if (order.total_minor > 0) {
        remains.order.base_minor = round_half_away(static_cast<__int128>(order.base_minor) * worth->total_minor, order.total_minor);
    }
    remains.left.base_minor = std::clamp<std::int64_t>(remains.order.base_minor - refunded_base_minor, 0, remains.left.total_minor);
    if (!edit.items.empty()) take_spread(remains.items, refunded_minor, worth->total_minor);
    else if (remains.left.total_minor < left.total_minor) take_spread(remains.items, left.total_minor - remains.left.total_minor, left.total_minor);
    fit_lines(remains);
    if (remains.left.total_minor == 0) empty_order(remains);
    remains.order.base_minor = remains.left.base_minor + refunded_base_minor;
    remains.taken_minor = left.total_minor - remains.left.total_minor;
    remains.taken_base_minor = left.base_minor - remains.left.base_minor;
    return remains;
}

Result<Remains> take(Standing const& standing, AdjustmentReport const& report) {
    if (report.type == AdjustmentType::amend) return take_edit(standing, report);
    return report.type == AdjustmentType::status ? take_refund(standing, {}) : take_refund(standing, report);
}

}  // namespace partnerd::tracking
