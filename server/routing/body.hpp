// Reading a JSON body: the one way in which all routes do it.
//
//     auto body = JsonBody::parse(request.body);
//     if (!body) return body.error();
//     BodyReader in(*body);
//     auto const name = in.text("name", {.max = 120});
//     auto const amount = in.money("amount");
//     auto const note = in.optional_text("note", {.max = 2000, .lines = true});
//     in.each("items", 100, [&](BodyReader& item) { items.push_back({item.text("sku"), item.integer("quantity", 1, 1'000'000)}); });
//     if (auto read = in.finish(); !read) return read;
//
// A reader remembers the first refusal and goes on with empty values, so a route asks once, by finish(). finish() also refuses
// members that nobody asked for. The refusal's field is a JSON pointer (RFC 6901): "/items/0/sku". Null counts as absent.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/id.hpp"
#include "domain/money.hpp"
#include "domain/result.hpp"

namespace partnerd::routing {

class JsonBody {
  public:
    // invalid_utf8 for bytes that are not UTF-8 and for half a surrogate pair, with the place.
    // malformed_json for anything else but one JSON text of at most 32 levels: also for a member that occurs twice in an
    // object, a number beyond what a double holds, and anything behind the text.
    static Result<JsonBody> parse(std::string_view text);
    JsonBody(JsonBody&&) noexcept;
    JsonBody& operator=(JsonBody&&) noexcept;
    ~JsonBody();
    boost::json::value const& root() const noexcept;

  private:
    struct Parsed;
    explicit JsonBody(std::unique_ptr<Parsed> parsed);
    std::unique_ptr<Parsed> parsed_;
};

struct TextRule {
    std::size_t max = 200;  // characters, not bytes
    std::size_t min = 1;
    bool lines = false;  // line feeds and tabs are allowed; other control characters never are
};
struct MoneyRule {
    bool negative = false;  // else negative_amount
    bool zero = true;       // else invalid_field
};

struct BodyShape;
class BodySketch;

// A view of one object of a JsonBody, which must outlive it.
class BodyReader {
  public:
    explicit BodyReader(JsonBody const& body);                     // the root; not an object: invalid_field
    explicit BodyReader(BodySketch& sketch) : sketch_(&sketch) {}  // reads nothing and notes what it is asked for: body_schema()
    BodyReader(BodyReader const&) = delete;
    BodyReader& operator=(BodyReader const&) = delete;

    bool has(std::string_view name) const;  // is there and is not null
    bool is_null(std::string_view name);    // is there and is null: "clear it", for PATCH; counts as read

    std::string text(std::string_view name, TextRule rule = {});
    std::optional<std::string> optional_text(std::string_view name, TextRule rule = {});
    std::int64_t integer(std::string_view name, std::int64_t low, std::int64_t high);
    std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t low, std::int64_t high);
    bool boolean(std::string_view name);
    std::optional<bool> optional_boolean(std::string_view name);
    std::int64_t instant(std::string_view name);  // RFC 3339 -> at_us
    std::optional<std::int64_t> optional_instant(std::string_view name);
    std::int64_t day(std::string_view name);  // "2017-03-03" -> days since 1970
    std::optional<std::int64_t> optional_day(std::string_view name);
    std::string handle(std::string_view name);
    std::optional<std::string> optional_handle(std::string_view name);
    std::string code(std::string_view name);
    std::optional<std::string> optional_code(std::string_view name);
    std::string email(std::string_view name);  // normalised
    std::optional<std::string> optional_email(std::string_view name);
    Id id(std::string_view name, std::string_view prefix);
    std::optional<Id> optional_id(std::string_view name, std::string_view prefix);
    std::string choice(std::string_view name, std::initializer_list<std::string_view> choices);
    std::optional<std::string> optional_choice(std::string_view name, std::initializer_list<std::string_view> choices);
    Rate rate(std::string_view name);  // "12.5%"
    std::optional<Rate> optional_rate(std::string_view name);
    Currency currency(std::string_view name);
    std::optional<Currency> optional_currency(std::string_view name);
    // {"amount": "139.12", "currency": "GBP"}. A JSON number as amount: amount_not_a_string; else what money.hpp refuses.
    Money money(std::string_view name, MoneyRule rule = {});
    std::optional<Money> optional_money(std::string_view name, MoneyRule rule = {});

    std::vector<std::string> texts(std::string_view name, std::size_t max_count, TextRule rule = {});  // absent: empty
    // Each object of an array; absent: none. More than max_count: invalid_field. Unknown members are refused in each.
    void each(std::string_view name, std::size_t max_count, std::function<void(BodyReader&)> const& item);
    // An object inside; false when it is absent.
    bool object(std::string_view name, std::function<void(BodyReader&)> const& inner);
    // The names of all members and their texts, for open maps such as facts: texts, whole numbers, booleans.
    std::vector<std::pair<std::string, std::string>> map(std::string_view name, std::size_t max_count, TextRule rule = {});
    // Any JSON, serialised, at most max_bytes; absent: empty. `schema` says what is expected, and is checked by who takes it.
    std::string json(std::string_view name, std::size_t max_bytes = 16 * 1024, std::string_view schema = {});
    // missing_field with these words when it is absent, for members that the functions above take as optional.
    void require(std::string_view name, std::string words);

    // Refuses this member with a reason of the route's own, unless something was refused before.
    void refuse(std::string_view name, errc code, std::string detail);
    bool failed() const noexcept { return first_ != nullptr && first_->has_value(); }
    Status finish();

  private:
    BodyReader(boost::json::object const* object, std::string pointer, std::optional<Error>* first);
    boost::json::value const* take(std::string_view name, BodyShape const& shape);      // marks it as read; null counts as absent
    boost::json::value const* required(std::string_view name, BodyShape const& shape);  // missing_field otherwise
    std::optional<std::string_view> string_of(boost::json::value const& value, std::string_view name);
    std::optional<std::string> checked_text(boost::json::value const& value, std::string_view name, TextRule rule);
    template <class T, class Parse>
    std::optional<T> parsed(boost::json::value const* value, std::string_view name, Parse const& parse);
    boost::json::array const* array_of(std::string_view name, std::size_t max_count, BodyShape const& shape);
    std::optional<Money> read_money(boost::json::value const& value, std::string_view name, MoneyRule rule);
    std::string pointer_to(std::string_view name) const;
    void refuse_unknown();

    boost::json::object const* object_ = nullptr;
    std::string pointer_;                    // of this object; "" for the root
    std::optional<Error> own_first_;         // of the root reader
    std::optional<Error>* first_ = nullptr;  // the root's
    std::vector<std::string_view> read_;     // the members that were asked for
    BodySketch* sketch_ = nullptr;           // notes what is asked for; there is no object then
};

}  // namespace partnerd::routing
