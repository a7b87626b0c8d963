#include "cli/answer.hpp"

#include <boost/json.hpp>

namespace partnerd::cli {

namespace json = boost::json;

namespace {
std::string text_of(json::object const& object, char const* name) {
    auto const* const member = object.if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}
}  // namespace

bool is_refusal(imports::Answer const& answer) noexcept { return answer.status >= 400; }

json::value json_of(imports::Answer const& answer) {
    boost::system::error_code ec;
    auto value = json::parse(answer.body, ec);
    return ec ? json::value() : value;
}

std::string problem_text(imports::Answer const& answer) {
    auto const value = json_of(answer);
    if (!value.is_object()) return "status " + std::to_string(answer.status);
    auto const& object = value.get_object();
    auto text = text_of(object, "code");
    if (auto const detail = text_of(object, "detail"); !detail.empty()) text += ": " + detail;
    if (auto const pointer = text_of(object, "pointer"); !pointer.empty()) text += " (" + pointer + ")";
    return text;
}

}  // namespace partnerd::cli
