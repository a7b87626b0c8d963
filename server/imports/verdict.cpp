#include "imports/verdict.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "domain/text.hpp"

namespace partnerd::imports {

namespace json = boost::json;

namespace {

constexpr int longest_retry_after_s = 60;

std::string_view header(Answer const& answer, std::string_view name) {
    auto const found =
        std::find_if(answer.headers.begin(), answer.headers.end(), [&](auto const& field) { return lower_ascii(field.first) == name; });
    return found == answer.headers.end() ? std::string_view() : std::string_view(found->second);
}

json::value parsed(std::string const& body) {
    boost::system::error_code failed;
    auto value = json::parse(body, failed);
    return failed ? json::value(nullptr) : value;
}

std::string member(json::value const& body, std::string_view name) {
    auto const* object = body.if_object();
    auto const* value = object == nullptr ? nullptr : object->if_contains(name);
    return value == nullptr || !value->is_string() ? std::string() : std::string(value->get_string());
}

bool is_repeat(Answer const& answer) {
    if (lower_ascii(header(answer, "idempotent-replayed")) == "true") return true;
    if (answer.body.find("\"duplicate\"") == std::string::npos) return false;
    auto const body = parsed(answer.body);
    auto const* object = body.if_object();
    auto const* duplicate = object == nullptr ? nullptr : object->if_contains("duplicate");
    return duplicate != nullptr && duplicate->is_bool() && duplicate->get_bool();
}

std::chrono::milliseconds retry_after(Answer const& answer) {
    auto const text = header(answer, "retry-after");
    int seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::chrono::seconds(std::clamp(seconds, 0, longest_retry_after_s));
}

}  // namespace

Verdict judge(Answer const& answer) {
    using enum Verdict::Kind;
    if (answer.status >= 200 && answer.status < 300) return {is_repeat(answer) ? unchanged : created, {}, {}};
    auto const body = parsed(answer.body);
    Verdict out{rejected, member(body, "code"), member(body, "detail")};
    if (out.code.empty()) out.code = "status_" + std::to_string(answer.status);
    if (out.detail.empty()) out.detail = member(body, "title");
    if (auto const pointer = member(body, "pointer"); !pointer.empty()) out.detail += " (" + pointer + ")";
    if (answer.status == 503 || answer.status == 429 || answer.status == 504) {
        out.kind = again;
        out.not_before = retry_after(answer);
    } else if (answer.status == 401 || answer.status == 403 || out.code == "unknown_program") {
        out.kind = hopeless;
    }
    return out;
}

}  // namespace partnerd::imports
