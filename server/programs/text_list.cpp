#include "programs/text_list.hpp"

#include <boost/json.hpp>

#include "domain/json_text.hpp"

namespace partnerd::programs {

std::string write_text_list(std::vector<std::string> const& list) {
    JsonText out;
    out.open('[');
    for (auto const& text : list) out.text(text);
    return out.close(']').take();
}

std::vector<std::string> read_text_list(std::string_view text) {
    auto const value = boost::json::parse({text.data(), text.size()});
    std::vector<std::string> list;
    for (auto const& element : value.as_array()) list.emplace_back(element.as_string());
    return list;
}

}  // namespace partnerd::programs
