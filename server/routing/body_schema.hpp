// The JSON Schema of a body, made from the code that reads it: the reading function is run on a BodyReader that has no body and notes
// what it is asked for. So the schema has exactly the members that are read; there is no second list of them.
//
//     Reason read_reason(BodyReader& in) { return {in.text("reason", {.max = 500})}; }
//     body_schema([](BodyReader& in) { read_reason(in); })
//         -> {"type":"object","additionalProperties":false,"required":["reason"],
//             "properties":{"reason":{"type":"string","minLength":1,"maxLength":500}}}
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "routing/body.hpp"

namespace partnerd::routing {

// [main] `read` asks for all its members whatever it got: nothing, for each of them. Its refusals are not heard.
boost::json::object body_schema(std::function<void(BodyReader&)> const& read);

// The names that a body of this schema may have at a pointer's object, as "a, b, c": for who wrote another. "/items/0/amont" -> those of
// an item. Empty when the schema has no object there.
std::string known_names(boost::json::object const& schema, std::string_view pointer);

// What a reader asks of one member.
struct BodyShape {
    enum class Kind { any, text, integer, boolean, instant, day, handle, code, email, id, choice, rate, currency, money, texts, map };
    Kind kind = Kind::any;
    std::int64_t low = 0, high = 0;                        // characters of a text, the bounds of an integer
    std::size_t max_count = 0;                             // of texts and maps
    std::string_view words = {};                           // the prefix of an id; the schema of any JSON
    std::initializer_list<std::string_view> choices = {};  // of the caller, for as long as the call

    static BodyShape of_text(TextRule rule);
    static BodyShape of_texts(Kind kind, std::size_t max_count, TextRule rule);
};

// What a reading function asked for so far.
class BodySketch {
  public:
    void note(std::string_view name, BodyShape const& shape, bool required);
    void note(std::string_view name, boost::json::object schema, bool required);
    void require(std::string_view name);
    void nullable(std::string_view name);  // null means "clear it"
    boost::json::object schema() const;

  private:
    struct Member {
        std::string name;
        boost::json::object schema;
        bool required = false, nullable = false;
    };
    Member& member(std::string_view name);
    std::vector<Member> members_;
};

}  // namespace partnerd::routing
