// The whole document at /openapi.json, plugins included: is it complete, is it so, and does docs/api.md say the same.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>

#include "docs/demo.hpp"
#include "docs/markdown.hpp"
#include "plugins/json_schema.hpp"
#include "unit/api/whole_schema.hpp"

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
fs::path const root = PARTNERD_SOURCE_DIR;

using Set = std::set<std::string>;

void compare(Set const& is, Set const& should, std::string const& what) {
    for (auto const& one : should) BOOST_TEST(is.contains(one), what << " lacks: " << one);
    for (auto const& one : is) BOOST_TEST(should.contains(one), what << " has what is not there: " << one);
}

struct Operation {
    std::string name, path, plugin;  // "post /v1/x"; the plugin's folder, or empty
    json::object told;
};

std::vector<Operation> operations_of(json::value const& document) {
    std::vector<Operation> all;
    for (auto const& [path, methods] : document.at("paths").as_object())
        for (auto const& [method, told] : methods.as_object()) {
            auto const tag = std::string(told.at("tags").at(0).as_string());
            all.push_back({std::string(method) + " " + std::string(path), std::string(path), tag == "core" ? "" : tag, told.as_object()});
        }
    return all;
}

// Where the document refers to, at any depth.
void collect_references(json::value const& value, Set& references) {
    if (auto const* const array = value.if_array())
        for (auto const& one : *array) collect_references(one, references);
    if (auto const* const object = value.if_object())
        for (auto const& [name, member] : *object) {
            if (name == "$ref") references.insert(std::string(member.as_string()));
            collect_references(member, references);
        }
}

json::value const* body_schema(Operation const& operation) {
    auto const* const body = operation.told.if_contains("requestBody");
    return body == nullptr ? nullptr : &body->at("content").at("application/json").at("schema");
}

BOOST_AUTO_TEST_CASE(the_document_is_complete) {
    docs::Demo const demo;
    auto const document = json::parse(demo.partnerd("openapi"));
    BOOST_TEST(document.at("openapi").as_string() == "3.1.0");
    Set references, ids;
    collect_references(document, references);
    BOOST_TEST(references.size() > 60u);
    json::error_code failed;
    for (auto const& reference : references)
        BOOST_TEST(document.find_pointer(std::string_view(reference).substr(1), failed) != nullptr, reference << " leads nowhere");
    for (auto const& [kind, all] : document.at("components").as_object())
        for (auto const& [name, schema] : all.as_object())
            if (kind == "schemas") BOOST_TEST(references.contains("#/components/schemas/" + std::string(name)), name << " is not used");
    for (auto const& operation : operations_of(document)) {
        BOOST_TEST_CONTEXT(operation.name) {
            BOOST_TEST(ids.insert(std::string(operation.told.at("operationId").as_string())).second);
            auto const& responses = operation.told.at("responses").as_object();
            BOOST_TEST(responses.contains("default"));
            BOOST_TEST(!responses.contains("2XX"));
            BOOST_TEST(responses.size() > 1u);
            if (auto const* const schema = body_schema(operation)) BOOST_TEST(schema->as_object().contains("$ref"));
        }
    }
}

// The names that a plugin's sources read from bodies are those of its bodies in the document.
BOOST_AUTO_TEST_CASE(the_bodies_of_plugins_have_the_fields_that_their_sources_read) {
    docs::Demo const demo;
    auto const document = json::parse(demo.partnerd("openapi"));
    for (std::string const plugin : {"coupons", "referrals"}) {
        Set read, told;
        std::regex const reading(R"re((?:body\.(?:optional_)?[a-z]+\(|read_day\(body, )"([a-z_]+)")re");
        for (auto const& entry : fs::directory_iterator(root / "plugins" / plugin)) {
            if (entry.path().extension() != ".cpp") continue;
            auto const text = docs::read_text(entry.path());
            for (std::sregex_iterator i(text.begin(), text.end(), reading), end; i != end; ++i) read.insert(i->str(1));
        }
        for (auto const& operation : operations_of(document)) {
            auto const* const schema = operation.plugin == plugin ? body_schema(operation) : nullptr;
            if (schema == nullptr) continue;
            auto const whole = partnerd::whole_schema(document, *schema, false);
            for (auto const& [name, property] : whole.at("properties").as_object()) {
                told.insert(std::string(name));
                BOOST_TEST(property.as_object().contains("description"), operation.name << " " << name << " has no words");
            }
        }
        BOOST_TEST(read.size() >= 6u);
        compare(told, read, plugin);
    }
}

struct Call {
    std::string method, path, body;  // path: below /v1/programs/grocery or /retail; ' for "
    std::string told;                // the path in the document
    int status = 200;
};

std::vector<Call> const calls = {
    {"POST", "/coupons/campaigns", "{'campaign':'SPRING','starts_on':'2026-01-01','discount':{'percent':5}}", "", 201},
    {"POST", "/coupons/campaigns", "{'campaign':'SPRING'}", "", 200},
    {"GET", "/coupons/campaigns", "", "", 200},
    {"POST", "/coupons/codes", "{'campaign':'SPRING','code':'SPRING-1','usage_limit':9}", "", 201},
    {"POST", "/coupons/codes", "{'campaign':'SPRING','code':'SPRING-1'}", "", 200},
    {"GET", "/coupons/codes", "", "", 200},
    {"POST", "/coupons/validate", "{'code':'SPRING-1'}", "", 200},
    {"POST", "/coupons/validate", "{'code':'NOBODYS'}", "", 200},
    {"POST", "/coupons/redeem", "{'code':'SPRING-1','redemption_id':'r-1','customer':'c-1'}", "", 201},
    {"POST", "/coupons/redeem", "{'code':'SPRING-1','redemption_id':'r-1','customer':'c-1'}", "", 200},
    {"GET", "/coupons/redemptions", "", "", 200},
    {"POST", "/coupons/redemptions/r-1/rollback", "{'reason':'x'}", "/coupons/redemptions/{redemption_id}/rollback", 200},
    {"POST", "/referrals/signup", "{'customer':'c-9'}", "", 201},
    {"POST", "/referrals/signup", "{'customer':'c-9'}", "", 200},
    {"POST", "/referrals/sale", "{'order_id':'o-9','customer':'c-9','amount':{'amount':'10.00','currency':'GBP'}}", "", 201},
    {"GET", "/referrals/signups", "", "", 200}};

