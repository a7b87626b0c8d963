// Typed reading of plan and parameter JSON: every refusal has a code, a sentence and a pointer.
#pragma once

#include <boost/json/fwd.hpp>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "domain/money.hpp"

namespace partnerd::rules {

// `pointer` + "/" + name, with '~' and '/' escaped (RFC 6901).
std::string pointer_to(std::string_view pointer, std::string_view name);
std::string pointer_to(std::string_view pointer, std::size_t index);

// unknown_field names the first member that is not in `known`, and lists them.
Status only_members(boost::json::object const& object, std::initializer_list<std::string_view> known, std::string_view pointer);
// missing_field when it is absent.
Result<boost::json::value const*> required_member(boost::json::object const& object, std::string_view name, std::string_view pointer);

Result<std::string> read_text(boost::json::value const& value, std::string_view pointer);
Result<std::string> read_handle(boost::json::value const& value, std::string_view pointer);
// A non-empty array of non-empty strings without repeats, at most 1000.
Result<std::vector<std::string>> read_texts(boost::json::value const& value, std::string_view pointer);
Result<bool> read_flag(boost::json::value const& value, std::string_view pointer);
Result<Rate> read_rate(boost::json::value const& value, std::string_view pointer);
// "5.00" in the payout currency, or {"amount": "5.00", "currency": "GBP"}, which must be it unless any_currency. Not negative,
// at most amount_minor_max.
Result<Money> read_money(boost::json::value const& value, Currency const& payout, std::string_view pointer, bool any_currency = false);

// The same error with `pointer` put before its field.
Error under(std::string_view pointer, Error error);

}  // namespace partnerd::rules
