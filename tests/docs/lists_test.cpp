// docs/errors.md and docs/api.md against the source and the server: nothing missing, nothing invented.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>

#include "docs/demo.hpp"
#include "docs/markdown.hpp"

namespace {

namespace fs = std::filesystem;
fs::path const root = PARTNERD_SOURCE_DIR;

std::set<std::string> matches(std::string const& text, std::string const& pattern, std::string const& format) {
    std::set<std::string> found;
    std::regex const regex(pattern);
    for (std::sregex_iterator i(text.begin(), text.end(), regex), end; i != end; ++i) found.insert(i->format(format));
    return found;
}

// The rows of a table, each as "cell | cell | cell"; its first row is the header.
std::set<std::string> rows_of(std::string const& section) {
    auto rows = docs::table_rows(section);
    std::set<std::string> joined;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        std::string row;
        for (auto const& cell : rows[i]) row += (row.empty() ? "" : " | ") + cell;
        joined.insert(row);
    }
    return joined;
}

void compare(std::set<std::string> const& is, std::set<std::string> const& should, std::string const& document) {
    for (auto const& row : should) BOOST_TEST(is.contains(row), document << " lacks: " << row);
    for (auto const& row : is) BOOST_TEST(should.contains(row), document << " has what is not there: " << row);
}

// What the sources of a folder give as reasons of a conversion.
std::set<std::string> reasons_in(fs::path const& folder, std::vector<std::string> const& patterns) {
    std::set<std::string> reasons;
    for (auto const& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".cpp") continue;
        auto const text = docs::read_text(entry.path());
        for (auto const& pattern : patterns) reasons.merge(matches(text, pattern, "$1"));
    }
    return reasons;
}

std::set<std::string> all_reasons() {
    auto used = reasons_in(root / "server/tracking",
                           {R"re(nobody\("([a-z_]+)"\))re", R"re(reason = "([a-z_]+)";)re", R"re(reason = [^;\n]* \? "([a-z_]+)")re",
                            R"re(return "(click_[a-z_]+)";)re", R"re(best_refused->reason : "([a-z_]+)")re"});
    used.merge(reasons_in(root / "server/rules",
                          {R"re(or_default\([^"\n]*"([a-z_]+)"\))re", R"re(return "(no_[a-z_]+|nothing_[a-z_]+|conditions_not_met)";)re",
                           R"re(reason_code = [^;\n]* \? "([a-z_]+)")re"}));
    used.merge(reasons_in(root / "plugins", {R"re(\.pass\("([a-z_]+)"\))re"}));
    return used;
}

BOOST_AUTO_TEST_CASE(the_list_of_errors_has_exactly_the_codes_of_the_server) {
    auto const source = docs::read_text(root / "server/domain/errors.def");
    auto const should = matches(source, R"re(PARTNERD_ERROR\((\w+), (\d+), "([^"]+)"\))re", "$1 | $2 | $3");
    BOOST_TEST(should.size() > 60u);
    compare(rows_of(docs::read_document(root, "docs/errors.md").section("Codes of the server")), should, "docs/errors.md");
}

BOOST_AUTO_TEST_CASE(the_list_of_errors_has_what_plugins_refuse_with) {
    auto const errors = docs::read_document(root, "docs/errors.md");
    auto const core = matches(docs::read_text(root / "server/domain/errors.def"), R"re(PARTNERD_ERROR\((\w+), (\d+),)re", "$1 | $2");
    std::set<std::string> listed;
    for (auto const& row : docs::table_rows(errors.section("Codes of the plugins"))) listed.insert(row.at(1) + " | " + row.at(2));
    std::set<std::string> used;
    for (auto const& entry : fs::recursive_directory_iterator(root / "plugins"))
        if (entry.path().extension() == ".cpp")
            used.merge(matches(docs::read_text(entry.path()), R"re(refuse\((\d+), "(\w+)",)re", "$2 | $1"));
    BOOST_TEST(used.size() > 5u);
    for (auto const& code : used) BOOST_TEST((core.contains(code) || listed.contains(code)), "docs/errors.md lacks the plugins' " << code);
}

BOOST_AUTO_TEST_CASE(the_list_of_reasons_has_each_reason_of_a_conversion) {
    std::set<std::string> listed;
    for (auto const& row : docs::table_rows(docs::read_document(root, "docs/errors.md").section("Reasons of conversions")))
        listed.insert(row.front());
    auto const used = all_reasons();
    for (auto const* const known :
         {"no_candidate", "click_expired", "partner_suspended", "self_referral", "emergency_stop", "not_in_pilot", "program_not_live",
          "no_rule", "conditions_not_met", "fx_rate_missing", "click_in_future", "nothing_left", "customer_not_new"})
        BOOST_TEST(used.contains(known), "the search no longer finds " << known);
    for (auto const& reason : used) BOOST_TEST(listed.contains(reason), "docs/errors.md lacks the reason " << reason);
}

BOOST_AUTO_TEST_CASE(the_list_of_routes_is_that_of_the_server) {
    docs::Demo const demo;
    auto const document = boost::json::parse(demo.partnerd("openapi"));
    std::set<std::string> should;
    for (auto const& [path, methods] : document.at("paths").as_object())
        for (auto const& [method, route] : methods.as_object()) {
            if (!route.is_object()) continue;
            auto upper = std::string(method);
            for (auto& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            should.insert(upper + " | " + std::string(path) + " | " + std::string(route.at("x-scopes").as_string()) + " | " +
                          std::string(route.at("summary").as_string()));
        }
    BOOST_TEST(should.size() > 80u);
    compare(rows_of(docs::read_document(root, "docs/api.md").section("Routes")), should, "docs/api.md");
    BOOST_TEST_REQUIRE(demo.sh(demo.here("curl -s http://127.0.0.1:8080/openapi.json >served.json")).status == 0);
    BOOST_TEST((boost::json::parse(docs::read_text(demo.folder() / "served.json")) == document),
               "the command and the route give different documents");
}

}  // namespace
