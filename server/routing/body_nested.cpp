// What a body has inside members: arrays, objects, any JSON.
#include <boost/json.hpp>

#include "routing/body.hpp"
#include "routing/body_schema.hpp"

namespace partnerd::routing {

namespace json = boost::json;
using Kind = BodyShape::Kind;

json::array const* BodyReader::array_of(std::string_view name, std::size_t max_count, BodyShape const& shape) {
    auto const* value = take(name, shape);
    if (value == nullptr) return nullptr;
    auto const* array = value->if_array();
    if (array == nullptr) refuse(name, errc::invalid_field, "must be an array");
    else if (array->size() > max_count) refuse(name, errc::invalid_field, "must have at most " + std::to_string(max_count) + " items");
    else return array;
    return nullptr;
}

std::vector<std::string> BodyReader::texts(std::string_view name, std::size_t max_count, TextRule rule) {
    std::vector<std::string> list;
    auto const* array = array_of(name, max_count, BodyShape::of_texts(Kind::texts, max_count, rule));
    if (array == nullptr) return list;
    BodyReader items(nullptr, pointer_to(name), first_);
    for (auto const& value : *array) {
        auto text = items.checked_text(value, std::to_string(list.size()), rule);
        if (!text) return {};
        list.push_back(std::move(*text));
    }
    return list;
}

void BodyReader::each(std::string_view name, std::size_t max_count, std::function<void(BodyReader&)> const& item) {
    if (sketch_ != nullptr)
        return sketch_->note(name, json::object{{"type", "array"}, {"maxItems", max_count}, {"items", body_schema(item)}}, false);
    auto const* array = array_of(name, max_count, {});
    if (array == nullptr) return;
    BodyReader items(nullptr, pointer_to(name), first_);
    for (std::size_t i = 0; i < array->size() && !failed(); ++i) {
        auto const index = std::to_string(i);
        auto const* members = (*array)[i].if_object();
        if (members == nullptr) return items.refuse(index, errc::invalid_field, "must be an object");
        BodyReader in(members, items.pointer_to(index), first_);
        item(in);
        in.refuse_unknown();
    }
}

bool BodyReader::object(std::string_view name, std::function<void(BodyReader&)> const& inner) {
    if (sketch_ != nullptr) return sketch_->note(name, body_schema(inner), false), false;
    auto const* value = take(name, {});
    if (value == nullptr) return false;
    auto const* members = value->if_object();
    if (members == nullptr) {
        refuse(name, errc::invalid_field, "must be an object");
        return false;
    }
    BodyReader in(members, pointer_to(name), first_);
    inner(in);
    in.refuse_unknown();
    return true;
}

std::string BodyReader::json(std::string_view name, std::size_t max_bytes, std::string_view schema) {
    auto const* value = take(name, {.words = schema});
    if (value == nullptr) return {};
    auto text = json::serialize(*value);
    if (text.size() <= max_bytes) return text;
    refuse(name, errc::invalid_field, "must have at most " + std::to_string(max_bytes) + " bytes");
    return {};
}

}  // namespace partnerd::routing
