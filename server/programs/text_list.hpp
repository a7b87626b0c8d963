// A list of texts in one column, as a JSON array.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace partnerd::programs {

std::string write_text_list(std::vector<std::string> const& list);
std::vector<std::string> read_text_list(std::string_view json);  // asserts that this wrote it

}  // namespace partnerd::programs
