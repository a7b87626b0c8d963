// Each plugin's README: the same headings everywhere, and all that the plugin brings.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <regex>

#include "docs/demo.hpp"
#include "docs/markdown.hpp"

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
fs::path const root = PARTNERD_SOURCE_DIR;

std::vector<std::string> plugin_names() {
    std::vector<std::string> names;
    for (auto const& entry : fs::directory_iterator(root / "plugins"))
        if (entry.is_directory()) names.push_back(entry.path().filename().string());
    return names;
}

docs::Document readme_of(std::string const& plugin) { return docs::read_document(root, "plugins/" + plugin + "/README.md"); }

bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

// All sources of a plugin in one text.
std::string sources_of(std::string const& plugin) {
    std::string text;
    for (auto const& entry : fs::directory_iterator(root / "plugins" / plugin))
        if (entry.path().extension() == ".cpp") text += docs::read_text(entry.path());
    return text;
}

void names_each(std::string const& plugin, std::string const& section, std::string const& pattern) {
    auto const text = readme_of(plugin).section(section);
    auto const source = sources_of(plugin);
    std::regex const regex(pattern);
    for (std::sregex_iterator i(source.begin(), source.end(), regex), end; i != end; ++i)
        BOOST_TEST(has(text, "`" + (*i)[1].str() + "`"), "plugins/" << plugin << "/README.md: " << section << " lacks " << (*i)[1].str());
}

BOOST_AUTO_TEST_CASE(each_has_the_same_headings_in_the_same_order) {
    std::vector<std::string> const headings{"What it is", "Configuration", "Routes",      "Rules",   "Facts",
                                            "Tables",     "Events",        "Error codes", "Examples"};
    BOOST_TEST(plugin_names().size() >= 2u);
    for (auto const& plugin : plugin_names())
        BOOST_TEST_CONTEXT(plugin) BOOST_TEST(readme_of(plugin).headings() == headings, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_names_every_route_of_its_plugin) {
    docs::Demo const demo;
    auto const document = json::parse(demo.partnerd("openapi"));
    int routes = 0;
    for (auto const& [path, methods] : document.at("paths").as_object())
        for (auto const& [method, route] : methods.as_object()) {
            if (!route.is_object()) continue;
            auto const owner = std::string(route.at("tags").as_array().at(0).as_string());
            if (owner == "core") continue;
            auto upper = std::string(method);
            for (auto& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            auto const name = upper + " " + std::string(path);
            BOOST_TEST(has(readme_of(owner).section("Routes"), "`" + name + "`"), "plugins/" << owner << "/README.md lacks " << name);
            ++routes;
        }
    BOOST_TEST(routes >= 12);
}

BOOST_AUTO_TEST_CASE(each_names_every_rule_of_its_plugin_with_its_facts) {
    docs::Demo const demo;
    BOOST_TEST_REQUIRE(demo.sh(demo.here("KEY=$(build/release/bin/partnerd key create --config etc/demo.toml 2>/dev/null) && "
                                         "curl -sf http://127.0.0.1:8080/v1/rules -H \"Authorization: Bearer $KEY\" >rules.json"))
                           .status == 0);
    int rules = 0;
    auto const listed = json::parse(docs::read_text(demo.folder() / "rules.json"));
    for (auto const& rule : listed.at("data").as_array()) {
        auto const name = std::string(rule.at("rule").as_string());
        if (!has(name, ".")) continue;
        auto const readme = readme_of(name.substr(0, name.find('.')));
        BOOST_TEST(has(readme.section("Rules"), "`" + name + "`"), readme.name << " lacks the rule " << name);
        for (auto const& fact : rule.at("facts").as_array())
            BOOST_TEST(has(readme.section("Facts"), "`" + std::string(fact.as_string()) + "`"), readme.name << " lacks the fact " << fact);
        for (auto const& param : rule.at("params_schema").at("properties").as_object())
            BOOST_TEST(has(readme.section("Rules"), "`" + std::string(param.key()) + "`"),
                       readme.name << " lacks the parameter " << param.key());
        ++rules;
    }
    BOOST_TEST(rules >= 2);
}

BOOST_AUTO_TEST_CASE(each_names_every_table_and_error_code_of_its_plugin) {
    for (auto const& plugin : plugin_names()) {
        names_each(plugin, "Tables", R"re(create table (\w+))re");
        names_each(plugin, "Error codes", R"re(refuse\(\d+, "(\w+)",)re");
    }
}

BOOST_AUTO_TEST_CASE(each_names_every_key_of_its_configuration) {
    docs::Demo const demo;
    for (auto const& plugin : plugin_names()) {
        auto const info = json::parse(demo.partnerd("plugin info " + plugin + " --json"));
        auto const text = readme_of(plugin).section("Configuration");
        for (auto const* const schema : {"config_schema", "program_schema"}) {
            auto const* const properties = info.at(schema).as_object().if_contains("properties");
            if (properties == nullptr) continue;
            for (auto const& property : properties->as_object())
                BOOST_TEST(has(text, "`" + std::string(property.key()) + "`"),
                           "plugins/" << plugin << "/README.md: Configuration lacks " << property.key());
        }
    }
}

}  // namespace
