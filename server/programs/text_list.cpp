#include "programs/text_list.hpp"

#include <boost/json.hpp>

namespace partnerd::programs {

std::string write_text_list(std::vector<std::string> const& list) {
    boost::json::array array;
    for (auto const& text : list) array.emplace_back(text);
    return boost::json::serialize(array);
}

std::vector<std::string> read_text_list(std::string_view text) {
    auto const value = boost::json::parse({text.data(), text.size()});
    std::vector<std::string> list;
    for (auto const& element : value.as_array()) list.emplace_back(element.as_string());
    return list;
}

}  // namespace partnerd::programs
