// A schema of /openapi.json for a validator that knows no references and no 2020-12.
#pragma once

#include <boost/json.hpp>
#include <string_view>

namespace partnerd {

// With what it refers to in place. `closed`: for checking an answer, so that objects have no member that is not named.
inline boost::json::value whole_schema(boost::json::value const& document, boost::json::value const& schema, bool closed) {
    if (auto const* const array = schema.if_array()) {
        boost::json::array out;
        for (auto const& one : *array) out.push_back(whole_schema(document, one, closed));
        return out;
    }
    auto const* const object = schema.if_object();
    if (object == nullptr) return schema;
    if (auto const* const reference = object->if_contains("$ref")) {
        auto found = whole_schema(document, document.at_pointer(std::string_view(reference->as_string()).substr(1)), closed);
        if (auto const* const words = object->if_contains("description")) found.as_object()["description"] = *words;
        return found;
    }
    boost::json::object out;
    for (auto const& [name, value] : *object) out[name] = whole_schema(document, value, closed);
    // valijson takes the format of texts for one of null too.
    if (auto const* const type = out.if_contains("type"); closed && type != nullptr && type->is_array()) out.erase("format");
    if (closed && out.contains("properties") && out.if_contains("type") != nullptr) out["additionalProperties"] = false;
    return out;
}

}  // namespace partnerd
