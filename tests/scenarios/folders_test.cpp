// Each folder beside this file is a scenario: program.toml, the files to import, and expected.json with what comes of them.
//
// expected.json: {"imports": {"orders": {"created": 3, "rejected_by_code": {"invalid_amount": 1}} or {"fails": "missing_column"}},
//                 "reports": [{"as_of": "2026-03-01T00:00:00Z", "partners": {"acme": {"net": 100}}}]}
// A partner's figures that are not named are not compared; partners that are not named have none. The program is called "shop".
#include <boost/json.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "e2e/installation.hpp"
#include "e2e/retail.hpp"
#include "e2e/session.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;

namespace {

std::filesystem::path const root = PARTNERD_SOURCE_DIR "/tests/scenarios";

std::vector<std::string> scenario_names() {
    std::vector<std::string> names;
    for (auto const& entry : std::filesystem::directory_iterator(root))
        if (entry.is_directory()) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

// In the order in which one needs the other.
constexpr char const* kinds[] = {"partners", "campaigns", "coupons", "orders", "redemptions", "refunds"};

struct Scenario {
    explicit Scenario(std::string const& name) : folder(root / name), expected(parsed(read_text(folder / "expected.json"))) {
        installation.done({"apply", folder / "program.toml"});
    }
    Finished import(std::string const& kind) const {
        auto file = folder / (kind + ".csv");
        if (!std::filesystem::exists(file)) file += ".gz";
        return installation.run(
            {"import", kind, file.string(), "--program", "shop", "--json", "--rejects", installation.path(kind + ".rejects.csv")});
    }
    void check_imports(bool again) const {
        for (auto const* const kind : kinds)
            if (auto const* const wanted = expected.at("imports").as_object().if_contains(kind))
                BOOST_TEST_CONTEXT(kind << (again ? " again" : "")) check_import(kind, wanted->as_object(), again);
    }
    void check_import(std::string const& kind, json::object const& wanted, bool again) const {
        auto const finished = import(kind);
        BOOST_TEST_CONTEXT(finished.out << finished.err) {
            if (auto const* const fails = wanted.if_contains("fails")) {
                BOOST_TEST(finished.exit_code() == 1);
                BOOST_TEST((finished.out + finished.err).find(std::string(fails->as_string())) != std::string::npos);
                if (!wanted.contains("created")) return;
            } else {
                BOOST_TEST(finished.exit_code() == 0);
            }
            auto const summary = parsed(finished.out).as_object();
            auto const created = wanted.at("created").as_int64();
            json::object const none;
            auto const& by_code = wanted.contains("rejected_by_code") ? wanted.at("rejected_by_code").as_object() : none;
            BOOST_TEST(summary.at("created").as_int64() == (again ? 0 : created));
            auto const unchanged = wanted.contains("unchanged") ? wanted.at("unchanged").as_int64() : 0;
            BOOST_TEST(summary.at("unchanged").as_int64() == (again ? created + unchanged : unchanged));
            BOOST_TEST(json::serialize(summary.at("rejected_by_code")) == json::serialize(by_code));
            check_rejects(kind, by_code);
        }
    }
    // A line for each, with its code.
    void check_rejects(std::string const& kind, json::object const& by_code) const {
        auto const rejects = read_text(installation.path(kind + ".rejects.csv"));
        for (auto const& [code, count] : by_code) {
            std::int64_t found = 0;
            auto const mark = "," + std::string(code) + ",";
            for (auto at = rejects.find(mark); at != std::string::npos; at = rejects.find(mark, at + 1)) ++found;
            BOOST_TEST(found == count.as_int64(), rejects);
        }
    }
    void check_reports() const {
        for (auto const& report : expected.at("reports").as_array()) {
            std::string const as_of(report.at("as_of").as_string());
            auto const told = parse_report(installation.done({"report", "partners", "--program", "shop", "--json", "--as-of", as_of}));
            auto const& partners = report.at("partners").as_object();
            BOOST_TEST_CONTEXT("as of " << as_of) {
                BOOST_TEST(told.size() == partners.size());
                for (auto const& [partner, figures] : partners)
                    for (auto const& [figure, value] : figures.as_object())
                        BOOST_TEST_CONTEXT(partner << " " << figure)
                        BOOST_TEST((told.contains(partner) ? figure_of(told.at(partner), figure) : -1) == value.as_int64());
            }
        }
    }
    static std::int64_t figure_of(Figures const& f, std::string_view name) {
        std::pair<std::string_view, std::int64_t> const named[] = {
            {"conversions", f.conversions}, {"revenue", f.revenue}, {"gross", f.gross}, {"reversed", f.reversed}, {"net", f.net},
            {"pending", f.pending},         {"payable", f.payable}};
        for (auto const& [known, value] : named)
            if (known == name) return value;
        throw std::runtime_error("there is no figure " + std::string(name));
    }

    Installation installation;
    std::filesystem::path folder;
    json::value expected;
};

}  // namespace

BOOST_DATA_TEST_CASE(a_scenario_comes_out_as_its_folder_says, boost::unit_test::data::make(scenario_names()), name) {
    Scenario const scenario(name);
    scenario.check_imports(false);
    scenario.check_reports();
    scenario.check_imports(true);
    scenario.check_reports();
    auto const verified = scenario.installation.run({"verify"});
    BOOST_TEST(verified.exit_code() == 0, verified.out << verified.err);
}
