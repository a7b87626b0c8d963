// What a change changed: fields with their values before and after, as JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/json_writer.hpp"

namespace partnerd::api {

class Difference {
  public:
    struct Field {
        std::string name, before, after;  // JSON texts
        bool personal = false;            // shown to the caller, kept out of the audit log
    };
    // Notes the field if it differs.
    void text(std::string_view name, std::string_view before, std::string_view after, bool personal = false);
    void truth(std::string_view name, bool before, bool after);
    void texts(std::string_view name, std::vector<std::string> const& before, std::vector<std::string> const& after);
    void json(std::string_view name, std::string_view before, std::string_view after);  // compared as values; empty: null

    bool empty() const noexcept { return fields_.empty(); }
    // "fields":{"name":{"before":..,"after":..}} into an object.
    void write(routing::JsonWriter& json) const;
    std::string before_json() const;  // {"name":..} for the audit log
    std::string after_json() const;

  private:
    std::string audit_json(std::string Field::*side) const;
    std::vector<Field> fields_;
};

}  // namespace partnerd::api
