// JSON Schema (draft 7) for what operators write and rules take.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "domain/result.hpp"

namespace partnerd::plugins {

// Compiled once. Immutable. [any]
class JsonSchema {
  public:
    // invalid_config: not JSON, or not a schema.
    static Result<std::shared_ptr<JsonSchema const>> compile(std::string_view schema);
    virtual ~JsonSchema() = default;
    // invalid_field with the pointer of the first thing that is wrong, and what the schema says.
    virtual Status check(boost::json::value const& value) const = 0;
    Status check(boost::json::object const& object) const;
    Status check_text(std::string_view json) const;  // malformed_json too
};

}  // namespace partnerd::plugins
