// One conversion on its way through the tracker.
#pragma once

#include "programs/fx_rate.hpp"
#include "programs/link.hpp"
#include "tracking/amount_facts.hpp"
#include "tracking/known.hpp"
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
    Known::Partner partner;        // the credited one
    Known::Enrollment enrollment;
    Known::Link link;
    std::optional<programs::FxRate> rate;            // of the order's currency, none: the same currency
    bool rate_missing = false;
    rules::FactSet facts;
    rules::Evaluation evaluation;
    ConversionTrace trace;
};

}  // namespace partnerd::tracking