BOOST_AUTO_TEST_CASE(the_answers_of_plugins_are_as_the_document_says) {
    docs::Demo const demo;
    auto const document = json::parse(demo.partnerd("openapi"));
    auto const key = demo.partnerd("key create --label test");
    for (auto const& call : calls) {
        BOOST_TEST_CONTEXT(call.method << " " << call.path << " " << call.body) {
            auto const program = call.path.starts_with("/coupons") ? "grocery" : "retail";
            auto const ran = demo.sh(demo.here("curl -s -w '\\n%{http_code}' -X " + call.method + " -H 'Authorization: Bearer " +
                                               key.substr(0, key.find('\n')) + "' -H 'Content-Type: application/json'" +
                                               (call.body.empty() ? "" : " -d '" + docs::replaced(call.body, "'", "\"") + "'") +
                                               " http://127.0.0.1:8080/v1/programs/" + program + call.path));
            auto const cut = ran.output.rfind('\n');
            BOOST_TEST(ran.output.substr(cut + 1) == std::to_string(call.status), ran.output);
            auto lower = call.method == "GET" ? std::string("get") : std::string("post");
            auto const& operation =
                document.at("paths").at("/v1/programs/{program}" + (call.told.empty() ? call.path : call.told)).at(lower).as_object();
            auto const& schema =
                operation.at("responses").at(std::to_string(call.status)).at("content").at("application/json").at("schema");
            auto const compiled =
                partnerd::plugins::JsonSchema::compile(json::serialize(partnerd::whole_schema(document, schema, true))).value();
            auto const fits = compiled->check_text(ran.output.substr(0, cut));
            BOOST_TEST(fits.has_value(), (fits ? "" : fits.error().field + " " + fits.error().detail) << "\n" << ran.output);
        }
    }
}

std::string type_in_words(json::object const& schema) {
    if (auto const* const words = schema.if_contains("enum")) {
        std::string list;
        for (auto const& word : words->as_array()) list += (list.empty() ? "" : ", ") + std::string(word.as_string());
        return list;
    }
    auto const type = schema.contains("type") ? json::serialize(schema.at("type")) : std::string();
    auto const format = schema.contains("format") ? std::string(schema.at("format").as_string()) : std::string();
    if (type.find("object") != std::string::npos)
        return schema.contains("properties") && schema.at("properties").as_object().contains("amount") ? "amount" : "object";
    if (type.find("array") != std::string::npos) return "list";
    if (type.find("integer") != std::string::npos) return "integer";
    if (type.find("boolean") != std::string::npos) return "true or false";
    if (format == "date-time") return "time";
    return format == "date" ? "day" : format == "email" ? "e-mail" : "text";
}

// "field | type | required | meaning" for each field, those inside too: "program.handle", "items[].sku".
void add_rows(std::string const& prefix, json::object const& schema, Set& rows) {
    Set required;
    if (auto const* const names = schema.if_contains("required"))
        for (auto const& name : names->as_array()) required.insert(std::string(name.as_string()));
    for (auto const& [name, value] : schema.at("properties").as_object()) {
        auto const& property = value.as_object();
        auto const field = prefix + std::string(name);
        auto const type = type_in_words(property);
        auto const* const words = property.if_contains("description");
        rows.insert(field + " | " + type + " | " + (required.contains(std::string(name)) ? "yes" : "no") + " | " +
                    (words == nullptr ? "" : std::string(words->as_string())));
        if (type == "object" && property.contains("properties")) add_rows(field + ".", property, rows);
        auto const* const items = property.if_contains("items");
        bool const listed = items != nullptr && items->is_object() && items->as_object().contains("properties") && name != "rules";
        if (listed) add_rows(field + "[].", items->as_object(), rows);
    }
}

BOOST_AUTO_TEST_CASE(the_fields_in_api_md_are_those_of_the_document) {
    docs::Demo const demo;
    auto const document = json::parse(demo.partnerd("openapi"));
    std::pair<std::string, std::string> const bodies[] = {{"Fields of a conversion", "ConversionReport"},
                                                          {"Fields of an adjustment", "AdjustmentReport"},
                                                          {"Fields of an application", "ApplicationWish"},
                                                          {"Fields of apply", "Apply"}};
    auto const page = docs::read_document(root, "docs/api.md");
    for (auto const& [heading, name] : bodies) {
        Set should, is;
        auto const& schema = document.at("components").at("schemas").at(name);
        add_rows("", partnerd::whole_schema(document, schema, false).as_object(), should);
        auto const rows = docs::table_rows(page.section(heading));
        BOOST_TEST_REQUIRE(rows.size() > 1u);
        for (std::size_t i = 1; i < rows.size(); ++i)
            is.insert(rows[i].at(0) + " | " + rows[i].at(1) + " | " + rows[i].at(2) + " | " + rows[i].at(3));
        compare(is, should, heading);
    }
}

}  // namespace
