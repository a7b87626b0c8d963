// /openapi.json against what the routes do: which bodies they read, what is in them, what they answer.
#include <boost/test/unit_test.hpp>
#include <regex>

#include "contract.hpp"
#include "house.hpp"

namespace partnerd::api {

namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(openapi)

namespace {

std::string method_of(std::string const& operation) { return operation.substr(0, operation.find(' ')); }

// The path with the shop's program and ids of nobody.
std::string target_of(std::string const& operation) {
    auto path = operation.substr(operation.find(' ') + 1);
    path = std::regex_replace(path, std::regex("\\{program\\}"), "shop");
    return std::regex_replace(path, std::regex("\\{[a-z_]+\\}"), "nobody");
}

// A key that may call the operation.
std::string key_for(Shop const& shop, json::object const& operation) {
    auto const scopes = std::string(operation.at("x-scopes").as_string());
    if (scopes.find("operator") != std::string::npos) return shop.op;
    return scopes.find("partner") != std::string::npos ? shop.ada : std::string();
}

json::value sample_of(json::object const& schema) {
    if (auto const* const words = schema.if_contains("enum")) return words->as_array().front();
    auto const type = schema.contains("type") ? json::serialize(schema.at("type")) : std::string();
    if (type.find("integer") != std::string::npos) return schema.contains("minimum") ? schema.at("minimum") : json::value(1);
    if (type.find("boolean") != std::string::npos) return true;
    if (type.find("array") != std::string::npos) return json::array();
    if (type.find("object") != std::string::npos) {
        json::object sample;
        if (auto const* const required = schema.if_contains("required"))
            for (auto const& name : required->as_array())
                sample[name.as_string()] = sample_of(schema.at("properties").as_object().at(name.as_string()).as_object());
        if (sample.contains("amount") && sample.contains("currency")) return json::object{{"amount", "1.00"}, {"currency", "GBP"}};
        return sample;
    }
    auto const format = schema.contains("format") ? std::string(schema.at("format").as_string()) : std::string();
    if (format == "email") return "ann@ann.example";
    if (format == "date-time") return "2026-02-01T00:00:00Z";
    if (format == "date") return "2026-02-01";
    if (schema.contains("examples")) return schema.at("examples").as_array().front();
    return "abc";
}

std::set<std::string> names_of(json::object const& schema) {
    std::set<std::string> names;
    for (auto const& property : schema.at("properties").as_object()) names.insert(property.key());
    return names;
}

// The names that a refusal of an unknown field tells.
std::set<std::string> known_names(std::string const& detail) {
    std::set<std::string> names;
    auto const at = detail.find("; known: ");
    if (at == std::string::npos) return names;
    auto const text = detail.substr(at + 9);
    std::regex const word("[a-z0-9_]+");
    for (std::sregex_iterator i(text.begin(), text.end(), word), end; i != end; ++i) names.insert(i->str());
    return names;
}

struct Described {
    std::string operation;
    json::object schema;  // of the body, references in place; empty: none
    std::string key;
};

std::vector<Described> changes_of(Shop& shop) {
    auto& contract = Contract::of(shop.routes);
    std::vector<Described> all;
    for (auto const& [name, operation] : contract.operations()) {
        if (method_of(name) == "GET" || method_of(name) == "DELETE") continue;
        Described one{name, {}, key_for(shop, operation)};
        if (auto const* const body = operation.if_contains("requestBody"))
            one.schema = contract.whole(body->at("content").at("application/json").at("schema"), false).as_object();
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(exactly_the_routes_with_a_described_body_read_one) {
    Shop shop;
    std::size_t with_body = 0;
    for (auto const& [operation, schema, key] : changes_of(shop)) {
        BOOST_TEST_CONTEXT(operation) {
            auto const answer = shop.call(method_of(operation), target_of(operation), "{", key);
            BOOST_TEST((answer.code() == "malformed_json") == !schema.empty());
            with_body += schema.empty() ? 0 : 1;
        }
    }
    BOOST_TEST(with_body == 27u);
}

BOOST_AUTO_TEST_CASE(what_a_body_must_have_is_what_is_refused_when_it_is_empty) {
    Shop shop;
    for (auto const& [operation, schema, key] : changes_of(shop)) {
        if (schema.empty()) continue;
        BOOST_TEST_CONTEXT(operation) {
            auto const required = schema.contains("required") ? schema.at("required").as_array() : json::array();
            auto const answer = shop.call(method_of(operation), target_of(operation), "{}", key);
            if (required.empty()) {
                // A sale without an amount and an identity of nothing: one of several fields is needed.
                if (answer.code() == "missing_field") BOOST_TEST(operation.ends_with("/identities"));
                continue;
            }
            BOOST_TEST(answer.code() == "missing_field");
            auto const pointer = answer.at("/pointer");
            BOOST_TEST(
                std::count(required.begin(), required.end(), json::value(pointer.substr(std::min<std::size_t>(1, pointer.size())))) == 1);
        }
    }
}

// Each one is left out of a body that is complete otherwise.
BOOST_AUTO_TEST_CASE(each_required_field_is_asked_for) {
    Shop shop;
    std::size_t tried = 0;
    for (auto const& [operation, schema, key] : changes_of(shop)) {
        if (schema.empty() || !schema.contains("required")) continue;
        for (auto const& name : schema.at("required").as_array()) {
            auto body = sample_of(schema).as_object();
            body.erase(name.as_string());
            BOOST_TEST_CONTEXT(operation << " without " << name) {
                auto const answer = shop.call(method_of(operation), target_of(operation), json::serialize(body), key);
                BOOST_TEST(answer.at("/pointer") == "/" + std::string(name.as_string()));
                BOOST_TEST(answer.code() == "missing_field");
                ++tried;
            }
        }
    }
    BOOST_TEST(tried > 20u);
}

BOOST_AUTO_TEST_CASE(a_field_that_is_not_described_is_refused_with_those_that_are) {
    Shop shop;
    for (auto const& [operation, schema, key] : changes_of(shop)) {
        if (schema.empty()) continue;
        auto body = sample_of(schema).as_object();
        body["zzz"] = 1;
        BOOST_TEST_CONTEXT(operation) {
            auto answer = shop.call(method_of(operation), target_of(operation), json::serialize(body), key);
            // What only some bodies need.
            for (int i = 0; i < 3 && answer.code() == "missing_field"; ++i) {
                auto const name = answer.at("/pointer").substr(1);
                body[name] = sample_of(schema.at("properties").as_object().at(name).as_object());
                answer = shop.call(method_of(operation), target_of(operation), json::serialize(body), key);
            }
            BOOST_TEST(answer.code() == "unknown_field");
            BOOST_TEST(answer.at("/pointer") == "/zzz");
            BOOST_TEST((known_names(answer.at("/detail")) == names_of(schema)), answer.at("/detail"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_field_that_is_described_is_read) {
    Shop shop;
    std::size_t tried = 0;
    for (auto const& [operation, schema, key] : changes_of(shop)) {
        if (schema.empty()) continue;
        for (auto const& property : schema.at("properties").as_object()) {
            std::string const name(property.key());
            // None of the types takes it.
            auto body = sample_of(schema).as_object();
            body[name] = json::array{json::array{json::array()}};
            BOOST_TEST_CONTEXT(operation << " " << name) {
                auto const answer = shop.call(method_of(operation), target_of(operation), json::serialize(body), key);
                bool const read = answer.status == 422 && answer.code() != "unknown_field";
                bool const looked_up_first = answer.status == 404 || answer.code() == "malformed_json";
                BOOST_TEST((read || looked_up_first), answer.text);
                ++tried;
            }
        }
    }
    BOOST_TEST(tried > 80u);
}

namespace {
void check_described(std::string const& path, json::object const& schema) {
    if (auto const* const properties = schema.if_contains("properties"))
        for (auto const& property : properties->as_object()) {
            auto const& field = property.value().as_object();
            bool const inside_rules = path.ends_with("/rules");
            BOOST_TEST((inside_rules || field.contains("description")), path << "/" << property.key() << " has no words");
            check_described(path + "/" + std::string(property.key()), field);
        }
    if (auto const* const items = schema.if_contains("items")) check_described(path, items->as_object());
}
}  // namespace

BOOST_AUTO_TEST_CASE(every_field_of_a_body_has_words) {
    House house;
    auto const& document = Contract::of(house.routes).document();
    for (auto const& [name, operation] : Contract::of(house.routes).operations()) {
        auto const* const body = operation.if_contains("requestBody");
        if (body == nullptr) continue;
        auto const reference = std::string(body->at("content").at("application/json").at("schema").at("$ref").as_string());
        check_described(name, json::value(document).at_pointer(reference.substr(1)).as_object());
    }
}

BOOST_AUTO_TEST_CASE(every_operation_names_its_success_and_the_problem) {
    House house;
    auto& contract = Contract::of(house.routes);
    for (auto const& [name, operation] : contract.operations()) {
        BOOST_TEST_CONTEXT(name) {
            auto const& responses = operation.at("responses").as_object();
            BOOST_TEST(!responses.contains("2XX"));
            BOOST_TEST(responses.at("default").at("$ref").as_string() == "#/components/responses/Problem");
            for (auto const& [status, response] : responses) {
                if (status == "default") continue;
                BOOST_TEST(std::regex_match(std::string(status), std::regex("20[0124]")));
                BOOST_TEST(response.as_object().contains("content") == (status != "204"));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_parameter_of_a_query_is_taken_if_and_only_if_it_is_described) {
    Shop shop;
    std::size_t taken = 0;
    for (auto const& [name, operation] : Contract::of(shop.routes).operations()) {
        if (method_of(name) != "GET") continue;
        BOOST_TEST_CONTEXT(name) {
            auto const key = key_for(shop, operation);
            auto const ask = [&](std::string const& query) { return shop.get(target_of(name) + "?" + query, key); };
            auto const strange = ask("zzz=1");
            BOOST_TEST(strange.code() == "invalid_query");
            BOOST_TEST(strange.at("/pointer") == "zzz");
            auto const* const parameters = operation.if_contains("parameters");
            for (auto const& parameter : parameters == nullptr ? json::array() : parameters->as_array()) {
                if (parameter.at("in").as_string() != "query") continue;
                auto const asked = std::string(parameter.at("name").as_string());
                auto const refused = ask(asked + "=%20").at("/detail");
                BOOST_TEST(refused.find("does not have this parameter") == std::string::npos);
                BOOST_TEST(refused.find("has no parameters") == std::string::npos);
                ++taken;
            }
        }
    }
    BOOST_TEST(taken > 100u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::api
