// Terms as a request describes them: settings, text, effective date and rules side by side.
#pragma once

#include "programs/terms.hpp"
#include "routing/body.hpp"

namespace partnerd::api {

struct TermsWish {
    std::string settings = "{}";  // JSON of those that were named
    std::string plan;             // {"rules":[..]}
    std::string text;
    std::optional<std::int64_t> effective_at_us, version;
};
TermsWish read_terms(routing::BodyReader& in);
// What read_settings and add_terms refuse, with pointers into the request below `at` ("" or "/terms").
Error placed(Error error, std::string_view at);
Result<programs::Terms> add_wished_terms(storage::Tx& tx, programs::Kernel const& kernel, programs::Program const& program,
                                         TermsWish const& wish);

}  // namespace partnerd::api
