// Codes: a code belongs to a campaign, and to a partner or to nobody. The same code may run in several campaigns.
#pragma once

#include "campaign.hpp"

#include <vector>

namespace coupons {

struct Code {
    Id id = 0;
    Id program = 0;
    Id campaign = 0;
    std::string code;
    Id enrollment = 0;               // 0: nobody's
    std::int64_t usage_limit = 0;    // 0: any number
    std::int64_t used = 0;
    std::int64_t payout_minor = -1;  // what a redemption earns its partner; -1: what the terms say
};

std::string code_key(std::string_view code);  // how a code is compared: lower case

// [write] By (program, campaign, code); `used` stays. Sets id.
Upsert put_code(Tx& tx, partnerd::Core const& core, Code& code);
// All codes of this text in the program, whatever their campaign.
std::vector<Code> find_codes(Tx& tx, Id program, std::string_view code);
std::optional<Code> find_code(Tx& tx, Id program, Id code);

// A code with its campaign, or why it cannot be redeemed: unknown_code, ambiguous_code, not_started, expired.
struct Choice {
    std::optional<Code> code;
    Campaign campaign;
    std::string reason;
};
// The code of the named campaign; with no campaign named, the one whose campaign runs that day.
Choice choose_code(Tx& tx, Id program, std::string_view code, std::optional<std::string> const& campaign, std::int64_t day);

}  // namespace coupons
