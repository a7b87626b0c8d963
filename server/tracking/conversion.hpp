// A conversion as it is stored.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "programs/terms.hpp"
#include "rules/plan.hpp"
#include "tracking/base.hpp"

namespace partnerd::tracking {

struct Conversion {
    Id id = 0;
    Id program = 0;
    std::string kind, external_id;
    bool test = false;
    std::string order_id;
    std::string state;   // recorded unattributed held declined
    std::string reason;  // why nobody earned, why it is held or declined
    std::int64_t at_us = 0, recorded_at_us = 0;
    Currency currency;
    Amounts amounts;               // as it was reported
    Amounts order, left;           // what it is worth since the last edit, and what refunds left of that
    std::string breakdown;         // JSON
    std::string ordered_items;     // JSON, as they were reported
    std::string items;             // JSON, what is left
    bool customer_is_new = false;  // as the rules saw it
    std::string customer;          // pseudonym
    Id click = 0, link = 0;
    std::string sub1;  // of the click
    std::string code, source;
    Id enrollment = 0, partner = 0;  // credited; also of a declined one
    Id terms = 0;
    std::string plugin, content_hash;
};

// What is kept to re-evaluate and to explain it.
struct ConversionTrace {
    std::string snapshot;              // the facts the rules saw, canonical JSON
    std::vector<std::string> winners;
    std::vector<rules::Line> due;      // what the last evaluation gave, by line key
    std::string fx_rate;               // empty: same currency
    std::string trace;                 // JSON
};

void insert_conversion(storage::Tx& tx, Conversion const& conversion);
void insert_trace(storage::Tx& tx, Conversion const& conversion, ConversionTrace const& trace);
void update_trace(storage::Tx& tx, Conversion const& conversion, ConversionTrace const& trace);
void update_left(storage::Tx& tx, Conversion const& conversion);   // order, left and items
void update_state(storage::Tx& tx, Conversion const& conversion);  // state, reason, enrollment, partner, source
Standing standing_of(Conversion const& conversion);
void set_standing(Conversion& conversion, Remains const& remains);
std::optional<Conversion> find_conversion(storage::Tx& tx, Id program, Id conversion);
std::optional<Conversion> find_conversion(storage::Tx& tx, Id conversion);  // of whatever program
std::optional<Conversion> find_conversion(storage::Tx& tx, Id program, bool test, std::string_view kind, std::string_view external_id);
std::optional<ConversionTrace> find_trace(storage::Tx& tx, Id program, Id conversion, Currency const& payout);

}  // namespace partnerd::tracking
