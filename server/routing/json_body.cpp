#include "routing/body.hpp"

#include <array>
#include <boost/json.hpp>
#include <cmath>

#include "domain/text.hpp"

namespace partnerd::routing {

namespace json = boost::json;

namespace {

// What Boost.JSON lets through: members that occur twice (the last would win) and numbers that became infinite.
struct Census {
    std::size_t members = 0;
    bool finite = true;
};

void count(json::value const& value, Census& census) {
    if (auto const* object = value.if_object()) {
        census.members += object->size();
        for (auto const& member : *object) count(member.value(), census);
    } else if (auto const* array = value.if_array()) {
        for (auto const& item : *array) count(item, census);
    } else if (auto const* number = value.if_double()) {
        census.finite = census.finite && std::isfinite(*number);
    }
}

// Colons outside strings: in valid JSON there is one for each member that was written.
std::size_t members_written(std::string_view text) {
    std::size_t colons = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (in_string && text[i] == '\\') ++i;
        else if (text[i] == '"') in_string = !in_string;
        else if (text[i] == ':' && !in_string) ++colons;
    }
    return colons;
}

// Boost.JSON calls what follows the first half of a pair a syntax error when it is no escape.
bool ends_in_leading_surrogate(std::string_view text) {
    if (text.ends_with('\\')) text.remove_suffix(1);
    constexpr std::size_t length = 6;  // \ud83d
    if (text.size() < length) return false;
    auto const escape = lower_ascii(text.substr(text.size() - length));
    if (!escape.starts_with("\\ud") || escape[3] < '8' || escape[3] > 'b') return false;
    auto const before = text.substr(0, text.size() - length + 1);  // up to its backslash
    return (before.size() - (before.find_last_not_of('\\') + 1)) % 2 == 1;
}

// Why it could not be parsed, with the place. Bytes are counted from 1.
Error refusal(std::string_view text, json::parse_options const& options) {
    auto const at_byte = [](std::size_t index) { return " at byte " + std::to_string(index + 1) + " of the body"; };
    if (auto const good = utf8_prefix(text); good < text.size()) return Error(errc::invalid_utf8, "not UTF-8" + at_byte(good));
    json::stream_parser parser({}, options);
    json::error_code failed;
    auto const used = parser.write_some(text.data(), text.size(), failed);
    if (failed == json::error::illegal_leading_surrogate || failed == json::error::illegal_trailing_surrogate || failed == json::error::expected_utf16_escape ||
        (failed && ends_in_leading_surrogate(text.substr(0, used))))
        return Error(errc::invalid_utf8, "a \\u escape is half of a surrogate pair" + at_byte(used));
    if (!failed && used == text.size()) return Error(errc::malformed_json, "the body ends before its JSON does");
    return Error(errc::malformed_json, (failed ? failed.message() : std::string("more follows the JSON value")) + at_byte(used));
}

}  // namespace

// The values of a small body lie in one piece of memory, which goes as a whole.
struct JsonBody::Parsed {
    std::array<unsigned char, 4096> memory;
    json::monotonic_resource resource{memory.data(), memory.size()};
    json::value root;
    Parsed() : root(json::storage_ptr(&resource)) {}
};

JsonBody::JsonBody(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
JsonBody::JsonBody(JsonBody&&) noexcept = default;
JsonBody& JsonBody::operator=(JsonBody&&) noexcept = default;
JsonBody::~JsonBody() = default;
json::value const& JsonBody::root() const noexcept { return parsed_->root; }

Result<JsonBody> JsonBody::parse(std::string_view text) {
    if (trim(text).empty()) return Error(errc::malformed_json, "the body is empty; send a JSON object");
    json::parse_options options;
    options.max_depth = 32;
    json::error_code failed;
    auto parsed = std::make_unique<Parsed>();
    parsed->root = json::parse({text.data(), text.size()}, failed, &parsed->resource, options);
    if (failed) return refusal(text, options);
    Census census;
    count(parsed->root, census);
    if (!census.finite) return Error(errc::malformed_json, "a number is too large");
    if (census.members != members_written(text)) return Error(errc::malformed_json, "an object has two members of the same name");
    return JsonBody(std::move(parsed));
}

}  // namespace partnerd::routing
