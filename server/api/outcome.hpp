// The answer to a reported conversion or adjustment.
#pragma once

#include "api/api.hpp"
#include "routing/body.hpp"

namespace partnerd::api {

// {"id","state","reason","partner","commissions":[{"id","partner","kind","amount","payable_on","payable_at","state"}],"duplicate"};
// 201, or 200 for what was recorded before.
Status answer_outcome(routing::Response& response, tracking::Outcome const& outcome);
// "items": [{sku, category, quantity, amount}], all in the one currency of the report: currency_mismatch otherwise.
std::vector<tracking::Item> read_items(routing::BodyReader& in, Currency& currency);
// An amount in the report's currency, which the first amount decides.
std::optional<std::int64_t> read_amount(routing::BodyReader& in, std::string_view name, Currency& currency);

}  // namespace partnerd::api
