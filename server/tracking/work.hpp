// One conversion on its way through the tracker.
#pragma once

#include "programs/fx_rate.hpp"
#include "programs/link.hpp"
#include "tracking/tracker.hpp"

namespace partnerd::tracking {

struct Tracker::Work {
    ConversionReport const& report;
    std::shared_ptr<programs::ProgramView const> view;
    programs::Terms const* terms = nullptr;
    Conversion conversion;
    std::string email_hash;  // of the customer, empty if none was given
    std::vector<Candidate> candidates;
    Attribution attribution;
    std::optional<programs::Partner> partner;        // the credited one
    std::optional<programs::Enrollment> enrollment;
    std::optional<programs::Link> link;
    bool customer_is_new = false;
    std::optional<programs::FxRate> rate;            // of the order's currency, none: the same currency
    bool rate_missing = false;
    rules::FactSet facts;
    rules::Evaluation evaluation;
    ConversionTrace trace;
};

// The amounts and items of an order as facts in the payout currency. `items` are in the order's currency.
Status set_amount_facts(rules::FactSet& facts, Conversion const& conversion, Amounts const& amounts, std::vector<Item> const& items, std::optional<programs::FxRate> const& rate,
                        Currency const& payout);

}  // namespace partnerd::tracking
