// JSON text, written straight into a string: for answers that are lists of rows.
//     JsonWriter json(response.body);
//     json.begin_object().member("status", status).key("amount").value(money).key("partner").id("ptr", partner).end_object();
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/id.hpp"
#include "domain/money.hpp"

namespace partnerd::routing {

void append_json_string(std::string& out, std::string_view utf8);  // with quotes and escapes; bad UTF-8 becomes U+FFFD

class JsonWriter {
  public:
    explicit JsonWriter(std::string& out) : out_(out) {}
    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);
    JsonWriter& null();
    JsonWriter& value(std::string_view text);
    JsonWriter& value(char const* text) { return value(std::string_view(text)); }
    JsonWriter& value(std::string const& text) { return value(std::string_view(text)); }
    JsonWriter& value(std::int64_t number);
    JsonWriter& value(int number) { return value(std::int64_t{number}); }
    JsonWriter& value(bool truth);
    JsonWriter& value(Money const& money);           // {"amount":"139.12","currency":"GBP"}
    JsonWriter& raw(std::string_view json);          // must be JSON; empty becomes null
    JsonWriter& instant(std::int64_t at_us);         // RFC 3339; 0 becomes null
    JsonWriter& id(std::string_view prefix, Id id);  // 0 becomes null
    // A member in one call.
    template <class T>
    JsonWriter& member(std::string_view name, T const& content) {
        return key(name).value(content);
    }

  private:
    void separate();
    std::string& out_;
    bool comma_ = false;
};

}  // namespace partnerd::routing
