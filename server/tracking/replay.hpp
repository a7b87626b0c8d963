// What an adjustment makes of a conversion, as steps that can be taken again: when it is reported, when a held conversion is judged
// late, and when `verify` recomputes it. Pure but for adjustments_of.
#pragma once

#include <vector>

#include "programs/fx_rate.hpp"
#include "tracking/conversion.hpp"

namespace partnerd::tracking {

// An adjustment as it is stored.
struct StoredAdjustment {
    Id id = 0;
    AdjustmentType type = AdjustmentType::refund;
    std::int64_t taken_minor = 0, taken_base_minor = 0;  // of an edit below zero when it added
    std::vector<Item> items;
    std::string reason;
    std::int64_t at_us = 0;
};

// In the order they were recorded. [read] [write]
std::vector<StoredAdjustment> adjustments_of(storage::Tx& tx, Conversion const& conversion);

// What the adjustment left of an order that stood there before it.
Result<Remains> take_again(Standing const& standing, StoredAdjustment const& adjustment);

// True when nothing of the conversion is left, whatever its rules say.
bool leaves_nothing(AdjustmentType type, Remains const& remains);

// The exchange rate that the conversion was judged with; nothing: the same currency.
std::optional<programs::FxRate> rate_of(ConversionTrace const& trace);

// What is due after an adjustment, from the facts at recording, what was due before (trace.due), and what is left of amounts and items.
// The refusals of amounts and of Plan::reevaluate.
Result<rules::Evaluation> due_after(rules::Plan const& plan, Conversion const& conversion, ConversionTrace const& trace, AdjustmentType type, Remains const& remains);

}  // namespace partnerd::tracking
