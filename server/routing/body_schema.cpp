#include "routing/body_schema.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace partnerd::routing {

namespace json = boost::json;

namespace {

using Kind = BodyShape::Kind;

json::object text_schema(std::int64_t low, std::int64_t high) {
    json::object schema{{"type", "string"}};
    if (low > 0) schema["minLength"] = low;
    schema["maxLength"] = high;
    return schema;
}

json::object choice_schema(BodyShape const& shape) {
    json::array words;
    for (auto const choice : shape.choices) words.emplace_back(choice);
    return {{"type", "string"}, {"enum", std::move(words)}};
}

json::object open_map_schema(BodyShape const& shape) {
    json::array values{text_schema(shape.low, shape.high), {{"type", "integer"}}, {{"type", "boolean"}}};
    return {{"type", "object"}, {"maxProperties", shape.max_count}, {"additionalProperties", {{"anyOf", std::move(values)}}}};
}

json::object schema_of(BodyShape const& shape) {
    switch (shape.kind) {
        case Kind::any: break;
        case Kind::text: return text_schema(shape.low, shape.high);
        case Kind::integer: return {{"type", "integer"}, {"minimum", shape.low}, {"maximum", shape.high}};
        case Kind::boolean: return {{"type", "boolean"}};
        case Kind::instant: return {{"type", "string"}, {"format", "date-time"}};
        case Kind::day: return {{"type", "string"}, {"format", "date"}};
        case Kind::handle: return {{"type", "string"}, {"pattern", "^[a-z0-9][a-z0-9._-]{0,63}$"}};
        case Kind::code: return {{"type", "string"}, {"pattern", "^[A-Za-z0-9_-]{2,64}$"}};
        case Kind::email: return {{"type", "string"}, {"format", "email"}};
        case Kind::id: return {{"type", "string"}, {"pattern", "^" + std::string(shape.words) + "_"}};
        case Kind::choice: return choice_schema(shape);
        case Kind::rate: return {{"type", "string"}, {"pattern", "^[0-9]+([.][0-9]+)?%$"}};
        case Kind::currency: return {{"type", "string"}, {"examples", {"GBP"}}};
        case Kind::money: return {{"$ref", "#/components/schemas/Money"}};
        case Kind::texts: return {{"type", "array"}, {"maxItems", shape.max_count}, {"items", text_schema(shape.low, shape.high)}};
        case Kind::map: return open_map_schema(shape);
    }
    return shape.words.empty() ? json::object() : json::parse(shape.words).as_object();
}

// A reference has no type of its own, so null is put beside it.
json::object with_null(json::object schema) {
    auto* const type = schema.if_contains("type");
    if (type == nullptr) return {{"anyOf", {std::move(schema), {{"type", "null"}}}}};
    *type = json::array{*type, "null"};
    return schema;
}

}  // namespace

BodyShape BodyShape::of_text(TextRule rule) {
    return {Kind::text, static_cast<std::int64_t>(rule.min), static_cast<std::int64_t>(rule.max)};
}

BodyShape BodyShape::of_texts(Kind kind, std::size_t max_count, TextRule rule) {
    auto shape = of_text(rule);
    shape.kind = kind;
    shape.max_count = max_count;
    return shape;
}

BodySketch::Member& BodySketch::member(std::string_view name) {
    auto const found = std::find_if(members_.begin(), members_.end(), [&](auto const& m) { return m.name == name; });
    return found == members_.end() ? members_.emplace_back(Member{std::string(name), {}, false, false}) : *found;
}

void BodySketch::note(std::string_view name, BodyShape const& shape, bool required) { note(name, schema_of(shape), required); }

void BodySketch::note(std::string_view name, json::object schema, bool required) {
    auto& noted = member(name);
    noted.schema = std::move(schema);
    noted.required = noted.required || required;
}

void BodySketch::require(std::string_view name) { member(name).required = true; }

void BodySketch::nullable(std::string_view name) { member(name).nullable = true; }

json::object BodySketch::schema() const {
    json::object properties;
    json::array required;
    for (auto const& noted : members_) {
        properties[noted.name] = noted.nullable ? with_null(noted.schema) : noted.schema;
        if (noted.required) required.emplace_back(noted.name);
    }
    json::object schema{{"type", "object"}, {"additionalProperties", false}};
    if (!required.empty()) schema["required"] = std::move(required);
    schema["properties"] = std::move(properties);
    return schema;
}

json::object body_schema(std::function<void(BodyReader&)> const& read) {
    BodySketch sketch;
    BodyReader in(sketch);
    read(in);
    return sketch.schema();
}

std::string known_names(json::object const& schema, std::string_view pointer) {
    auto const* at = &schema;
    pointer.remove_prefix(std::min<std::size_t>(1, pointer.size()));
    for (auto end = pointer.find('/'); end != std::string_view::npos; end = pointer.find('/')) {
        auto const token = pointer.substr(0, end);
        pointer.remove_prefix(end + 1);
        auto const* const items = at->if_contains("items");
        auto const* const properties = at->if_contains("properties");
        auto const* const next = items != nullptr ? items : properties != nullptr ? properties->as_object().if_contains(token) : nullptr;
        if (next == nullptr || !next->is_object()) return {};
        at = &next->get_object();
    }
    std::string names;
    auto const* const properties = at->if_contains("properties");
    if (properties == nullptr) return names;
    for (auto const& property : properties->as_object()) names.append(names.empty() ? "" : ", ").append(property.key());
    return names;
}

}  // namespace partnerd::routing
