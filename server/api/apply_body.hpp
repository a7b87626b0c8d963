// The body of POST /v1/apply: a program, its terms, plugins, partners and rates as they should be.
#pragma once

#include <map>

#include "api/partner_upsert.hpp"
#include "api/program_body.hpp"
#include "api/terms_body.hpp"

namespace partnerd::api {

struct FxRateWish {
    std::string currency, rate;
    std::int64_t day = 0;
};

struct Wanted {
    std::string handle;  // of the program
    ProgramWish program;
    std::optional<std::string> status;
    std::optional<TermsWish> terms;
    std::map<std::string, std::string> plugins;  // their configurations; empty: switched off
    std::vector<PartnerWish> partners;
    std::vector<FxRateWish> fx_rates;
};

// What is not understood is refused with a pointer: "/terms/rules/0/rate".
Wanted read_wanted(routing::BodyReader& in);

}  // namespace partnerd::api
