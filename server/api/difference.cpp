#include "api/difference.hpp"

#include <boost/json.hpp>

namespace partnerd::api {

namespace {

std::string json_text(std::string_view text) {
    std::string out;
    routing::append_json_string(out, text);
    return out;
}

std::string json_list(std::vector<std::string> const& list) {
    std::string out;
    routing::JsonWriter json(out);
    json.begin_array();
    for (auto const& text : list) json.value(text);
    json.end_array();
    return out;
}

boost::json::value parsed(std::string_view text) {
    if (text.empty()) return nullptr;
    return boost::json::parse({text.data(), text.size()});
}

}  // namespace

void Difference::text(std::string_view name, std::string_view before, std::string_view after, bool personal) {
    if (before != after) fields_.push_back({std::string(name), json_text(before), json_text(after), personal});
}

void Difference::truth(std::string_view name, bool before, bool after) {
    if (before != after) fields_.push_back({std::string(name), before ? "true" : "false", after ? "true" : "false"});
}

void Difference::texts(std::string_view name, std::vector<std::string> const& before, std::vector<std::string> const& after) {
    if (before != after) fields_.push_back({std::string(name), json_list(before), json_list(after)});
}

void Difference::json(std::string_view name, std::string_view before, std::string_view after) {
    if (parsed(before) != parsed(after)) fields_.push_back({std::string(name), std::string(before), std::string(after)});
}

void Difference::write(routing::JsonWriter& json) const {
    json.key("fields").begin_object();
    for (auto const& field : fields_)
        json.key(field.name).begin_object().key("before").raw(field.before).key("after").raw(field.after).end_object();
    json.end_object();
}

std::string Difference::audit_json(std::string Field::*side) const {
    std::string out;
    routing::JsonWriter json(out);
    json.begin_object();
    for (auto const& field : fields_) {
        json.key(field.name);
        if (field.personal) json.value("personal");
        else json.raw(field.*side);
    }
    json.end_object();
    return out;
}

std::string Difference::before_json() const { return audit_json(&Field::before); }
std::string Difference::after_json() const { return audit_json(&Field::after); }

}  // namespace partnerd::api
