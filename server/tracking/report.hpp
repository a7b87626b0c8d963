// What a merchant or a plugin reports: a conversion, or an adjustment of one. And what became of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/id.hpp"
#include "domain/money.hpp"

namespace partnerd::tracking {

struct Item {
    std::string sku, category;
    std::int64_t quantity = 1;
    std::int64_t amount_minor = 0;  // of the whole line, not of one piece
    friend bool operator==(Item const&, Item const&) = default;
};

// How the merchant arrived at the base. base = subtotal - discount; total = subtotal - discount + tax + shipping.
struct Breakdown {
    std::int64_t subtotal_minor = 0, discount_minor = 0, tax_minor = 0, shipping_minor = 0;
    friend bool operator==(Breakdown const&, Breakdown const&) = default;
};

// Amounts are in `currency`. Exactly one of amount_minor, breakdown, items-with-amounts gives the base; none: 0 (a lead).
struct ConversionReport {
    Id program = 0;
    std::string kind = "sale";
    std::string external_id;       // natural key (program, kind, external_id), for ever
    std::string order_id;
    std::string customer;          // the merchant's id of the buyer
    std::string customer_email;    // only compared with the partner's, never stored
    std::optional<bool> customer_is_new;
    std::string click_id, code, assigned_partner;
    Currency currency;             // empty: the program's
    std::optional<std::int64_t> amount_minor;
    std::optional<Breakdown> breakdown;
    std::vector<Item> items;
    Id link = 0;
    std::int64_t at_us = 0;        // 0: now
    bool test = false;
    std::string plugin;            // who reports; empty: the API
};

enum class OutcomeState : std::int32_t { recorded = 1, duplicate = 2, unattributed = 3, refused = 4, held = 5, declined = 6 };
std::string_view state_name(OutcomeState) noexcept;

struct OutcomeLine {
    Id commission = 0, enrollment = 0, partner = 0;
    std::string partner_handle, key, kind;
    Money amount;                  // what is due now
    std::int64_t payable_at_us = 0;
    std::string state;             // pending approved held ...
};

struct Outcome {
    OutcomeState state = OutcomeState::recorded;
    OutcomeState first_state = OutcomeState::recorded;  // of a duplicate: what the first report became
    Id conversion = 0;
    Id partner = 0;                // credited; 0: none
    std::string partner_handle;
    std::string zone;              // of the program
    std::string reason;            // why nobody earned, or why it is held
    std::vector<OutcomeLine> lines;
};

enum class AdjustmentType : std::int32_t { refund = 1, chargeback = 2, amend = 3, status = 4 };
std::string_view type_name(AdjustmentType) noexcept;
std::optional<AdjustmentType> parse_adjustment_type(std::string_view text) noexcept;

struct AdjustmentReport {
    std::string adjustment_id;     // unique per conversion
    AdjustmentType type = AdjustmentType::refund;
    std::optional<std::int64_t> amount_minor;  // refund, chargeback: what goes (none: all that is left); amend: the new amount
    std::optional<std::int64_t> base_minor;    // of it, the part of the base; none: proportional
    Currency currency;             // empty: the order's
    std::vector<Item> items;       // refund: what goes; amend: the new items
    std::string reason;
    std::string new_status;        // status: "declined"
    std::int64_t at_us = 0;        // 0: now
};

// Canonical text of what was reported, so that a repeat can be told from another content. The time only when it was given.
// `currency`: the report's, or the program's where it names none, so that naming the program's own makes no difference.
std::string content_hash(ConversionReport const& report, Currency const& currency);
std::string content_hash(AdjustmentReport const& report);

std::string write_items(std::vector<Item> const& items, int exponent);  // JSON with decimal strings
std::vector<Item> read_items(std::string_view json, int exponent);      // asserts that write_items wrote it
std::string write_breakdown(Breakdown const& breakdown, int exponent);
std::optional<Breakdown> read_breakdown(std::string_view json, int exponent);  // "" is none

}  // namespace partnerd::tracking
