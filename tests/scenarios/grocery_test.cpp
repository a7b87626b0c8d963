// Coupons of a grocery chain: a household redeems a coupon of a campaign once, and each redemption earns its maker 0.75 USD.
#include <boost/json.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

#include "e2e/installation.hpp"
#include "e2e/retail.hpp"
#include "e2e/session.hpp"
#include "e2e/table.hpp"

namespace json = boost::json;
using namespace partnerd::e2e;

namespace {

std::vector<std::string> grocery_names() {
    if (std::filesystem::exists(full_data() / "grocery-coupons")) return {"sample", "full"};
    return {"sample"};
}

struct Chain {
    explicit Chain(std::string const& name)
        : full(name == "full"), folder(full ? full_data() / "grocery-coupons" : demo("grocery-coupons")) {
        expected = parsed(read_text(folder / "expected.json"));
        installation.done({"apply", demo("grocery.toml")});
    }
    std::filesystem::path file(std::string const& noun) const { return folder / (noun + (full ? ".csv.gz" : ".csv")); }
    json::object import(std::string const& kind) const {
        std::vector<std::string> words{"import",  kind,     file(kind).string(), "--program",
                                       "grocery", "--json", "--rejects",         installation.path(kind + ".rejects.csv")};
        if (kind == "coupons") words.push_back("--create-partners");
        return parsed(installation.done(words)).as_object();
    }
    std::int64_t expects(char const* figure) const { return expected.at(figure).as_int64(); }

    void check_redemptions(std::int64_t created, std::int64_t unchanged) const {
        auto const summary = import("redemptions");
        BOOST_TEST_CONTEXT(json::serialize(summary)) {
            BOOST_TEST(summary.at("records").as_int64() == expects("redemptions"));
            BOOST_TEST(summary.at("created").as_int64() == created);
            BOOST_TEST(summary.at("unchanged").as_int64() == unchanged);
            BOOST_TEST(summary.at("rejected").as_int64() == expects("rejected_already_redeemed"));
            BOOST_TEST(summary.at("rejected_by_code").at("already_redeemed").as_int64() == expects("rejected_already_redeemed"));
        }
    }
    // The lines that repeat an earlier one of the file, and no others, are in the file of rejects.
    void check_rejects() const {
        auto const table = Table::read(file("redemptions"));
        auto const rejects = read_text(installation.path("redemptions.rejects.csv"));
        std::set<std::string> seen;
        for (std::size_t i = 0; i < table.size(); ++i) {
            bool const first =
                seen.insert(table.at(i, "campaign_id") + "/" + table.at(i, "coupon_upc") + "/" + table.at(i, "customer_id")).second;
            bool const rejected = rejects.find("\n" + std::to_string(i + 2) + ",already_redeemed,") != std::string::npos;
            if (rejected == first) BOOST_ERROR("line " << i + 2 << " of the redemptions was " << (rejected ? "rejected" : "taken"));
        }
    }
    void check_figures() const {
        auto const told = parse_report(installation.done({"report", "partners", "--program", "grocery", "--json"}));
        auto const& by_partner = expected.at("cents_by_partner").as_object();
        BOOST_TEST(sum(told).net == expects("commission_cents"));
        BOOST_TEST(sum(told).gross == expects("commission_cents"));
        BOOST_TEST(sum(told).payable == expects("commission_cents"));
        BOOST_TEST(sum(told).conversions == expects("accepted"));
        BOOST_TEST(told.size() == by_partner.size());
        for (auto const& [partner, cents] : by_partner)
            BOOST_TEST_CONTEXT(partner) BOOST_TEST((told.contains(partner) && told.at(partner).net == cents.as_int64()));
    }

    Installation installation;
    bool full;
    std::filesystem::path folder;
    json::value expected;
};

}  // namespace

BOOST_DATA_TEST_CASE(the_figures_of_the_grocer_come_out_and_repeats_are_refused, boost::unit_test::data::make(grocery_names()), name) {
    Chain const chain(name);
    for (auto const* const kind : {"campaigns", "coupons"}) BOOST_TEST(chain.import(kind).at("rejected").as_int64() == 0);
    chain.check_redemptions(chain.expects("accepted"), 0);
    chain.check_rejects();
    chain.check_figures();

    for (auto const* const kind : {"campaigns", "coupons"}) BOOST_TEST(chain.import(kind).at("created").as_int64() == 0);
    chain.check_redemptions(0, chain.expects("accepted"));
    chain.check_rejects();
    chain.check_figures();
    auto const verified = chain.installation.run({"verify"});
    BOOST_TEST(verified.exit_code() == 0, verified.out << verified.err);
}
