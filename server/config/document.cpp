#include "config/document.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <sstream>

#include "config/bounded_text.hpp"

namespace partnerd::config {

namespace json = boost::json;

namespace {

Place place(toml::node const& node) { return {static_cast<int>(node.source().begin.line), static_cast<int>(node.source().begin.column)}; }

std::string pointer_part(std::string_view key) {  // RFC 6901 section 3
    std::string out = "/";
    for (char const c : key) {
        if (c == '~') out += "~0";
        else if (c == '/') out += "~1";
        else out += c;
    }
    return out;
}

template <class T>
json::value text_of(T const& value) {
    std::ostringstream out;
    out << value;
    return json::value(json::string(out.str()));
}

class Conversion {
  public:
    Conversion(JsonText& result, std::string const& source) : result_(result), source_(source) {}

    json::value table(toml::table const& table, std::string const& pointer, int depth) {
        result_.places.emplace(pointer, place(table));
        json::object out;
        if (too_deep(table, pointer, depth)) return out;
        for (auto const& [key, node] : table) out.emplace(key.str(), value(node, pointer + pointer_part(key.str()), depth + 1));
        return out;
    }

  private:
    json::value array(toml::array const& array, std::string const& pointer, int depth) {
        result_.places.emplace(pointer, place(array));
        json::array out;
        if (too_deep(array, pointer, depth)) return out;
        for (std::size_t i = 0; i < array.size(); ++i) out.push_back(value(array[i], pointer + '/' + std::to_string(i), depth + 1));
        return out;
    }

    json::value value(toml::node const& node, std::string const& pointer, int depth) {
        if (auto const* found = node.as_table()) return table(*found, pointer, depth);
        if (auto const* found = node.as_array()) return array(*found, pointer, depth);
        result_.places.emplace(pointer, place(node));
        if (auto const* found = node.as_string()) return json::value(json::string(found->get()));
        if (auto const* found = node.as_integer()) return json::value(found->get());
        if (auto const* found = node.as_boolean()) return json::value(found->get());
        if (auto const* found = node.as_floating_point()) return number(*found, pointer);
        if (auto const* found = node.as_date()) return text_of(found->get());
        if (auto const* found = node.as_time()) return text_of(found->get());
        return text_of(node.as_date_time()->get());
    }

    json::value number(toml::value<double> const& node, std::string const& pointer) {
        if (std::isfinite(node.get())) return json::value(node.get());
        fail(node, pointer, "infinity and NaN have no JSON form", "Write a number");
        return nullptr;
    }

    bool too_deep(toml::node const& node, std::string const& pointer, int depth) {
        if (depth <= nesting_max) return false;
        fail(node, pointer, "tables and lists are nested more than " + std::to_string(nesting_max) + " deep", "Make it flatter");
        return true;
    }

    void fail(toml::node const& node, std::string const& pointer, std::string what, std::string way_out) {
        if (!result_.problem.what.empty()) return;
        auto const at = place(node);
        result_.problem = Problem{source_, at.line, at.column, pointer, std::move(what), std::move(way_out)};
    }

    JsonText& result_;
    std::string const& source_;
};

}  // namespace

std::variant<toml::table, Problem> parse_document(std::string_view text, std::string const& source) {
    if (auto wrong = check_bounds(text, source)) return *wrong;
    try {
        return toml::table(toml::parse(text, std::string_view(source)));
    } catch (toml::parse_error const& error) {
        auto const at = error.source().begin;
        return Problem{source, static_cast<int>(at.line),        static_cast<int>(at.column),
                       {},     std::string(error.description()), "See https://toml.io/en/v1.0.0"};
    }
}

JsonText to_json(toml::table const& table, std::string const& source) {
    JsonText result;
    auto const value = Conversion(result, source).table(table, "", 0);
    result.json = json::serialize(value);
    return result;
}

}  // namespace partnerd::config
