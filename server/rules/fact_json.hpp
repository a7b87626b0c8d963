// One fact value as JSON, as in snapshots and traces.
#pragma once

#include <boost/json/fwd.hpp>
#include <string_view>

#include "rules/fact_set.hpp"

namespace partnerd::rules {

boost::json::value money_to_json(Money const& money);  // {"amount": "13.91", "currency": "GBP"}
boost::json::value value_to_json(FactValue const& value);
boost::json::value rows_to_json(FactRows const& rows);
Result<FactValue> value_from_json(boost::json::value const& value, std::string_view pointer);

}  // namespace partnerd::rules
