// What a plan pays, in a sentence a rule, for people who decide whether to become a partner.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/money.hpp"

namespace partnerd::api {

struct RateWords {
    std::string name, rule, lane;    // as the plan names them: "base", "percent@1", "base"
    std::vector<std::string> kinds;  // of conversions
    std::string words;               // "10% of the order, at most 50.00 GBP, under conditions"
};

// Of the plan as terms store it. A rule of a plugin is named, since only its plugin knows what its parameters mean.
std::vector<RateWords> rates_in_words(std::string_view pinned_plan, Currency const& currency);

}  // namespace partnerd::api
