// Names of accounts and keys of entries as people see them: with the ids of the API instead of bare numbers.
// "partner:250060269479264263:pending" <-> "partner:ptn_...:pending"; "accrue:250061254721273857" <-> "accrue:com_...".
#pragma once

#include <string>
#include <string_view>

namespace partnerd::ledger {

std::string outside_name(std::string_view stored);  // any other text, a plugin's too, stays as it is
std::string inside_name(std::string_view shown);    // the way back; what is no shown name stays as it is

}  // namespace partnerd::ledger
